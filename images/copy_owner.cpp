#include "images/copy_owner.h"

#include <fcntl.h>

#include "base/sys.h"
#include "base/text.h"
#include "oci/user.h"

namespace aictr::images {
namespace {

// Empty when the image has no such file.
Result<std::string> read_in_root(int root, const std::string& path) {
  auto file = sys::open(root, path, O_RDONLY | O_NONBLOCK, 0, sys::Resolve::in_root);
  if (!file.ok() && file.error().kind == Kind::not_found) return std::string();
  if (!file.ok()) return std::move(file).error();
  return sys::read_to_end(file.value().get());
}

}  // namespace

Result<Owner> find_owner(int root, const std::string& text) {
  if (text.empty()) return Owner{};
  if (auto number = parse_number<unsigned>(text)) return Owner{*number, *number};
  std::string passwd = TRY(read_in_root(root, "/etc/passwd"));
  std::string group = TRY(read_in_root(root, "/etc/group"));
  oci::Account account = TRY(oci::resolve_user(text, passwd, group));
  return Owner{account.uid, account.gid};
}

}  // namespace aictr::images
