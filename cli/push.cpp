#include "images/push.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "cli/push_command.h"
#include "cli/registry_flags.h"
#include "cli/report.h"
#include "cli/transfer_progress.h"

namespace aictr::cli {
namespace {

// "docker://" is what Podman puts in front.
Result<oci::Reference> destination_of(const std::vector<std::string>& arguments) {
  constexpr std::string_view kTransport = "docker://";
  std::string name = arguments.back();
  if (name.starts_with(kTransport)) name.erase(0, kTransport.size());
  return oci::Reference::parse(name);
}

}  // namespace

Result<int> push(const Globals& globals, const PushFlags& flags, const std::vector<std::string>& arguments) {
  images::PushOptions options;
  options.registry = TRY(registry_options(flags.tls_verify, flags.cert_dir, flags.authfile, flags.creds));
  options.compression = TRY_AS("--compression", images::Compression::parse(flags.compression));
  oci::Reference name = TRY(destination_of(arguments));
  auto store = TRY(images::Store::open(globals.root));
  images::Image image = TRY(store.find(arguments[0]));

  auto progress = TRY(make_transfer_progress(flags.quiet ? "quiet" : flags.progress, "Pushing"));
  if (!flags.quiet) report_done(fmt::format("Pushing {}", name.full()));
  auto pushed = images::push_image(store, image, name, options, *progress);
  progress->end();
  oci::Digest digest = TRY_AS(fmt::format("'{}'", name.familiar()), std::move(pushed));
  if (!flags.digestfile.empty()) TRY(write_file(AT_FDCWD, flags.digestfile, digest.text(), 0644));
  if (!flags.quiet) report_done(fmt::format("Digest: {}", digest.text()));
  TRY(print(name.full() + "\n"));
  return 0;
}

}  // namespace aictr::cli
