#include "images/context_weight.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/core.h>

#include "base/units.h"

namespace aictr::images {
namespace {

constexpr std::int64_t kHeavy = 1'000'000'000;
constexpr std::size_t kShown = 3;

struct Weight {
  std::int64_t bytes = 0;
  std::map<std::string, Weight> children;
};

void add(Weight& root, const std::string& path, std::int64_t bytes) {
  Weight* at = &root;
  at->bytes += bytes;
  for (std::size_t begin = 0; begin < path.size();) {
    std::size_t end = std::min(path.find('/', begin), path.size());
    at = &at->children[path.substr(begin, end - begin)];
    at->bytes += bytes;
    begin = end + 1;
  }
}

// The deepest path that still has nearly all of it: "data/raw" says more than "data".
std::pair<std::int64_t, std::string> narrowed(std::string path, const Weight& weight) {
  for (const auto& [name, child] : weight.children) {
    if (child.bytes >= weight.bytes / 10 * 9) return narrowed(path + "/" + name, child);
  }
  return {weight.bytes, std::move(path)};
}

}  // namespace

std::string context_warning(const std::string& folder, std::span<const SourceEntry> entries) {
  Weight root;
  for (const SourceEntry& entry : entries) {
    if (S_ISREG(entry.st.st_mode)) add(root, entry.path, entry.st.st_size);
  }
  if (root.bytes <= kHeavy) return {};
  std::vector<std::pair<std::int64_t, std::string>> heaviest;
  for (const auto& [name, child] : root.children) {
    heaviest.push_back(narrowed(folder.empty() ? name : folder + "/" + name, child));
  }
  std::ranges::stable_sort(heaviest, std::greater<>(), &std::pair<std::int64_t, std::string>::first);
  if (heaviest.size() > kShown) heaviest.resize(kShown);
  std::string list;
  for (const auto& [bytes, path] : heaviest) {
    list += fmt::format("{}'{}' ({})", list.empty() ? "" : ", ", path, decimal_size(static_cast<std::uint64_t>(bytes)));
  }
  return fmt::format(
      "'{}' of the build context holds {}, most of it in {}: if the image does not need it, "
      "add the line '{}' to .dockerignore",
      folder.empty() ? "." : folder, decimal_size(static_cast<std::uint64_t>(root.bytes)), list,
      heaviest.front().second);
}

}  // namespace aictr::images
