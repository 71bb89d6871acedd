#include <fmt/core.h>

#include "cli/exit_code.h"
#include "cli/images_in_use.h"
#include "cli/report.h"
#include "cli/system_check_command.h"
#include "images/repair.h"

namespace aictr::cli {
namespace {

std::string summary(const images::Checked& checked) {
  std::string text = fmt::format("{} images, {} layers: ", checked.images, checked.layers);
  auto damaged = checked.damages.size();
  text += damaged == 0 ? "nothing is damaged" : fmt::format("{} things are damaged", damaged);
  if (checked.unverified > 0) {
    text += fmt::format("; {} unpacked layers cannot be compared with the tars they came from", checked.unverified);
  }
  return text;
}

}  // namespace

Result<int> system_check(const Globals& globals, const SystemCheckFlags& flags, const std::vector<std::string>&) {
  auto store = TRY(images::Store::open(globals.root));
  images::Checked checked = TRY(images::check_store(store));
  std::string text;
  for (const images::Damage& damage : checked.damages) text += damage.text + "\n";
  TRY(print(text));
  if (!flags.quiet) report_done(summary(checked));
  if (!flags.repair) return checked.damages.empty() ? 0 : kFailed;
  for (const std::string& line : TRY(images::repair_store(store, checked.damages, images_in_use(globals)))) {
    TRY(print(line + "\n"));
  }
  return TRY(images::check_store(store)).damages.empty() ? 0 : kFailed;
}

}  // namespace aictr::cli
