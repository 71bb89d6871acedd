#include "images/build.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <span>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/build_command.h"
#include "cli/build_input.h"
#include "cli/build_options.h"
#include "cli/build_output.h"
#include "cli/build_record.h"
#include "cli/build_report.h"
#include "cli/exit_code.h"
#include "cli/privilege.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/step_runner.h"
#include "cli/stoppable.h"
#include "cli/transfer_progress.h"
#include "images/draft.h"
#include "images/pull.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

// A base image that the store lacks, before any step runs.
images::FindImage pull_from_registry(images::Store& store, bool quiet) {
  return [&store, quiet](std::string_view name) -> Result<images::Image> {
    auto progress = TRY(make_transfer_progress(quiet ? "quiet" : "auto", "Pulling"));
    auto pulled = images::pull_image(store, TRY(oci::Reference::parse(name)), {}, *progress);
    progress->end();
    if (pulled.ok()) return std::move(pulled).value().image;
    return std::move(pulled).error().context(store.find(name).ok() ? "--pull"
                                                                   : fmt::format("no image '{}' in the store", name));
  };
}

// The members of buildx's file that have a meaning here.
std::string metadata(const images::Image& image, const BuildFlags& flags) {
  std::vector<std::string> names;
  for (const std::string& tag : flags.tag) names.push_back(oci::Reference::parse(tag).value().full());
  oci::Json json;
  json.set("containerimage.config.digest", oci::Json(image.id.text()));
  json.set("containerimage.digest", oci::Json(image.manifest_digest.text()));
  if (!names.empty()) json.set("image.name", oci::Json(join(names, ",")));
  return oci::print_json(json, 2) + "\n";
}

// Standard output has the result itself when that goes there.
Result<void> announce(const images::Image& image, const BuildFlags& flags, std::span<const BuildOutput> outputs) {
  if (!flags.metadata_file.empty()) TRY(write_file(AT_FDCWD, flags.metadata_file, metadata(image, flags), 0644));
  if (!flags.iidfile.empty()) TRY(write_file(AT_FDCWD, flags.iidfile, image.id.text(), 0644));
  bool printed = std::ranges::any_of(outputs, &BuildOutput::goes_to_standard_output);
  if (flags.quiet && printed) return {};
  if (flags.quiet) return print(image.id.text() + "\n");
  std::string line = fmt::format("built {}", image.id.text());
  if (stays_in_store(outputs)) {
    for (const std::string& tag : flags.tag) line += fmt::format(", {}", oci::Reference::parse(tag).value().familiar());
  }
  for (const BuildOutput& output : outputs) {
    if (!output.destination.empty()) line += fmt::format(", into '{}'", output.destination);
  }
  report_done(line + fmt::format(" ({})", decimal_size(static_cast<std::uint64_t>(image.size))));
  return {};
}

// That it cannot be written does not make the build a failure.
void write_report(const BuildFlags& flags, const BuildRecord& record, const images::Store& store,
                  const std::optional<images::Image>& image, const std::string& failure) {
  if (flags.report.empty()) return;
  auto written = [&]() -> Result<void> {
    FileLock hold = TRY(store.hold());
    std::string name = flags.tag.empty() ? "an image without a name" : join(flags.tag, ", ");
    std::string page = TRY(build_report(record.steps(), record.seconds(), name, store, image, failure));
    return write_file(AT_FDCWD, flags.report, page, 0644);
  }();
  if (!written.ok()) report_warning(fmt::format("--report: {}", written.error().message));
}

// An image that was made for an output alone; one that the store had before stays.
Result<void> forget(images::Store& store, const images::Image& image, const std::vector<images::Image>& before) {
  if (std::ranges::find(before, image.id, &images::Image::id) != before.end()) return {};
  TRY(store.remove(image.id.text(), false));
  return {};
}

// What a build that was killed leaves, or a stage of it: unfinished layers, and the container of its step.
void clear_away(const Globals& globals) {
  ignore(clear_abandoned_steps(globals));
  auto store = images::Store::open(globals.root);
  if (store.ok()) ignore(images::remove_dead_drafts(store.value().fd()));
}

Result<int> build_here(const Globals& globals, const BuildFlags& flags, const std::vector<std::string>& arguments) {
  images::BuildOptions options = TRY(build_options(flags));
  std::vector<BuildOutput> outputs;
  for (const std::string& text : flags.output) outputs.push_back(TRY(parse_build_output(text)));
  ContainerStepRunner runner = TRY(ContainerStepRunner::make(globals, step_flags(flags)));
  auto progress = TRY(make_progress(flags.quiet ? "quiet" : flags.progress));
  auto store = TRY(images::Store::open(globals.root));
  std::vector<oci::Reference> names = options.names;
  std::vector<images::Image> before;
  if (!stays_in_store(outputs)) {
    options.names.clear();
    before = TRY(store.list());
  }

  BuildRecord record(*progress);
  auto image = [&]() -> Result<images::Image> {
    FileLock keeping_context = TRY(store.hold());
    BuildInput input = TRY(BuildInput::open(arguments[0], flags.file, store));
    for (const std::string& text : flags.build_context) TRY(input.add(text, store));
    input.put_into(options);
    options.pull = pull_from_registry(store, flags.quiet);
    return images::build(options, store, runner, record);
  }();
  progress->end();
  if (!image.ok()) {
    Error error = std::move(image).error().context("build");
    report_error(error);
    write_report(flags, record, store, std::nullopt, error.message);
    clear_away(globals);
    return build_exit_code_of(error);
  }
  write_report(flags, record, store, image.value(), "");
  for (const BuildOutput& output : outputs) TRY(write_build_output(output, store, image.value(), names));
  if (!stays_in_store(outputs)) TRY(forget(store, image.value(), before));
  bool for_people = !flags.quiet && flags.progress != "quiet" && flags.progress != "rawjson";
  if (for_people) show(build_summary(record.steps(), record.seconds()));
  TRY(announce(image.value(), flags, outputs));
  return 0;
}

}  // namespace

Result<int> build(const Globals& globals, const BuildFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  return stoppable(
      "build", [&] { return build_here(globals, flags, arguments); }, [&] { clear_away(globals); });
}

}  // namespace aictr::cli
