#include "cli/template.h"

#include <doctest/doctest.h>

using aictr::cli::Template;
using aictr::oci::parse_json;

namespace {

constexpr std::string_view kData = R"({"ID":"abc","Size":12,"Done":true,"Empty":"","None":null,"Half":0.5,
  "Config":{"Env":["A=1","B=2"],"Labels":{"owner":"me","x.y":"z"}},"Pipe":"a|b"})";

std::string render(std::string_view text) {
  auto form = Template::parse(text);
  if (!form.ok()) return "error: " + form.error().message;
  auto result = form.value().render(parse_json(kData).value());
  return result.ok() ? result.value() : "error: " + result.error().message;
}

}  // namespace

TEST_CASE("members are written by their path") {
  CHECK(render("{{.ID}}") == "abc");
  CHECK(render("<{{ .ID }}>") == "<abc>");
  CHECK(render("{{.Config.Labels.owner}} {{.Size}} {{.Done}} {{.Half}}") == "me 12 true 0.5");
  CHECK(render("no action") == "no action");
  CHECK(render("") == "");
}

TEST_CASE("lists, objects and nothing look as Go prints them") {
  CHECK(render("{{.Config.Env}}") == "[A=1 B=2]");
  CHECK(render("{{.Config.Labels}}") == "map[owner:me x.y:z]");
  CHECK(render("{{.None}}") == "<no value>");
}

TEST_CASE("json prints a value as JSON, in front of it or behind a bar") {
  CHECK(render("{{json .ID}}") == "\"abc\"");
  CHECK(render("{{json .Config.Env}}") == R"(["A=1","B=2"])");
  CHECK(render("{{.Config.Labels | json}}") == R"({"owner":"me","x.y":"z"})");
  CHECK(render("{{json .}}").starts_with(R"({"ID":"abc",)"));
}

TEST_CASE("functions") {
  CHECK(render("{{join .Config.Env \",\"}}") == "A=1,B=2");
  CHECK(render("{{join .Config.Env `; `}}") == "A=1; B=2");
  CHECK(render("{{len .Config.Env}}{{len .ID}}{{len .Config}}") == "232");
  CHECK(render("{{upper .ID}}{{.ID | upper | lower}}") == "ABCabc");
  CHECK(render("{{index .Config.Env 1}}") == "B=2");
  CHECK(render("{{index .Config.Labels \"x.y\"}}") == "z");
  CHECK(render("{{index .Config.Labels \"nobody\"}}") == "");
  CHECK(render("{{index . \"Config\" \"Env\" 0}}") == "A=1");
  CHECK(render("{{println .ID}}") == "abc\n");
}

TEST_CASE("range repeats its body, if chooses one") {
  CHECK(render("{{range .Config.Env}}[{{.}}]{{end}}") == "[A=1][B=2]");
  CHECK(render("{{range .Config.Labels}}{{.}},{{end}}") == "me,z,");
  CHECK(render("{{range .Empty}}x{{else}}nothing{{end}}") == "nothing");
  CHECK(render("{{if .Done}}yes{{else}}no{{end}}{{if .Empty}}yes{{else}}no{{end}}") == "yesno");
  CHECK(render("{{if .Missing}}yes{{else}}no{{end}}") == "no");
  CHECK(render("{{range .Config.Env}}{{if .}}({{.}}){{end}}{{end}}!") == "(A=1)(B=2)!");
}

TEST_CASE("backslashes stand for tab and line break in the text, dashes trim blanks") {
  CHECK(render("{{.ID}}\\t{{.Size}}\\n") == "abc\t12\n");
  CHECK(render("a  {{- .ID -}}  b") == "aabcb");
  CHECK(render("a\\x") == "a\\x");
}

TEST_CASE("a bar inside of quotes is no pipe") {
  CHECK(render("{{join .Config.Env \"|\"}}") == "A=1|B=2");
}

TEST_CASE("a member that is not there is an error with the nearest one") {
  CHECK(render("{{.Siez}}") == "error: template: unknown member '.Siez', did you mean '.Size'?");
  CHECK(render("{{.ID.X}}") == "error: template: '.X' is asked of something that has no members");
  CHECK(render("{{index .Config.Env 2}}") == "error: template: index: 2 is outside of a list of 2");
}

TEST_CASE("a template that cannot be read is refused") {
  for (const std::string bad :
       {"{{", "{{.ID", "{{}}", "{{ID}}", "{{.A..B}}", "{{nosuch .ID}}", "{{end}}", "{{else}}", "{{if .ID}}",
        "{{range .Config.Env}}x", "{{if .ID}}a{{else}}b", "{{join .ID}}", "{{json}}", "{{json .ID .ID}}", "{{.ID |}}",
        "{{| json}}", "{{\"open}}", "{{range .Size}}{{end}}", "{{if .A}}{{else}}{{else}}{{end}}"}) {
    CAPTURE(bad);
    CHECK(render(bad).starts_with("error: template: "));
  }
}
