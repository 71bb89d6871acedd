#include "images/save.h"

#include <algorithm>

#include "cli/archive_file.h"
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

}  // namespace

Result<int> save(const Globals& globals, const SaveFlags& flags, const std::vector<std::string>& arguments) {
  auto store = TRY(images::Store::open(globals.root));
  auto found = TRY(find_images(store, arguments));
  TRY(write_archive(flags.file, "redirect it, or name a file with -o",
                    [&](const images::TarSink& sink) { return images::save_images(store, found, sink); }));
  return 0;
}

}  // namespace aictr::cli
