#pragma once

// /etc/ld.so.cache, in which glibc's loader looks libraries up by name: "glibc-ld.so.cache1.1" (glibc 2.2 and later,
// dl-cache.h there). Read and written here, so that no ldconfig of a container is run. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::hooks {

struct CachedLibrary {
  std::string name;  // what is looked for: "libcuda.so.1"
  std::string path;  // what is loaded
  std::int32_t flags = 0;
  std::uint32_t os_version = 0;
  // 0; bits of the processor, before glibc 2.37; or kNamedHwcap and an index into LdCache::subdirectories.
  std::uint64_t hwcap = 0;
};

inline constexpr std::uint64_t kNamedHwcap = 1ULL << 62;

struct LdCache {
  std::vector<CachedLibrary> libraries;     // of those with one name the first that fits is loaded
  std::vector<std::string> subdirectories;  // of glibc-hwcaps: "x86-64-v3", …
};

// Also one that has the format of before glibc 2.32 in front. What is wrong in a single entry leaves that out;
// Kind::corrupt when it is no such cache at all.
Result<LdCache> parse_ld_cache(std::string_view bytes);

// Entries of one name stay in their order.
std::string print_ld_cache(const LdCache& cache);

// The loader's order of names, in which a run of digits counts as a number: below, at or above 0.
int compare_library_names(std::string_view a, std::string_view b);

// What the loader wants to see in an entry of a library like this program's own, or of a 32-bit one beside it.
std::int32_t native_cache_flags();
std::int32_t compat32_cache_flags();

}  // namespace aictr::hooks
