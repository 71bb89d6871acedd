#pragma once

#include <string>

#include "base/result.h"
#include "images/registry_auth.h"

namespace aictr::cli {

// Values of the flags that pull, push and login share. `creds`: "USER:PASSWORD", or "USER" to be asked for the
// password; empty: what is filed.
Result<images::RegistryOptions> registry_options(bool tls_verify, const std::string& cert_dir,
                                                 const std::string& authfile, const std::string& creds);

// Asks on the terminal, without showing what is typed. Kind::usage without a terminal.
Result<std::string> ask_password();
Result<std::string> ask(const std::string& question);

}  // namespace aictr::cli
