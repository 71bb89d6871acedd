#include "images/layer_tree.h"

#include <fcntl.h>

#include <doctest/doctest.h>

#include "base/sys.h"
#include "images/erofs_writer.h"

using namespace aictr;
using namespace aictr::images;

namespace {

Result<LayerNode*> add(LayerTree& tree, const std::string& path, TarType type, const std::string& link = "") {
  TarEntry entry;
  entry.path = path;
  entry.type = type;
  entry.link = link;
  return tree.add(entry);
}

Result<void> write(LayerTree& tree) {
  UniqueFd file = sys::memfd("index", 0).value();
  return write_erofs(tree, 0, kErofsDataStart, file.get());
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("a name that is too long is refused wherever it stands in a path") {
  for (const std::string& path :
       {std::string(256, 'n'), std::string(600, 'n') + "/file", "d/" + std::string(256, 'n') + "/f"}) {
    LayerTree tree;
    auto added = add(tree, path, TarType::file);
    REQUIRE_FALSE(added.ok());
    CHECK(added.error().message.find("255") != std::string::npos);
    CHECK(write(tree).ok());
  }
  LayerTree tree;
  REQUIRE(add(tree, "link", TarType::symbolic_link, std::string(256, 'n')).ok());
  CHECK_FALSE(add(tree, "link/file", TarType::file).ok());
  CHECK(add(tree, std::string(255, 'n') + "/file", TarType::file).ok());
  CHECK(write(tree).ok());
}

TEST_CASE("links to links to links are not followed without an end") {
  LayerTree tree;
  REQUIRE(add(tree, "l0", TarType::symbolic_link, ".").ok());
  for (int i = 1; i < 30; ++i) {
    std::string last = "l" + std::to_string(i - 1) + "/";
    REQUIRE(add(tree, "l" + std::to_string(i), TarType::symbolic_link, repeated(last, 8)).ok());
  }
  auto added = add(tree, "l29/file", TarType::file);
  REQUIRE_FALSE(added.ok());
  CHECK(added.error().message.find("circle") != std::string::npos);
}

TEST_CASE("a tree may be as deep as its maker likes") {
  LayerTree tree;
  REQUIRE(add(tree, repeated("d/", 200000) + "file", TarType::file).ok());
  CHECK(write(tree).ok());
}

TEST_CASE("an error about a name stays in one line") {
  LayerTree tree;
  REQUIRE(add(tree, "a", TarType::file).ok());
  auto added = add(tree, "b", TarType::hard_link, "no\nsuch\x1b[31mfile");
  REQUIRE_FALSE(added.ok());
  CHECK(added.error().message.find_first_of("\n\x1b") == std::string::npos);
}
