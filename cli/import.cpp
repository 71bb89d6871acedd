#include "images/import.h"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "cli/creation_time.h"
#include "cli/import_command.h"
#include "cli/privilege.h"
#include "cli/report.h"
#include "images/config_change.h"

namespace aictr::cli {
namespace {

Result<UniqueFd> open_archive(const std::string& name) {
  if (name != "-") return sys::open(name, O_RDONLY);
  if (::isatty(STDIN_FILENO) == 1) {
    return make_error(Kind::usage, "the archive would be read from the terminal", "redirect it, or name a file");
  }
  return sys::duplicate(STDIN_FILENO);
}

Result<std::vector<oci::Reference>> names_of(const std::vector<std::string>& arguments) {
  std::vector<oci::Reference> names;
  if (arguments.size() < 2) return names;
  names.push_back(TRY(oci::Reference::parse(arguments[1])));
  if (names[0].digest) {
    return make_error(Kind::usage, fmt::format("'{}': a digest cannot be given, it follows", arguments[1]));
  }
  return names;
}

}  // namespace

Result<int> import_archive(const Globals& globals, const ImportFlags& flags,
                           const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_CHOWN"));
  images::Import import;
  import.source = arguments[0];
  import.message = flags.message;
  import.names = TRY(names_of(arguments));
  for (const std::string& change : flags.changes) {
    TRY_AS(fmt::format("--change '{}'", change), images::apply_change(import.config, change));
  }
  import.created = TRY(creation_time());
  UniqueFd archive = TRY(open_archive(arguments[0]));
  auto store = TRY(images::Store::open(globals.root));
  images::Image image = TRY_AS(fmt::format("'{}'", arguments[0]), images::import_image(store, archive.get(), import));
  TRY(print(image.id.text() + "\n"));
  return 0;
}

}  // namespace aictr::cli
