#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct LoginFlags {
  std::string authfile;
  std::string cert_dir;
  std::string password;
  bool password_stdin = false;
  bool tls_verify = true;
  std::string username;
};

struct LogoutFlags {
  std::string authfile;
};

extern const CommandFor<LoginFlags> kLoginCommand;
extern const CommandFor<LogoutFlags> kLogoutCommand;
Result<int> login(const Globals& globals, const LoginFlags& flags, const std::vector<std::string>& arguments);
Result<int> logout(const Globals& globals, const LogoutFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
