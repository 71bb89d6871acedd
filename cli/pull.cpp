#include "images/pull.h"

#include <fmt/core.h>

#include "cli/exit_code.h"
#include "cli/pull_command.h"
#include "cli/registry_flags.h"
#include "cli/report.h"
#include "cli/transfer_progress.h"
#include "images/platform_choice.h"

namespace aictr::cli {
namespace {

Result<void> pull_one(images::Store& store, const oci::Reference& name, const images::PullOptions& options,
                      const PullFlags& flags) {
  auto progress = TRY(make_transfer_progress(flags.quiet ? "quiet" : flags.progress, "Pulling"));
  if (!flags.quiet) report_done(fmt::format("Pulling {}", name.full()));
  auto pulled = images::pull_image(store, name, options, *progress);
  progress->end();
  images::Pulled image = TRY(std::move(pulled));
  if (!flags.quiet) {
    report_done(fmt::format("Digest: {}", image.digest.text()));
    report_done(fmt::format("Status: {} {}", image.is_new ? "Downloaded newer image for" : "Image is up to date for",
                            name.familiar()));
  }
  return print(name.full() + "\n");
}

}  // namespace

Result<int> pull(const Globals& globals, const PullFlags& flags, const std::vector<std::string>& arguments) {
  images::PullOptions options;
  options.registry = TRY(registry_options(flags.tls_verify, flags.cert_dir, flags.authfile, flags.creds));
  if (!flags.platform.empty()) {
    options.platform = TRY_AS("--platform", images::parse_platform(flags.platform));
  }
  std::vector<oci::Reference> names;
  for (const std::string& name : arguments) names.push_back(TRY(oci::Reference::parse(name)));
  auto store = TRY(images::Store::open(globals.root));
  for (const oci::Reference& name : names) {
    TRY_AS(fmt::format("'{}'", name.familiar()), pull_one(store, name, options, flags));
  }
  return 0;
}

}  // namespace aictr::cli
