#include "cli/host_ca.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <set>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "oci/default_spec.h"

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr const char* kInside = "/dev/aictr/host-ca.crt";
constexpr const char* kAptInside = "/dev/aictr/host-ca.apt.conf";

// Where distributions keep the bundle that their tools make: Debian, Fedora, openSUSE, Alpine.
constexpr std::array kBundles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                 "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

// What the distribution itself ships, one certificate a file; on Fedora, what an administrator has added.
constexpr const char* kShipped = "/usr/share/ca-certificates";
constexpr const char* kAnchors = "/etc/pki/ca-trust/source/anchors";

constexpr std::array kVariables = {"SSL_CERT_FILE"sv,  "REQUESTS_CA_BUNDLE"sv,  "PIP_CERT"sv,
                                   "CURL_CA_BUNDLE"sv, "NODE_EXTRA_CA_CERTS"sv, "GIT_SSL_CAINFO"sv};

// The bodies of the certificates in a PEM text, without line breaks, so that equal ones compare equal.
std::vector<std::string> certificates(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  std::vector<std::string> found;
  for (auto begin = pem.find(kBegin); begin != std::string_view::npos; begin = pem.find(kBegin, begin + 1)) {
    auto end = pem.find(kEnd, begin);
    if (end == std::string_view::npos) break;
    std::string body;
    for (char c : pem.substr(begin + kBegin.size(), end - begin - kBegin.size())) {
      if (c != '\n' && c != '\r' && c != ' ') body += c;
    }
    found.push_back(std::move(body));
  }
  return found;
}

// Every file below a directory; what cannot be read ships nothing.
void collect(const std::string& directory, std::vector<std::string>& texts) {
  auto names = list_directory(AT_FDCWD, directory);
  if (!names.ok()) return;
  for (const std::string& name : names.value()) {
    std::string path = fmt::format("{}/{}", directory, name);
    auto st = sys::stat(AT_FDCWD, path, 0);
    if (st.ok() && S_ISDIR(st.value().st_mode)) {
      collect(path, texts);
    } else if (auto text = read_file(AT_FDCWD, path); text.ok()) {
      texts.push_back(std::move(text).value());
    }
  }
}

bool has_foreign(const std::string& bundle) {
  if (sys::exists(AT_FDCWD, kAnchors)) {
    auto names = list_directory(AT_FDCWD, kAnchors);
    return names.ok() && !names.value().empty();
  }
  std::vector<std::string> shipped;
  collect(kShipped, shipped);
  auto text = read_file(AT_FDCWD, bundle);
  return !shipped.empty() && text.ok() && count_foreign(text.value(), shipped) > 0;
}

// Reading every shipped certificate takes longer than starting a container, so the answer is kept beside the bundle's
// identity. Where it cannot be kept it is found again.
bool has_foreign_remembered(const std::string& bundle, const std::string& runroot) {
  auto st = sys::stat(AT_FDCWD, bundle, 0);
  if (!st.ok()) return false;
  const struct stat& s = st.value();
  std::string identity =
      fmt::format("{} {} {} {}.{:09} ", bundle, s.st_ino, s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
  std::string note = runroot + "/host-ca";
  auto known = read_file(AT_FDCWD, note);
  if (known.ok() && known.value() == identity + "foreign") return true;
  if (known.ok() && known.value() == identity + "shipped") return false;
  bool foreign = has_foreign(bundle);
  if (make_directories(AT_FDCWD, runroot, 0711).ok()) {
    ignore(write_file(AT_FDCWD, note, identity + (foreign ? "foreign" : "shipped"), 0600, Durability::until_reboot));
  }
  return foreign;
}

oci::Mount show(const std::string& source, const char* target) {
  oci::Mount mount;
  mount.type = "bind";
  mount.source = source;
  mount.destination = target;
  mount.options = {"bind", "ro", "nosuid", "nodev", "noexec", "private"};
  return mount;
}

}  // namespace

Result<HostCa> parse_host_ca(std::string_view text) {
  if (text == "auto") return HostCa::automatic;
  if (text == "always") return HostCa::always;
  if (text == "never") return HostCa::never;
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --host-ca", text), "use auto, always or never");
}

std::size_t count_foreign(std::string_view bundle, const std::vector<std::string>& known) {
  std::set<std::string> ours;
  for (const std::string& text : known) {
    for (std::string& body : certificates(text)) ours.insert(std::move(body));
  }
  std::size_t foreign = 0;
  for (const std::string& body : certificates(bundle)) foreign += ours.contains(body) ? 0 : 1;
  return foreign;
}

Result<std::optional<std::string>> host_ca_bundle(HostCa when, const std::string& runroot) {
  if (when == HostCa::never) return std::optional<std::string>();
  std::optional<std::string> system;
  for (const char* path : kBundles) {
    if (!system && sys::stat(AT_FDCWD, path, 0).ok()) system = path;
  }
  const char* named = std::getenv("SSL_CERT_FILE");
  bool own = named != nullptr && named[0] == '/' && sys::stat(AT_FDCWD, named, 0).ok() && system != named;
  if (own) return std::optional<std::string>(named);
  if (!system && when == HostCa::always) {
    return make_error(Kind::not_found, "--host-ca=always: this host has no bundle of certificate authorities",
                      "install the package ca-certificates");
  }
  if (!system || when == HostCa::always || has_foreign_remembered(*system, runroot)) return system;
  return std::optional<std::string>();
}

Result<void> show_host_ca(oci::Spec& spec, const std::string& bundle, const std::string& directory) {
  spec.mounts.push_back(show(bundle, kInside));
  for (std::string_view variable : kVariables) {
    if (oci::find_env(spec.process->env, variable) == nullptr) {
      spec.process->env.push_back(fmt::format("{}={}", variable, kInside));
    }
  }
  // apt looks at no variable for its authorities, but at one for its configuration.
  if (oci::find_env(spec.process->env, "APT_CONFIG") != nullptr) return {};
  std::string apt = directory + "/host-ca.apt.conf";
  TRY(write_file(AT_FDCWD, apt, fmt::format("Acquire::https::CAInfo \"{}\";\n", kInside), 0644,
                 Durability::until_reboot));
  spec.mounts.push_back(show(apt, kAptInside));
  spec.process->env.push_back(fmt::format("APT_CONFIG={}", kAptInside));
  return {};
}

}  // namespace aictr::cli
