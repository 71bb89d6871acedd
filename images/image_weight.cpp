#include "images/image_weight.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <unordered_map>
#include <utility>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {
namespace {

using Kind = LayerFile::Kind;

constexpr std::size_t kMostPaths = 8;
constexpr std::int64_t kVisibleParts = 1500;  // what is lighter than this part of all is not drawn

struct Cache {
  std::string_view part;  // of a path between slashes
  std::string_view name;
};
constexpr Cache kCaches[] = {
    {"/.cache/pip/", "the cache of pip"},
    {"/.cache/uv/", "the cache of uv"},
    {"/.cache/huggingface/", "the cache of Hugging Face"},
    {"/var/cache/apt/", "packages that apt has downloaded"},
    {"/var/lib/apt/lists/", "the package lists of apt"},
    {"/var/cache/dnf/", "the cache of dnf"},
    {"/.npm/_cacache/", "the cache of npm"},
    {"/conda/pkgs/", "packages that conda has unpacked"},
    {"/miniconda3/pkgs/", "packages that conda has unpacked"},
    {"/.conda/pkgs/", "packages that conda has unpacked"},
};

// "libcublas.so.12" of "usr/lib/libcublas.so.12.4.5.8" for one that comes with CUDA, in the toolkit or in wheels.
std::optional<std::string> cuda_library(const std::string& path) {
  static const std::regex kLibrary(
      "(lib(?:cublas|cublasLt|cudart|cudnn[a-z_]*|cufft|cufftw|cufile|cupti|curand|cusolver|cusolverMg|cusparse|"
      "cusparseLt|nccl|npp[a-z]*|nvinfer[a-z_]*|nvJitLink|nvjpeg|nvrtc|nvrtc-builtins|nvshmem[a-z_]*|nvToolsExt)"
      "\\.so(?:\\.[0-9]+)?)[.0-9]*");
  std::smatch match;
  std::string name = path.substr(path.rfind('/') + 1);
  if (!std::regex_match(name, match, kLibrary)) return std::nullopt;
  return match[1].str();
}

// Which layers hide what lies below them, from the highest on.
class Covers {
 public:
  // The layer that hides the path from those below it.
  std::optional<std::size_t> find(const std::string& path) const {
    if (auto found = hidden_.find(path); found != hidden_.end()) return found->second;
    for (auto end = path.rfind('/'); end != std::string::npos && end > 0; end = path.rfind('/', end - 1)) {
      std::string above = path.substr(0, end);
      for (const auto* covers : {&hidden_, &opaque_}) {
        if (auto found = covers->find(above); found != covers->end()) return found->second;
      }
    }
    auto root = opaque_.find("");
    return root == opaque_.end() ? std::nullopt : std::optional(root->second);
  }

  // The nearest layer above is the one that hides.
  void add(const std::vector<LayerFile>& files, std::size_t layer) {
    for (const LayerFile& file : files) (file.kind == Kind::opaque ? opaque_ : hidden_)[file.path] = layer;
  }

 private:
  std::unordered_map<std::string, std::size_t> hidden_;
  std::unordered_map<std::string, std::size_t> opaque_;
};

// The files that a finding is about.
class Gathered {
 public:
  void add(const std::string& path, std::int64_t bytes) {
    total_ += bytes;
    files_.emplace_back(bytes, "/" + path);
  }
  std::int64_t total() const { return total_; }
  std::int64_t heaviest() const { return files_.empty() ? 0 : std::ranges::max(files_).first; }
  std::size_t count() const { return files_.size(); }

  std::vector<std::string> paths() const {
    auto sorted = files_;
    std::ranges::sort(sorted, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::vector<std::string> paths;
    for (const auto& [bytes, path] : sorted) {
      if (paths.size() < kMostPaths) paths.push_back(path);
    }
    return paths;
  }

 private:
  std::int64_t total_ = 0;
  std::vector<std::pair<std::int64_t, std::string>> files_;
};

// A tree while it is made.
struct Growing {
  std::int64_t bytes = 0;
  std::int64_t hidden = 0;
  std::map<std::string, Growing> children;

  void add(const std::string& path, std::int64_t weight, bool is_hidden) {
    Growing* at = this;
    at->count(weight, is_hidden);
    for (const std::string& name : split(path, '/')) {
      at = &at->children[name];
      at->count(weight, is_hidden);
    }
  }

  void count(std::int64_t weight, bool is_hidden) {
    bytes += weight;
    if (is_hidden) hidden += weight;
  }
};

WeightNode grown(std::string name, const Growing& tree, std::int64_t visible) {
  const Growing* at = &tree;
  while (!name.empty() && at->children.size() == 1 && !at->children.begin()->second.children.empty()) {
    name += "/" + at->children.begin()->first;
    at = &at->children.begin()->second;
  }
  WeightNode node{std::move(name), at->bytes, at->hidden, {}};
  WeightNode rest;
  std::size_t smaller = 0;
  for (const auto& [child_name, child] : at->children) {
    if (child.bytes >= visible) {
      node.children.push_back(grown(child_name, child, visible));
    } else if (child.bytes > 0) {
      rest.bytes += child.bytes;
      rest.hidden += child.hidden;
      ++smaller;
    }
  }
  rest.name = fmt::format("{} smaller", smaller);
  if (rest.bytes > 0 && !node.children.empty()) node.children.push_back(std::move(rest));
  std::ranges::stable_sort(node.children, [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  return node;
}

class Weighing {
 public:
  Weighing(std::span<const std::vector<LayerFile>> layers, std::int64_t least) : layers_(layers), least_(least) {}

  ImageWeight run() {
    std::vector<Growing> trees(layers_.size());
    for (std::size_t i = layers_.size(); i-- > 0;) {
      for (const LayerFile& file : layers_[i]) {
        if (file.kind != Kind::file || file.bytes == 0) continue;
        auto covered = covers_.find(file.path);
        trees[i].add(file.path, file.bytes, covered.has_value());
        if (covered) {
          deleted_[{i, *covered}].add(file.path, file.bytes);
        } else {
          look_at(file, i);
        }
      }
      covers_.add(layers_[i], i);
    }
    std::int64_t all = 0;
    for (const Growing& tree : trees) all += tree.bytes;
    ImageWeight weight;
    auto visible = std::max<std::int64_t>(1, all / kVisibleParts);
    for (const Growing& tree : trees) weight.layers.push_back(grown("", tree, visible));
    weight.findings = findings();
    return weight;
  }

 private:
  void look_at(const LayerFile& file, std::size_t layer) {
    std::string path = "/" + file.path;
    for (const Cache& cache : kCaches) {
      if (path.find(cache.part) != std::string::npos)
        caches_[{std::string(cache.name), layer}].add(file.path, file.bytes);
    }
    if (auto library = cuda_library(file.path)) {
      libraries_[*library].add(file.path, file.bytes);
      last_layer_.try_emplace(*library, layer);  // layers come from the highest on
    }
  }

  std::vector<WeightFinding> findings() const {
    using Of = WeightFinding::Kind;
    std::vector<WeightFinding> all;
    auto add = [&](WeightFinding finding) {
      if (finding.bytes >= least_) all.push_back(std::move(finding));
    };
    for (const auto& [layers, files] : deleted_) {
      add({Of::deleted, files.total(), fmt::format("{} file{}", files.count(), files.count() == 1 ? "" : "s"),
           layers.first, layers.second, files.paths()});
    }
    for (const auto& [where, files] : caches_) {
      add({Of::cache, files.total(), where.first, where.second, 0, files.paths()});
    }
    for (const auto& [name, files] : libraries_) {
      if (files.count() < 2) continue;
      add({Of::duplicate, files.total() - files.heaviest(), name, last_layer_.at(name), 0, files.paths()});
    }
    std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    return all;
  }

  std::span<const std::vector<LayerFile>> layers_;
  std::int64_t least_;
  Covers covers_;
  std::map<std::pair<std::size_t, std::size_t>, Gathered> deleted_;  // by layer, and the one that deletes
  std::map<std::pair<std::string, std::size_t>, Gathered> caches_;   // by name and layer
  std::map<std::string, Gathered> libraries_;
  std::map<std::string, std::size_t> last_layer_;
};

}  // namespace

ImageWeight weigh_image(std::span<const std::vector<LayerFile>> layers, std::int64_t least) {
  return Weighing(layers, least).run();
}

}  // namespace aictr::images
