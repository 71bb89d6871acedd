#include "cli/format.h"

#include <doctest/doctest.h>

#include "cli/table.h"

using namespace aictr::cli;
using aictr::oci::Json;
using aictr::oci::parse_json;

namespace {

constexpr Column kColumns[] = {{"Repository", "REPOSITORY"}, {"Tag", "TAG"}, {"Digest", "DIGEST", false}};

std::vector<Json> rows() {
  return {parse_json(R"({"Repository":"python","Tag":"3.9","Digest":"d1"})").value(),
          parse_json(R"({"Repository":"registry.example/long/name","Tag":"é","Digest":"d2"})").value()};
}

std::string list(std::string_view format) {
  auto text = format_list(format, kColumns, rows());
  return text.ok() ? text.value() : "error: " + text.error().message;
}

}  // namespace

TEST_CASE("without a format a list is a table of the shown columns") {
  std::string table =
      "REPOSITORY                   TAG\n"
      "python                       3.9\n"
      "registry.example/long/name   é\n";
  CHECK(list("") == table);
  CHECK(list("table") == table);
  CHECK(format_list("", kColumns, {}).value() == "REPOSITORY   TAG\n");
}

TEST_CASE("a table of a template has its headings") {
  CHECK(list("table {{.Tag}}\\t{{.Digest}}") == "TAG       DIGEST\n3.9       d1\né         d2\n");
}

TEST_CASE("json is one object a line") {
  CHECK(list("json").starts_with("{\"Repository\":\"python\",\"Tag\":\"3.9\",\"Digest\":\"d1\"}\n{"));
  CHECK(list("{{json .}}") == list("json"));
}

TEST_CASE("a template makes a line of each row") {
  CHECK(list("{{.Repository}}:{{.Tag}}") == "python:3.9\nregistry.example/long/name:é\n");
  CHECK(list("{{.Nosuch}}").starts_with("error: template: unknown member '.Nosuch'"));
}

TEST_CASE("a mistake in a template is found even when there are no rows") {
  CHECK_FALSE(format_list("{{.ID", kColumns, {}).ok());
}

TEST_CASE("objects are an array, or what a template makes of each") {
  std::vector<Json> objects = {parse_json(R"({"Id":"a"})").value(), parse_json(R"({"Id":"b"})").value()};
  CHECK(format_objects("json", objects).value() == "[{\"Id\":\"a\"},{\"Id\":\"b\"}]\n");
  CHECK(parse_json(format_objects("", objects).value()).ok());
  CHECK(format_objects("{{.Id}}", objects).value() == "a\nb\n");
  CHECK(format_objects("", {}).value() == "[]\n");
}

TEST_CASE("a shortened text ends in an ellipsis and is cut between characters") {
  CHECK(shortened("abcdef", 6) == "abcdef");
  CHECK(shortened("abcdefg", 6) == "abcde…");
  CHECK(shortened("ééééé", 3) == "éé…");
  CHECK(shortened("", 3) == "");
}

TEST_CASE("a text is wrapped between words") {
  CHECK(wrapped("one two three", 8, 0) == "one two\nthree");
  CHECK(wrapped("one two three", 9, 2) == "one two\n  three");
  CHECK(wrapped("éé éé éé", 5, 0) == "éé éé\néé");
  CHECK(wrapped("unbreakable word", 5, 0) == "unbreakable\nword");
  CHECK(wrapped("", 5, 0) == "");
}
