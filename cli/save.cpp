#include "images/save.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/random.h"
#include "base/scope.h"
#include "base/sys.h"
#include "cli/report.h"
#include "cli/save_command.h"

namespace aictr::cli {
namespace {

// An image that is named twice is saved once, with both names.
Result<std::vector<images::ImageToSave>> find_images(const images::Store& store,
                                                     const std::vector<std::string>& names) {
  std::vector<images::ImageToSave> found;
  for (const std::string& name : names) {
    images::Image image = TRY(store.find(name));
    auto reference = oci::Reference::parse(name);
    bool by_name = reference.ok() && std::ranges::any_of(image.names, [&](const oci::Reference& one) {
                     return one.full() == reference.value().full();
                   });
    auto same = std::ranges::find_if(
        found, [&](const images::ImageToSave& one) { return one.image.manifest_digest == image.manifest_digest; });
    if (same == found.end()) same = found.insert(found.end(), {image, {}});
    auto given = by_name ? std::vector{reference.value()} : image.names;
    std::erase_if(given, [](const oci::Reference& one) { return one.tag.empty(); });
    same->names.insert(same->names.end(), given.begin(), given.end());
  }
  return found;
}

Result<void> save_to(int fd, const images::Store& store, std::span<const images::ImageToSave> found) {
  return images::save_images(store, found, [fd](std::string_view data) { return sys::write_all(fd, data); });
}

// Under another name until it is whole.
Result<void> save_to_file(const std::string& path, const images::Store& store,
                          std::span<const images::ImageToSave> found) {
  std::string unfinished = fmt::format("{}.{}.tmp", path, TRY(random_hex(8)));
  UniqueFd fd = TRY(sys::open(AT_FDCWD, unfinished, O_WRONLY | O_CREAT | O_EXCL, 0644));
  Defer remove([&] { ignore(sys::unlink(AT_FDCWD, unfinished)); });
  TRY(save_to(fd.get(), store, found));
  TRY(sys::rename(AT_FDCWD, unfinished, AT_FDCWD, path));
  remove.dismiss();
  return {};
}

}  // namespace

Result<int> save(const Globals& globals, const SaveFlags& flags, const std::vector<std::string>& arguments) {
  bool to_output = flags.file.empty() || flags.file == "-";
  if (to_output && ::isatty(STDOUT_FILENO) == 1) {
    return make_error(Kind::usage, "the archive would be written to the terminal",
                      "redirect it, or name a file with -o");
  }
  auto store = TRY(images::Store::open(globals.root));
  auto found = TRY(find_images(store, arguments));
  auto there = sys::stat(AT_FDCWD, flags.file, 0);
  bool device = !to_output && there.ok() && !S_ISREG(there.value().st_mode);
  if (to_output) {
    TRY(save_to(STDOUT_FILENO, store, found));
  } else if (device) {  // /dev/null, a named pipe
    UniqueFd fd = TRY(sys::open(AT_FDCWD, flags.file, O_WRONLY));
    TRY(save_to(fd.get(), store, found));
  } else {
    TRY(save_to_file(flags.file, store, found));
  }
  return 0;
}

}  // namespace aictr::cli
