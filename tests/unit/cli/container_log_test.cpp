#include "cli/container_log.h"

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "cli/json_text.h"
#include "cli/log_reader.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::cli;
using aictr::test::TempDir;

namespace {

using Stream = ContainerLog::Stream;

ContainerLog log_in(const TempDir& directory, LogLimits limits = {}) {
  return ContainerLog::open(open_directory(AT_FDCWD, directory.path()).value(), "box", limits).value();
}

std::vector<std::string> entries(const TempDir& directory) {
  auto reader = LogReader::open(open_directory(AT_FDCWD, directory.path()).value(), "box").value();
  std::vector<std::string> texts;
  REQUIRE(reader
              .read([&](const LogEntry& entry) {
                texts.push_back((entry.stream == Stream::errors ? "e:" : "o:") + entry.text);
              })
              .ok());
  return texts;
}

using Texts = std::vector<std::string>;

std::string json(std::string_view text) {
  std::string to;
  append_json_string(to, text);
  return to;
}

}  // namespace

TEST_CASE("a text becomes a string of JSON, and what is no UTF-8 the replacement character") {
  CHECK(json("a\"b\\c\n\t\x01\x7f") == R"("a\"b\\c\n\t\u0001\u007f")");
  CHECK(json("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"");
  CHECK(json("\xff\xc3") == R"("\ufffd\ufffd")");
  CHECK(json("\xc0\xaf") == R"("\ufffd\ufffd")");            // longer than it need be
  CHECK(json("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");  // half of a surrogate pair
}

TEST_CASE("lines of both streams are entries, and one without an end waits for it") {
  TempDir directory;
  ContainerLog log = log_in(directory);
  REQUIRE(log.append(Stream::output, "one\ntw").ok());
  REQUIRE(log.append(Stream::errors, "bad\n").ok());
  CHECK(entries(directory) == Texts{"o:one\n", "e:bad\n"});
  CHECK(log.has_unfinished_lines());
  REQUIRE(log.append(Stream::output, "o\nlast").ok());
  REQUIRE(log.flush().ok());
  CHECK(entries(directory) == Texts{"o:one\n", "e:bad\n", "o:two\n", "o:last"});
  CHECK_FALSE(log.has_unfinished_lines());
}

TEST_CASE("a line of more than 16 KiB comes in pieces") {
  TempDir directory;
  ContainerLog log = log_in(directory);
  REQUIRE(log.append(Stream::output, std::string(40000, 'x') + "\n").ok());
  Texts texts = entries(directory);
  REQUIRE(texts.size() == 3);
  CHECK(texts[0].size() == 2 + 16384);
  CHECK(texts[2].ends_with('\n'));
}

TEST_CASE("files are turned at their size, and a reader goes on through them") {
  TempDir directory;
  ContainerLog log = log_in(directory, {300, 3});
  auto reader = LogReader::open(open_directory(AT_FDCWD, directory.path()).value(), "box").value();
  std::string read;
  for (int i = 0; i < 6; ++i) {
    REQUIRE(log.append(Stream::output, std::to_string(i) + "\n").ok());
    REQUIRE(reader.read([&](const LogEntry& entry) { read += entry.text; }).ok());
  }
  CHECK(read == "0\n1\n2\n3\n4\n5\n");
  for (int i = 6; i < 40; ++i) REQUIRE(log.append(Stream::output, std::to_string(i) + "\n").ok());
  Texts texts = entries(directory);
  CHECK(texts.back() == "o:39\n");
  CHECK(texts.size() < 15);  // three files of three or four entries
  CHECK(texts.size() > 5);
  CHECK_FALSE(sys::exists(AT_FDCWD, directory.path() + "/" + log_name("box", 3)));
}

TEST_CASE("a line of a log that makes no sense is passed over") {
  CHECK_FALSE(parse_log_entry("{\"log\":\"half").has_value());
  CHECK_FALSE(parse_log_entry("[]").has_value());
  CHECK(parse_log_entry(R"({"log":"x","stream":"stderr","time":"t"})")->stream == Stream::errors);
}

TEST_CASE("a time of a log is a date, seconds, or how long ago") {
  auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1000));
  CHECK(parse_log_time("10s", now).value() == now - std::chrono::seconds(10));
  CHECK(parse_log_time("12.5", now).value() == std::chrono::system_clock::time_point(std::chrono::milliseconds(12500)));
  CHECK(parse_log_time("1970-01-01T00:00:07Z", now).value() ==
        std::chrono::system_clock::time_point(std::chrono::seconds(7)));
  CHECK(parse_log_time("yesterday", now).error().kind == Kind::usage);
}
