#include "cli/build_output.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "cli/archive_file.h"
#include "images/copy.h"
#include "images/layer_pack.h"
#include "images/save.h"
#include "images/snapshot.h"
#include "images/source_tree.h"

namespace aictr::cli {
namespace {

using Type = BuildOutput::Type;

constexpr std::string_view kHow = "redirect it, or name a file with dest=";

Error refused(const std::string& text, std::string_view why) {
  return make_error(Kind::usage, fmt::format("--output '{}': {}", text, why),
                    "write a folder, or type=local|tar|oci|docker|image,dest=PATH");
}

std::optional<Type> type_of(const std::string& word) {
  if (word == "image") return Type::image;
  if (word == "local") return Type::local;
  if (word == "tar") return Type::tar;
  if (word == "oci" || word == "docker") return Type::oci;
  return std::nullopt;
}

Result<void> copy_files(UniqueFd root, const std::string& folder) {
  TRY(make_directories(AT_FDCWD, folder, 0755));
  UniqueFd target = TRY(open_directory(AT_FDCWD, folder));
  images::SourceTree tree("the image", std::move(root));
  auto found = TRY(tree.find("/", {}));
  images::Copier copier(target.get(), {});
  for (const images::SourceItem& item : found) TRY(copier.copy(item, {"/", true, false}));
  return {};
}

}  // namespace

Result<BuildOutput> parse_build_output(const std::string& text) {
  if (text.find('=') == std::string::npos) {
    if (text.empty()) return refused(text, "it names nothing");
    return BuildOutput{text == "-" ? Type::tar : Type::local, text};
  }
  BuildOutput output;
  std::string word;
  for (const std::string& part : split(text, ',')) {
    std::string key = part.substr(0, part.find('='));
    std::string value = part.size() > key.size() ? part.substr(key.size() + 1) : "";
    if (key == "type") {
      auto type = type_of(value);
      if (!type) return refused(text, fmt::format("there is no type '{}'", value));
      word = value;
      output.type = *type;
    } else if (key == "dest" || key == "destination") {
      output.destination = value;
    } else {
      return refused(text, fmt::format("'{}' is not supported", key));
    }
  }
  if (word.empty()) return refused(text, "it has no type");
  if (word == "docker" && output.destination.empty()) output.type = Type::image;
  if (output.type == Type::local && output.destination.empty()) return refused(text, "a folder is missing");
  if (output.type == Type::image && !output.destination.empty()) return refused(text, "an image goes to the store");
  return output;
}

bool stays_in_store(std::span<const BuildOutput> outputs) {
  return outputs.empty() || std::ranges::any_of(outputs, [](const auto& one) { return one.type == Type::image; });
}

Result<void> write_build_output(const BuildOutput& output, const images::Store& store, const images::Image& image,
                                const std::vector<oci::Reference>& names) {
  if (output.type == Type::image) return {};
  if (output.type == Type::oci) {
    std::array<images::ImageToSave, 1> saved{images::ImageToSave{image, names}};
    return write_archive(output.destination, kHow,
                         [&](const images::TarSink& sink) { return images::save_images(store, saved, sink); });
  }
  UniqueFd root = TRY(images::mount_layers(store, image.config.diff_ids, std::nullopt));
  if (output.type == Type::local) return copy_files(std::move(root), output.destination);
  UniqueFd files = TRY(sys::open(root.get(), ".", O_RDONLY | O_DIRECTORY));
  return write_archive(output.destination, kHow,
                       [&](const images::TarSink& sink) { return images::pack_layer(files.get(), sink); });
}

}  // namespace aictr::cli
