// The library cache of an image.

#include "hooks/ld_cache.h"

#include "tests/fuzz/fuzz.h"

using namespace aictr::hooks;

void fuzz(std::string_view input) {
  auto cache = parse_ld_cache(input);
  if (!cache.ok()) return;
  std::string printed = print_ld_cache(cache.value());
  auto again = parse_ld_cache(printed);
  require(again.ok(), "what is printed is read again");
  require(again.value().libraries.size() == cache.value().libraries.size(), "no entry is lost");
  require(print_ld_cache(again.value()) == printed, "and printed as the same");
  const auto& libraries = again.value().libraries;
  for (std::size_t i = 1; i < libraries.size(); ++i) {
    require(compare_library_names(libraries[i - 1].name, libraries[i].name) >= 0, "names go down");
  }
}
