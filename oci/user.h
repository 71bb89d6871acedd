#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::oci {

// Who a process runs as, in the container's own numbers.
struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // supplementary
  std::string home;           // "/" when passwd does not tell
};

// What USER and --user say ("", "1000", "1000:100", "name", "name:group"), looked up in the texts of the container's
// /etc/passwd and /etc/group (image-spec, conversion.md): a name gets all its groups, a number its passwd row's group
// and else 0, and a group behind ':' replaces them all. Numbers need no row. Pure. Kind::not_found for an unknown name,
// Kind::usage for a number that does not fit.
Result<Account> resolve_user(std::string_view user, std::string_view passwd, std::string_view group);

// A group's number, from its name or itself.
Result<gid_t> resolve_group(std::string_view group, std::string_view group_file);

}  // namespace aictr::oci
