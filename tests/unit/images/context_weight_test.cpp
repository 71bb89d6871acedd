#include "images/context_weight.h"

#include <doctest/doctest.h>

using namespace aictr::images;

namespace {

SourceEntry file(const std::string& path, std::int64_t bytes, mode_t type = S_IFREG) {
  SourceEntry entry;
  entry.path = path;
  entry.st.st_mode = type | 0644;
  entry.st.st_size = bytes;
  return entry;
}

constexpr std::int64_t kMega = 1'000'000;

}  // namespace

TEST_CASE("a heavy context names its three heaviest paths and what would leave the first out") {
  const std::vector<SourceEntry> entries = {
      file("", 4096, S_IFDIR),
      file("data", 4096, S_IFDIR),
      file("data/raw/a.bin", 700 * kMega),
      file("data/raw/b.bin", 600 * kMega),
      file("data/readme", 10),
      file(".git/pack", 300 * kMega),
      file("model.pt", 400 * kMega),
      file("src/main.py", 10 * kMega),
      file("link", 3000 * kMega, S_IFLNK),
  };
  CHECK(context_warning("", entries) ==
        "'.' of the build context holds 2.01GB, most of it in 'data/raw' (1.3GB), 'model.pt' (400MB), '.git/pack' "
        "(300MB): if the image does not need it, add the line 'data/raw' to .dockerignore");
  CHECK(
      context_warning("app", entries).starts_with("'app' of the build context holds 2.01GB, most of it in 'app/data"));
}

TEST_CASE("up to 1 GB nothing is said") {
  CHECK(context_warning("", std::vector<SourceEntry>{file("a", 1000 * kMega)}).empty());
  CHECK_FALSE(context_warning("", std::vector<SourceEntry>{file("a", 1000 * kMega + 1)}).empty());
  CHECK(context_warning("", {}).empty());
}
