#include <fmt/core.h>

#include "cli/exit_code.h"
#include "cli/images_in_use.h"
#include "cli/report.h"
#include "cli/rmi_command.h"
#include "images/store.h"

namespace aictr::cli {
namespace {

Result<void> remove_one(images::Store& store, const std::string& name, bool force, const Globals& globals) {
  auto removed = TRY(store.remove(name, force, images_in_use(globals)));
  std::string text;
  for (const std::string& reference : removed.untagged) text += fmt::format("Untagged: {}\n", reference);
  for (const oci::Digest& digest : removed.deleted) text += fmt::format("Deleted: {}\n", digest.text());
  return print(text);
}

}  // namespace

Result<int> rmi(const Globals& globals, const RmiFlags& flags, const std::vector<std::string>& arguments) {
  auto store = TRY(images::Store::open(globals.root));
  int code = 0;
  for (const std::string& name : arguments) {
    auto removed = remove_one(store, name, flags.force, globals);
    if (removed.ok() || (flags.force && removed.error().kind == Kind::not_found)) continue;
    report_error(std::move(removed).error().context("rmi"));
    code = kFailed;
  }
  return code;
}

}  // namespace aictr::cli
