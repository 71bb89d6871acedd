#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/registry_credentials.h"

namespace aictr::images {

// The programs docker-credential-NAME of the protocol of Docker's credential helpers: a verb as the argument, the
// registry or a JSON object on standard input. They are looked for in $PATH. Kind::not_found when the program is
// missing.
class CredentialHelper {
 public:
  explicit CredentialHelper(std::string name) : name_(std::move(name)) {}

  Result<std::optional<Credentials>> get(const std::string& key) const;
  Result<void> store(const std::string& key, const Credentials& credentials) const;
  Result<void> erase(const std::string& key) const;

 private:
  Result<std::string> run(const std::string& verb, std::string input) const;

  std::string name_;
};

}  // namespace aictr::images
