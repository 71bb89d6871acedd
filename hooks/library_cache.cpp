#include "hooks/library_cache.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include <fmt/core.h>
#include <fnmatch.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "hooks/elf_file.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMostCache = 32U << 20;
constexpr std::size_t kMostConf = 64U << 10;
constexpr std::size_t kMostDirectories = 256;
constexpr int kDeepestInclude = 8;

#if defined(__aarch64__)
constexpr std::array kUsual = {
    "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};
constexpr const char* kMuslArch = "aarch64";
#else
constexpr std::array kUsual = {
    "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};
constexpr const char* kMuslArch = "x86_64";
#endif

// Regular files only: a pipe of the image would never end, a device of it is nobody's business.
Result<std::string> read_in_root(int root, const std::string& path, std::size_t limit) {
  UniqueFd file = TRY(sys::open(root, path, O_RDONLY | O_NONBLOCK, 0, sys::Resolve::in_root));
  struct stat st = TRY(sys::stat(file.get()));
  if (!S_ISREG(st.st_mode)) return make_error(Kind::corrupt, fmt::format("'{}' is no regular file", path));
  return sys::read_to_end(file.get(), limit);
}

class Conf {
 public:
  explicit Conf(int root) : root_(root) {}

  void read(const std::string& path, int depth) {
    auto text = read_in_root(root_, path, kMostConf);
    if (!text.ok() || depth > kDeepestInclude) return;
    for (const std::string& line : split(text.value(), '\n')) {
      auto parts = words(line.substr(0, line.find('#')));
      if (parts.empty()) continue;
      if (parts[0] != "include") {
        add(parts[0].substr(0, parts[0].find('=')));
        continue;
      }
      for (std::size_t i = 1; i < parts.size(); ++i) include(parts[i], path, depth);
    }
  }

  void add(std::string directory) {
    while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
    bool known = std::ranges::find(directories_, directory) != directories_.end();
    if (directory.starts_with('/') && !known && directories_.size() < kMostDirectories) {
      directories_.push_back(std::move(directory));
    }
  }

  std::vector<std::string> take() { return std::move(directories_); }

 private:
  // A pattern in the last part of the path, as ld.so.conf has it everywhere: "/etc/ld.so.conf.d/*.conf".
  void include(std::string pattern, const std::string& from, int depth) {
    if (!pattern.starts_with('/')) pattern = fmt::format("{}/{}", from.substr(0, from.rfind('/')), pattern);
    std::size_t slash = pattern.rfind('/');
    std::string folder = pattern.substr(0, slash + 1);
    auto directory = sys::open(root_, folder, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
    if (!directory.ok()) return;
    for (const std::string& name : list_directory(directory.value().get()).value_or({})) {
      if (::fnmatch(pattern.c_str() + slash + 1, name.c_str(), FNM_PERIOD) == 0) read(folder + name, depth + 1);
    }
  }

  int root_;
  std::vector<std::string> directories_;
};

std::int32_t flags_of(const ElfFile& elf) {
  return elf.is_64bit ? native_cache_flags() : compat32_cache_flags();
}

bool looks_like_library(std::string_view name) {
  return (name.starts_with("lib") || name.starts_with("ld-")) && name.find(".so") != std::string_view::npos;
}

}  // namespace

std::vector<std::string> library_directories(int root) {
  Conf conf(root);
  conf.read("/etc/ld.so.conf", 0);
  for (const char* usual : kUsual) conf.add(usual);
  return conf.take();
}

std::vector<CachedLibrary> libraries_in(int root, const std::string& directory) {
  std::vector<CachedLibrary> libraries;
  auto opened = sys::open(root, directory, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
  if (!opened.ok()) return libraries;
  for (const std::string& name : list_directory(opened.value().get()).value_or({})) {
    if (!looks_like_library(name)) continue;
    auto file = sys::open(root, fmt::format("{}/{}", directory, name), O_RDONLY | O_NONBLOCK, 0, sys::Resolve::in_root);
    if (!file.ok()) continue;
    auto st = sys::stat(file.value().get());
    if (!st.ok() || !S_ISREG(st.value().st_mode)) continue;
    auto elf = read_elf(file.value().get());
    if (!elf.ok() || (elf.value().is_64bit && !elf.value().is_native())) continue;
    const std::string& soname = elf.value().soname;
    std::string key = soname.empty() ? name : soname;
    bool known = std::ranges::find(libraries, key, &CachedLibrary::name) != libraries.end();
    // The loader opens "directory/SONAME" only when there is such a name; a file under its own name always is there.
    if (!known && key.find('/') == std::string::npos) {
      libraries.push_back({key, fmt::format("{}/{}", directory, name), flags_of(elf.value()), 0, 0});
    }
  }
  return libraries;
}

Result<LdCache> container_library_cache(int root, const std::vector<CachedLibrary>& ours,
                                        const std::string& first_directory) {
  LdCache cache;
  if (!first_directory.empty()) cache.libraries = libraries_in(root, first_directory);
  cache.libraries.insert(cache.libraries.end(), ours.begin(), ours.end());
  auto bytes = read_in_root(root, "/etc/ld.so.cache", kMostCache);
  auto own = bytes.ok() ? parse_ld_cache(bytes.value()) : Result<LdCache>(bytes.error());
  if (own.ok()) {
    auto& theirs = own.value().libraries;
    cache.libraries.insert(cache.libraries.end(), theirs.begin(), theirs.end());
    cache.subdirectories = own.value().subdirectories;
    return cache;
  }
  for (const std::string& directory : library_directories(root)) {
    auto more = libraries_in(root, directory);
    cache.libraries.insert(cache.libraries.end(), more.begin(), more.end());
  }
  return cache;
}

std::string musl_path_file(int root, const std::string& directory, std::string& path) {
  if (!sys::open(root, fmt::format("/lib/ld-musl-{}.so.1", kMuslArch), O_PATH, 0, sys::Resolve::in_root).ok())
    return "";
  path = fmt::format("/etc/ld-musl-{}.path", kMuslArch);
  auto given = read_in_root(root, path, kMostConf);
  std::string usual = "/lib:/usr/local/lib:/usr/lib";
  std::string rest = given.ok() && !trim(given.value()).empty() ? std::string(trim(given.value())) : usual;
  std::ranges::replace(rest, '\n', ':');
  return fmt::format("{}:{}\n", directory, rest);
}

}  // namespace aictr::hooks
