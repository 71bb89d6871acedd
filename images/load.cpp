#include "images/load.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/layer.h"
#include "images/layer_receive.h"
#include "images/layer_unpack.h"
#include "images/media_type.h"
#include "images/platform_choice.h"
#include "images/registry_manifest.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

using oci::Json;

constexpr std::size_t kDocumentLimit = 16U << 20;
constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";
constexpr std::string_view kFullName = "io.containerd.image.name";
constexpr int kDeepestIndex = 3;

// The files of the archive, in a directory of ours for as long as this lives. Names in the archive's documents are
// resolved inside of it.
class Unfolded {
 public:
  static Result<Unfolded> make(const Store& store, ByteSource& archive) {
    LayerDraft place = TRY(LayerDraft::create(store));
    UniqueFd root = TRY(open_directory(AT_FDCWD, place.upper()));
    TRY(unpack_layer(archive, root.get(), {.whiteouts = Whiteouts::ordinary, .owner = {}}));
    return Unfolded(std::move(place), std::move(root));
  }

  Result<UniqueFd> open(const std::string& path) const {
    UniqueFd fd = TRY(sys::open(root_.get(), path, O_RDONLY | O_NONBLOCK, 0, sys::Resolve::in_root));
    struct stat st = TRY(sys::stat(fd.get()));
    if (!S_ISREG(st.st_mode)) return make_error(Kind::corrupt, fmt::format("'{}' is not a file", path));
    return fd;
  }

  Result<std::string> read(const std::string& path) const {
    UniqueFd fd = TRY(open(path));
    return sys::read_to_end(fd.get(), kDocumentLimit);
  }

  bool has(const std::string& path) const { return open(path).ok(); }

  Result<std::string> read_blob(const oci::Digest& digest) const {
    std::string text = TRY(read(blob_path(digest)));
    if (digest.algorithm() == "sha256" && sha256(text) == digest) return text;
    return make_error(Kind::corrupt, fmt::format("blob {} is not what its name says", digest.text()));
  }

  static std::string blob_path(const oci::Digest& digest) {
    return fmt::format("blobs/{}/{}", digest.algorithm(), digest.hex());
  }

 private:
  Unfolded(LayerDraft place, UniqueFd root) : place_(std::move(place)), root_(std::move(root)) {}
  LayerDraft place_;
  UniqueFd root_;
};

std::vector<std::string> texts(const Json* list) {
  std::vector<std::string> found;
  const auto* array = list != nullptr ? list->as<Json::Array>() : nullptr;
  for (const Json& one : array != nullptr ? *array : Json::Array()) {
    if (const auto* text = one.as<std::string>()) found.push_back(*text);
  }
  return found;
}

class Load {
 public:
  Load(Store& store, const Unfolded& archive) : store_(store), archive_(archive) {}

  Result<std::vector<Image>> run() {
    bool oci_layout = archive_.has("index.json");
    if (!oci_layout && !archive_.has("manifest.json")) {
      return make_error(Kind::corrupt, "it has neither an index.json nor a manifest.json",
                        "give what `aictr save` or `docker save` wrote; `aictr import` takes root file systems");
    }
    if (archive_.has("manifest.json")) {
      std::string text = TRY(archive_.read("manifest.json"));
      docker_ = TRY_AS("manifest.json", oci::parse_json(text));
    }
    TRY(oci_layout ? load_layout() : load_docker());
    return std::move(loaded_);
  }

 private:
  // Images as Docker's manifest.json lists them.
  template <class F>
  Result<void> each_docker_image(F visit) {
    const auto* images = docker_.as<Json::Array>();
    for (const Json& image : images != nullptr ? *images : Json::Array()) {
      const Json* config = image.find("Config");
      const auto* path = config != nullptr ? config->as<std::string>() : nullptr;
      if (path == nullptr) return make_error(Kind::corrupt, "manifest.json: an image has no 'Config'");
      TRY(visit(*path, texts(image.find("Layers")), texts(image.find("RepoTags"))));
    }
    return {};
  }

  Result<void> load_layout() {
    std::string text = TRY(archive_.read("index.json"));
    oci::Index index = TRY_AS("index.json", oci::parse_index(text));
    for (const oci::Descriptor& entry : index.manifests) {
      TRY_AS(entry.digest.text(), load_entry(entry, names_of(entry), 0));
    }
    return {};
  }

  static std::vector<oci::Reference> names_of(const oci::Descriptor& entry) {
    for (std::string_view key : {kFullName, kRefName}) {
      auto found = entry.annotations.find(std::string(key));
      if (found == entry.annotations.end()) continue;
      // A tag alone, as skopeo writes it, names nothing.
      if (found->second.find_first_of("/:") == std::string::npos) continue;
      auto name = oci::Reference::parse(found->second);
      if (name.ok()) return {std::move(name).value()};
    }
    return {};
  }

  Result<void> load_entry(const oci::Descriptor& entry, const std::vector<oci::Reference>& names, int depth) {
    std::string text = TRY(archive_.read_blob(entry.digest));
    std::string type = media_type_in(text);
    if (media::is_index(type) && depth < kDeepestIndex) {
      oci::Index index = TRY(oci::parse_index(text));
      return load_entry(TRY(choose_platform(index, machine_platform())), names, depth + 1);
    }
    oci::Manifest manifest = TRY(oci::parse_manifest(text));
    std::string config_text = TRY(archive_.read_blob(manifest.config.digest));
    oci::ImageConfig config = TRY(oci::parse_image_config(config_text));
    if (manifest.layers.size() != config.diff_ids.size()) {
      return make_error(Kind::corrupt, "manifest and configuration name different numbers of layers");
    }
    for (std::size_t i = 0; i < config.diff_ids.size(); ++i) {
      TRY(take_layer(Unfolded::blob_path(manifest.layers[i].digest), config.diff_ids[i]));
    }
    std::vector<oci::Reference> all = names;
    add_docker_names(manifest.config.digest, all);
    return keep(TRY(store_.add_received(text, config_text, all)));
  }

  // What Docker's document beside the index calls the image.
  void add_docker_names(const oci::Digest& id, std::vector<oci::Reference>& names) {
    ignore(each_docker_image([&](const std::string& path, const auto&, const std::vector<std::string>& tags) {
      if (path.find(id.hex()) == std::string::npos) return Result<void>();
      for (const std::string& tag : tags) {
        auto name = oci::Reference::parse(tag);
        if (name.ok()) names.push_back(std::move(name).value());
      }
      return Result<void>();
    }));
  }

  Result<void> load_docker() {
    return each_docker_image([&](const std::string& path, const std::vector<std::string>& layers,
                                 const std::vector<std::string>& tags) -> Result<void> {
      std::string config_text = TRY(archive_.read(path));
      oci::ImageConfig config = TRY(oci::parse_image_config(config_text));
      if (layers.size() != config.diff_ids.size()) {
        return make_error(Kind::corrupt, "manifest.json and the configuration name different numbers of layers");
      }
      for (std::size_t i = 0; i < layers.size(); ++i) TRY(take_layer(layers[i], config.diff_ids[i]));
      std::vector<oci::Reference> names;
      for (const std::string& tag : tags) names.push_back(TRY(oci::Reference::parse(tag)));
      return keep(TRY(store_.add_with_config(config_text, names)));
    });
  }

  Result<void> take_layer(const std::string& path, const oci::Digest& diff_id) {
    if (store_.has_layer(diff_id)) return {};
    UniqueFd file = TRY(archive_.open(path));
    std::int64_t size = TRY(sys::stat(file.get())).st_size;
    FdSource bytes(file.get());
    TRY_AS(fmt::format("layer '{}'", path), receive_layer(store_, bytes, size, diff_id));
    return {};
  }

  Result<void> keep(Image image) {
    auto known = std::ranges::find(loaded_, image.manifest_digest, &Image::manifest_digest);
    if (known == loaded_.end()) {
      loaded_.push_back(std::move(image));
    } else {
      *known = std::move(image);  // it has another name now
    }
    return {};
  }

  Store& store_;
  const Unfolded& archive_;
  Json docker_;
  std::vector<Image> loaded_;
};

}  // namespace

Result<std::vector<Image>> load_images(Store& store, ByteSource& archive) {
  FileLock hold = TRY(store.hold());
  Unfolded files = TRY(Unfolded::make(store, archive));
  return Load(store, files).run();
}

}  // namespace aictr::images
