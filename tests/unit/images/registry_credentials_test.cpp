#include "images/registry_credentials.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::images;

namespace {

struct AuthFile {
  test::TempDir directory;
  std::string path = directory.path() + "/auth.json";

  void write(const std::string& text) const { REQUIRE(write_file(AT_FDCWD, path, text, 0600).ok()); }
  std::string user(const std::string& registry, const std::string& repository = "x") const {
    auto found = find_credentials(path, registry, repository);
    REQUIRE(found.ok());
    return found.value() ? found.value()->user : "";
  }
};

}  // namespace

TEST_CASE("the most specific entry counts, however the host is written") {
  AuthFile file;
  file.write(R"({"auths": {
    "https://index.docker.io/v1/": {"auth": "aHViOnBhc3M="},
    "host:5000": {"auth": "aG9zdDpw"},
    "host:5000/team": {"auth": "dGVhbTpw"},
    "https://plain.example/v2/": {"username": "plain", "password": "p"},
    "empty.example": {}}})");
  CHECK(file.user("docker.io", "library/python") == "hub");
  CHECK(file.user("host:5000", "other/app") == "host");
  CHECK(file.user("host:5000", "team/app") == "team");
  CHECK(file.user("host:5000", "teams/app") == "host");
  CHECK(file.user("plain.example") == "plain");
  CHECK(file.user("empty.example").empty());
  CHECK(file.user("host").empty());
}

TEST_CASE("a password may hold colons") {
  AuthFile file;
  file.write(R"({"auths": {"h.x": {"auth": "YTpiOmM="}}})");
  auto found = find_credentials(file.path, "h.x", "y");
  REQUIRE(found.ok());
  CHECK(found.value()->user == "a");
  CHECK(found.value()->password == "b:c");
}

TEST_CASE("a file that is not there or empty says nothing; one that is damaged is named") {
  AuthFile file;
  CHECK(file.user("h.x").empty());
  file.write("");
  CHECK(file.user("h.x").empty());
  for (const char* text :
       {"{", "[]", R"({"auths": {"h.x": {"auth": "!"}}})", R"({"auths": {"h.x": {"auth": "YQ=="}}})"}) {
    CAPTURE(text);
    file.write(text);
    auto found = find_credentials(file.path, "h.x", "y");
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().message.find(file.path) != std::string::npos);
  }
}

TEST_CASE("a login is filed beside what is there, and taken out alone") {
  AuthFile file;
  file.write(R"({"psFormat": "table", "auths": {"https://h.x/v1/": {"auth": "b2xkOnA="}, "other": {"auth": "bzpw"}}})");
  Credentials ann;
  ann.user = "ann";
  ann.password = "p";
  REQUIRE(store_credentials(file.path, "h.x", ann).ok());
  CHECK(file.user("h.x") == "ann");
  CHECK(file.user("other") == "o");
  std::string text = read_file(AT_FDCWD, file.path).value();
  CHECK(text.find("psFormat") != std::string::npos);
  CHECK(text.find("https://h.x") == std::string::npos);
  struct stat st {};
  REQUIRE(::stat(file.path.c_str(), &st) == 0);
  CHECK((st.st_mode & 0777) == 0600);
  REQUIRE(remove_credentials(file.path, "h.x").ok());
  CHECK(file.user("h.x").empty());
  CHECK(file.user("other") == "o");
  auto again = remove_credentials(file.path, "h.x");
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().kind == Kind::not_found);
}
