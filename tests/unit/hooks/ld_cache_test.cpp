#include "hooks/ld_cache.h"

#include <fcntl.h>

#include <cstring>

#include <doctest/doctest.h>

#include "base/file.h"

using namespace aictr;
using namespace aictr::hooks;

namespace {

LdCache some() {
  LdCache cache;
  cache.libraries = {{"libc.so.6", "/lib/libc.so.6", 0x303, 0, 0},
                     {"libcuda.so.1", "/ours/libcuda.so.1", 0x303, 0, 0},
                     {"libcuda.so.1", "/theirs/libcuda.so.1", 0x303, 0, 0},
                     {"libfast.so.1", "/lib/glibc-hwcaps/x86-64-v3/libfast.so.1", 0x303, 0, kNamedHwcap | 0},
                     {"libm10.so", "/lib/libm10.so", 0x303, 0, 0},
                     {"libm9.so", "/lib/libm9.so", 0x303, 0, 0}};
  cache.subdirectories = {"x86-64-v3"};
  return cache;
}

std::vector<std::string> names(const LdCache& cache) {
  std::vector<std::string> names;
  for (const CachedLibrary& library : cache.libraries) names.push_back(library.name);
  return names;
}

}  // namespace

TEST_CASE("names are in the loader's order, numbers by their value") {
  CHECK(compare_library_names("libm10.so", "libm9.so") > 0);
  CHECK(compare_library_names("libm9.so", "libm10.so") < 0);
  CHECK(compare_library_names("libm09.so", "libm9.so") == 0);
  CHECK(compare_library_names("liba.so", "liba.so.1") < 0);
  CHECK(compare_library_names("lib1", "liba") > 0);
  CHECK(compare_library_names("libb", "liba") > 0);
  CHECK(compare_library_names("a", "a") == 0);
}

TEST_CASE("what is printed is read again, sorted, those of one name as they were") {
  std::string bytes = print_ld_cache(some());
  CHECK(bytes.starts_with("glibc-ld.so.cache1.1"));
  LdCache again = parse_ld_cache(bytes).value();
  CHECK(names(again) ==
        std::vector<std::string>{"libm10.so", "libm9.so", "libfast.so.1", "libcuda.so.1", "libcuda.so.1", "libc.so.6"});
  CHECK(again.libraries[3].path == "/ours/libcuda.so.1");
  CHECK(again.libraries[2].hwcap == kNamedHwcap);
  CHECK(again.subdirectories == std::vector<std::string>{"x86-64-v3"});
  CHECK(print_ld_cache(again) == bytes);
}

TEST_CASE("a cache with the old format in front") {
  std::string old("ld.so-1.7.0\0\2\0\0\0", 16);
  old += std::string(24, 'x');  // two entries, which nobody reads
  LdCache cache = parse_ld_cache(old + print_ld_cache(some())).value();
  CHECK(cache.libraries.size() == 6);
}

TEST_CASE("the cache of this machine goes through unchanged in meaning") {
  auto bytes = read_file(AT_FDCWD, "/etc/ld.so.cache");
  if (!bytes.ok()) return;
  LdCache cache = parse_ld_cache(bytes.value()).value();
  CHECK_FALSE(cache.libraries.empty());
  std::vector<std::string> before = names(cache);
  CHECK(names(parse_ld_cache(print_ld_cache(cache)).value()) == before);  // it is sorted as ldconfig sorts
}

TEST_CASE("hostile caches") {
  CHECK_FALSE(parse_ld_cache("").ok());
  CHECK_FALSE(parse_ld_cache("ld.so-1.7.0").ok());
  CHECK_FALSE(parse_ld_cache(std::string("ld.so-1.7.0\0\xff\xff\xff\xff", 16)).ok());
  CHECK_FALSE(parse_ld_cache(std::string(48, 'x')).ok());
  std::string good = print_ld_cache(some());
  for (std::size_t size = 0; size < good.size(); ++size) {
    auto cut = parse_ld_cache(good.substr(0, size));
    if (cut.ok()) CHECK(cut.value().libraries.size() <= 6);
  }
  std::string counted = good;
  std::memset(counted.data() + 20, 0xff, 4);
  CHECK_FALSE(parse_ld_cache(counted).ok());
  std::string lost = good;
  std::memset(lost.data() + 48 + 4, 0xff,
              4);  // the first entry's name is nowhere
  CHECK(parse_ld_cache(lost).value().libraries.size() == 5);
}
