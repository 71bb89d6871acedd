#include <fmt/core.h>

#include "cli/exit_code.h"
#include "cli/report.h"
#include "cli/system_check_command.h"
#include "images/check.h"

namespace aictr::cli {

Result<int> system_check(const Globals& globals, const SystemCheckFlags& flags, const std::vector<std::string>&) {
  auto store = TRY(images::Store::open(globals.root));
  std::string damages;
  auto note = [&](const std::string& damage) { damages += damage + "\n"; };
  images::Checked checked = TRY(images::check_store(store, note));
  TRY(print(damages));
  if (!flags.quiet) {
    std::string text = fmt::format("{} images, {} layers: ", checked.images, checked.layers);
    text += checked.damaged == 0 ? "nothing is damaged" : fmt::format("{} things are damaged", checked.damaged);
    if (checked.unverified > 0) {
      text += fmt::format("; {} unpacked layers cannot be compared with the tars they came from", checked.unverified);
    }
    report_done(text);
  }
  return checked.damaged == 0 ? 0 : kFailed;
}

}  // namespace aictr::cli
