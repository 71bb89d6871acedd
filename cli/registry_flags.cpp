#include "cli/registry_flags.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/scope.h"
#include "base/sys.h"

namespace aictr::cli {
namespace {

Result<UniqueFd> terminal() {
  auto opened = sys::open("/dev/tty", O_RDWR);
  if (opened.ok()) return opened;
  return make_error(Kind::usage, "there is no terminal to ask on", "use -u and --password-stdin, or --creds");
}

Result<std::string> read_line(int fd) {
  std::string line;
  char c = 0;
  while (TRY(sys::read(fd, std::span(&c, 1))) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

Result<images::RegistryOptions> registry_options(bool tls_verify, const std::string& cert_dir,
                                                 const std::string& authfile, const std::string& creds) {
  images::RegistryOptions options;
  options.tls_verify = tls_verify;
  options.cert_dir = cert_dir;
  options.authfile = authfile;
  if (creds.empty()) return options;
  std::size_t colon = creds.find(':');
  images::Credentials credentials;
  credentials.user = creds.substr(0, colon);
  credentials.password = colon == std::string::npos ? TRY(ask_password()) : creds.substr(colon + 1);
  options.credentials = std::move(credentials);
  return options;
}

Result<std::string> ask_password() {
  UniqueFd tty = TRY(terminal());
  termios before{};
  if (::tcgetattr(tty.get(), &before) != 0) return sys_error("ask for the password");
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  Defer restore([&] { ::tcsetattr(tty.get(), TCSAFLUSH, &before); });
  ::tcsetattr(tty.get(), TCSAFLUSH, &silent);
  TRY(sys::write_all(tty.get(), "Password: "));
  std::string password = TRY(read_line(tty.get()));
  TRY(sys::write_all(tty.get(), "\n"));
  return password;
}

Result<std::string> ask(const std::string& question) {
  UniqueFd tty = TRY(terminal());
  TRY(sys::write_all(tty.get(), question));
  return read_line(tty.get());
}

}  // namespace aictr::cli
