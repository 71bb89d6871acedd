#include "images/login.h"

#include <unistd.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "cli/login_command.h"
#include "cli/registry_flags.h"
#include "cli/report.h"
#include "images/registry_credentials.h"

namespace aictr::cli {
namespace {

// "https://registry.example.com/v2/" is understood as its host.
Result<std::string> registry_of(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return std::string("docker.io");
  std::string name = arguments[0];
  if (auto scheme = name.find("://"); scheme != std::string::npos) name.erase(0, scheme + 3);
  name = name.substr(0, name.find('/'));
  if (name == "index.docker.io" || name == "registry-1.docker.io") name = "docker.io";
  if (name.empty() || name.find_first_of(" \t@\\") != std::string::npos) {
    return make_error(Kind::usage, fmt::format("'{}' is not a registry", arguments[0]), "such as registry.example.com");
  }
  return name;
}

Result<std::string> password_of(const LoginFlags& flags) {
  if (flags.password_stdin && !flags.password.empty()) {
    return make_error(Kind::usage, "--password and --password-stdin exclude each other");
  }
  if (!flags.password.empty()) {
    report_warning("--password is seen by whoever lists processes; use --password-stdin");
    return flags.password;
  }
  if (!flags.password_stdin) return ask_password();
  if (flags.username.empty()) return make_error(Kind::usage, "--password-stdin needs --username");
  std::string password = TRY_AS("standard input", sys::read_to_end(STDIN_FILENO, 64U << 10));
  while (password.ends_with('\n') || password.ends_with('\r')) password.pop_back();
  return password;
}

}  // namespace

Result<int> login(const Globals&, const LoginFlags& flags, const std::vector<std::string>& arguments) {
  std::string registry = TRY(registry_of(arguments));
  images::RegistryOptions options = TRY(registry_options(flags.tls_verify, flags.cert_dir, flags.authfile, ""));
  images::Credentials credentials;
  credentials.user = flags.username.empty() ? TRY(ask("User name: ")) : flags.username;
  credentials.password = TRY(password_of(flags));
  if (credentials.user.empty() || credentials.password.empty()) {
    return make_error(Kind::usage, "user name and password must not be empty");
  }
  options.credentials = std::move(credentials);
  std::string where = TRY_AS(fmt::format("'{}'", registry), images::log_in(registry, options));
  TRY(print("Login Succeeded\n"));
  report_done(fmt::format("the password is in '{}'", where));
  return 0;
}

Result<int> logout(const Globals&, const LogoutFlags& flags, const std::vector<std::string>& arguments) {
  std::string registry = TRY(registry_of(arguments));
  std::string where = TRY(images::remove_credentials(flags.authfile, registry));
  TRY(print(fmt::format("Removed the credentials for {} from {}\n", registry, where)));
  return 0;
}

}  // namespace aictr::cli
