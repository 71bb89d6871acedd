#include "images/git_source.h"

#include <doctest/doctest.h>

using aictr::images::GitSource;

TEST_CASE("what is a git repository, and what is not") {
  struct Case {
    const char* text;
    const char* url;
    const char* ref;
    const char* folder;
  };
  const Case cases[] = {
      {"https://example.com/a.git", "https://example.com/a.git", "", ""},
      {"https://example.com/a.git#v1", "https://example.com/a.git", "v1", ""},
      {"https://example.com/a.git#:docker/x", "https://example.com/a.git", "", "docker/x"},
      {"git@example.com:a/b#main:x", "git@example.com:a/b", "main", "x"},
      {"git://example.com/a", "git://example.com/a", "", ""},
      {"ssh://git@example.com/a", "ssh://git@example.com/a", "", ""},
      {"github.com/a/b#c", "https://github.com/a/b", "c", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    auto source = GitSource::parse(one.text);
    REQUIRE(source);
    CHECK(source->url == one.url);
    CHECK(source->ref == one.ref);
    CHECK(source->folder == one.folder);
  }
  for (const char* text : {"https://example.com/a.tar.gz", "a.git", "/srv/a.git", "file:///srv/a.git", ".", "-", ""}) {
    CAPTURE(text);
    CHECK_FALSE(GitSource::parse(text));
  }
}
