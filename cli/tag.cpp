#include <fmt/core.h>

#include "cli/tag_command.h"
#include "images/store.h"

namespace aictr::cli {

Result<int> tag(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  oci::Reference name = TRY(oci::Reference::parse(arguments[1]));
  if (name.digest)
    return make_error(Kind::usage, fmt::format("'{}': a digest cannot be given, it follows", arguments[1]));
  auto store = TRY(images::Store::open(globals.root));
  images::Image image = TRY(store.find(arguments[0]));
  TRY(store.tag(image, name));
  return 0;
}

}  // namespace aictr::cli
