#include "images/registry_tls.h"

#include <fcntl.h>

#include <cstdlib>
#include <vector>

#include <fmt/core.h>

#include "base/file.h"

namespace aictr::images {
namespace {

// Where distributions keep the authorities that the machine trusts.
std::string system_bundle() {
  const char* given = std::getenv("SSL_CERT_FILE");
  if (given != nullptr && *given != '\0') return read_file(AT_FDCWD, given).value_or("");
  for (const char* path : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    auto text = read_file(AT_FDCWD, path);
    if (text.ok()) return std::move(text).value();
  }
  return {};
}

Result<void> add_folder(const std::string& folder, TlsSettings& tls) {
  auto names = list_directory(AT_FDCWD, folder);
  if (!names.ok()) return names.error().kind == Kind::not_found ? Result<void>() : std::move(names).error();
  for (const std::string& name : names.value()) {
    std::string path = fmt::format("{}/{}", folder, name);
    if (name.ends_with(".crt")) {
      if (tls.ca_bundle.empty()) tls.ca_bundle = system_bundle();
      tls.ca_bundle += "\n" + TRY(read_file(AT_FDCWD, path)) + "\n";
    } else if (name.ends_with(".cert")) {
      tls.client_certificate = path;
      tls.client_key = path.substr(0, path.size() - 5) + ".key";
    }
  }
  return {};
}

}  // namespace

Result<TlsSettings> registry_tls(const std::string& host, const std::string& cert_dir, bool verify) {
  TlsSettings tls;
  tls.verify = verify;
  std::vector<std::string> folders = {"/etc/containers/certs.d/" + host, "/etc/docker/certs.d/" + host};
  if (!cert_dir.empty()) folders = {cert_dir};
  for (const std::string& folder : folders) TRY_AS("certificates", add_folder(folder, tls));
  return tls;
}

}  // namespace aictr::images
