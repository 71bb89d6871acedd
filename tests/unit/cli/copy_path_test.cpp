#include "cli/copy_path.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::cli;

namespace {

CopyPath path(const char* text) {
  return parse_copy_path(text, "/");
}

// "DIRECTORY|NAME" or "no".
std::string placed(const char* source, Found source_is, const char* destination, Found there) {
  auto target = place_copy(path(source), source_is, path(destination), there);
  return target.ok() ? target.value().directory + "|" + target.value().name : "no";
}

}  // namespace

TEST_CASE("a colon parts a container from its path, unless the word begins like a path") {
  CHECK(parse_copy_operand("web:/etc/hosts").container == "web");
  CHECK(parse_copy_operand("web:/etc/hosts").path == "/etc/hosts");
  CHECK(parse_copy_operand("web:a:b").path == "a:b");
  CHECK(parse_copy_operand("web:").path.empty());
  for (const char* text : {"file", "./web:x", "../web:x", "/a:b", ".:x", ":x"}) {
    CAPTURE(text);
    CHECK(parse_copy_operand(text).is_host());
    CHECK(parse_copy_operand(text).path == text);
  }
  CHECK(parse_copy_operand("-").is_stream());
  CHECK_FALSE(parse_copy_operand("web:-").is_stream());
}

TEST_CASE("a path is made absolute, and its end tells what it means") {
  CHECK(parse_copy_path("a/../b", "/data/me").path == "/data/me/b");
  CHECK(path("").path == "/");
  CHECK(path("a/b").name() == "b");
  CHECK(path("/a").parent() == "/");
  CHECK(path("/a/b").parent() == "/a");
  CHECK(path("/").name().empty());
  CHECK(path("../../x").path == "/x");
  CHECK_FALSE(path("/a").must_be_directory);
  CHECK(path("/a/").must_be_directory);
  CHECK_FALSE(path("/a/").contents_only);
  CHECK(path("/a/.").contents_only);
  CHECK(path(".").contents_only);
  CHECK_FALSE(path("/a.").contents_only);
  CHECK(path("/a/.").to_open() == "/a/");
}

TEST_CASE("a file goes to a name, onto a file, or into a directory") {
  CHECK(placed("/f", Found::file, "/d/g", Found::nothing) == "/d|g");
  CHECK(placed("/f", Found::file, "/d/g", Found::file) == "/d|g");
  CHECK(placed("/f", Found::file, "/d", Found::directory) == "/d|f");
  CHECK(placed("/f", Found::file, "/d/", Found::directory) == "/d|f");
  CHECK(placed("/f", Found::file, "/g/", Found::nothing) == "no");
  CHECK(placed("/f", Found::file, "/g/", Found::file) == "no");
  CHECK(placed("/f", Found::file, "/dev/null", Found::other) == "no");
}

TEST_CASE("a directory becomes a new one, or comes into one that is there") {
  CHECK(placed("/s", Found::directory, "/d", Found::nothing) == "/|d");
  CHECK(placed("/s", Found::directory, "/d/", Found::nothing) == "/|d");
  CHECK(placed("/s/.", Found::directory, "/d", Found::nothing) == "/|d");
  CHECK(placed("/s", Found::directory, "/d", Found::directory) == "/d|s");
  CHECK(placed("/s/", Found::directory, "/d", Found::directory) == "/d|s");
  CHECK(placed("/s/.", Found::directory, "/d", Found::directory) == "/d|");
  CHECK(placed("/", Found::directory, "/d", Found::directory) == "/d|");
  CHECK(placed("/s", Found::directory, "/f", Found::file) == "no");
}
