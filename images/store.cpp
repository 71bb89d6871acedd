#include "images/store.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "images/layer_record.h"
#include "images/store_index.h"
#include "images/store_layout.h"
#include "images/stored_image.h"

namespace aictr::images {
namespace {

Result<std::string> absolute_path(const std::string& path) {
  if (path.starts_with('/')) return path;
  return fmt::format("{}/{}", TRY(sys::readlink(AT_FDCWD, "/proc/self/cwd")), path);
}

Result<void> check_version(int store) {
  std::string text = TRY(read_file(store, layout::kVersionFile, 64));
  auto version = parse_number<int>(trim(text));
  if (!version) {
    return make_error(Kind::corrupt,
                      fmt::format("'{}' is not a format version: '{}'", layout::kVersionFile, trim(text)));
  }
  if (*version > layout::kVersion) {
    return make_error(
        Kind::unsupported,
        fmt::format("it has format version {}, and this aictr reads up to {}", *version, layout::kVersion),
        "use the newer aictr that wrote it, or another --root");
  }
  return {};
}

// The version comes last: a directory that has it is complete.
Result<void> initialise(int store) {
  FileLock lock = TRY(FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive));
  for (const char* directory :
       {layout::kBlobs, layout::kLayers, layout::kDrafts, layout::kCache, layout::kMountPoint}) {
    TRY(make_directories(store, directory, 0700));
  }
  for (const char* side : {"/a", "/b"}) TRY(make_directories(store, std::string(layout::kEmpty) + side, 0755));
  TRY(sys::sync_file_system(store));
  return write_file(store, layout::kVersionFile, fmt::format("{}\n", layout::kVersion), 0600);
}

bool is_id_prefix(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view without_algorithm(std::string_view id) {
  constexpr std::string_view kAlgorithm = "sha256:";
  return id.starts_with(kAlgorithm) ? id.substr(kAlgorithm.size()) : id;
}

// The manifest of the one image whose ID begins with `prefix`; empty when there is none. Images that cannot be read are
// passed over: they have no ID to find them by.
Result<oci::Digest> find_by_id(int store, const StoreIndex& index, std::string_view prefix) {
  std::vector<std::pair<oci::Digest, oci::Digest>> matches;
  for (const oci::Descriptor& entry : index.manifests()) {
    auto manifest = load_manifest(store, entry.digest);
    if (!manifest.ok()) continue;
    const oci::Digest& id = manifest.value().config.digest;
    if (id.hex().starts_with(prefix)) matches.emplace_back(id, entry.digest);
  }
  if (matches.empty()) return oci::Digest();
  for (const auto& [id, manifest] : matches) {
    if (id == matches.front().first) continue;
    return make_error(Kind::usage,
                      fmt::format("image ID '{}' is ambiguous: {} and {} begin with it", prefix,
                                  matches.front().first.short_id(), id.short_id()),
                      "write more of the ID");
  }
  return matches.front().second;
}

Error no_image(std::string_view name) {
  return make_error(Kind::not_found, fmt::format("no image '{}' in the store", name),
                    "`aictr images` lists what there is");
}

Result<Image> look_up(int store, std::string_view name) {
  StoreIndex index = TRY(StoreIndex::load(store));
  auto reference = oci::Reference::parse(name);
  if (reference.ok()) {
    if (const oci::Descriptor* entry = index.find(reference.value())) return load_image(store, index, entry->digest);
  }
  std::string_view prefix = without_algorithm(name);
  if (!is_id_prefix(prefix)) return reference.ok() ? no_image(name) : std::move(reference).error();
  oci::Digest manifest = TRY(find_by_id(store, index, prefix));
  if (manifest.empty()) return no_image(name);
  return load_image(store, index, manifest);
}

Result<std::vector<Image>> load_all(int store) {
  StoreIndex index = TRY(StoreIndex::load(store));
  std::vector<Image> images;
  for (const oci::Descriptor& entry : index.manifests()) {
    images.push_back(TRY(load_image(store, index, entry.digest)));
  }
  return images;
}

// Between reading the index and a blob, somebody may remove the image; then the index as it is now tells the truth.
template <class F>
auto read_consistently(F read) {
  auto first = read();
  bool vanished = !first.ok() && first.error().kind == Kind::not_found && first.error().code == ENOENT;
  return vanished ? read() : std::move(first);
}

}  // namespace

Result<Store> Store::open(const std::string& path) {
  auto directory = sys::open(path, O_RDONLY | O_DIRECTORY);
  if (!directory.ok() && directory.error().kind == Kind::not_found) {
    directory = make_and_open_directory(AT_FDCWD, path, 0700);
  }
  UniqueFd fd = TRY_AS("image store", std::move(directory));
  auto version = check_version(fd.get());
  if (!version.ok() && version.error().kind == Kind::not_found) version = initialise(fd.get());
  TRY_AS(fmt::format("image store '{}'", path), std::move(version));
  return Store(TRY(absolute_path(path)), std::move(fd));
}

Result<Image> Store::find(std::string_view name) const {
  return read_consistently([&] { return look_up(fd(), name); });
}

Result<std::vector<Image>> Store::list() const {
  std::vector<Image> images = TRY(read_consistently([&] { return load_all(fd()); }));
  std::stable_sort(images.begin(), images.end(),
                   [](const Image& a, const Image& b) { return a.config.created > b.config.created; });
  return images;
}

Result<FileLock> Store::hold() const {
  return FileLock::acquire(fd(), layout::kHold, FileLock::Mode::shared);
}

bool Store::has_layer(const oci::Digest& diff_id) const {
  return is_usable(load_layer_record(fd(), diff_id));
}

}  // namespace aictr::images
