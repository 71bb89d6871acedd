#include "images/dockerfile.h"

#include <doctest/doctest.h>

using namespace aictr::images;

namespace {

Dockerfile parse(std::string_view text) {
  auto file = parse_dockerfile("Dockerfile", text);
  REQUIRE_MESSAGE(file.ok(), (file.ok() ? "" : file.error().message));
  return std::move(file).value();
}

std::string refusal(std::string_view text) {
  auto file = parse_dockerfile("Dockerfile", text);
  REQUIRE_FALSE(file.ok());
  return file.error().message;
}

// "KEYWORD arguments" of the only instruction behind FROM.
std::string second(std::string_view text) {
  Dockerfile file = parse("FROM scratch\n" + std::string(text));
  REQUIRE(file.instructions.size() == 2);
  return file.instructions[1].keyword + "|" + file.instructions[1].arguments;
}

}  // namespace

TEST_CASE("instructions stand one a line, with their lines") {
  Dockerfile file = parse("# a comment\nFROM scratch\n\n  run  echo  a  \n");
  REQUIRE(file.instructions.size() == 2);
  CHECK(file.instructions[0].keyword == "FROM");
  CHECK(file.instructions[0].arguments == "scratch");
  CHECK(file.instructions[0].lines.first == 2);
  CHECK(file.instructions[1].keyword == "run");
  CHECK(file.instructions[1].arguments == "echo  a");
  CHECK(file.instructions[1].lines.first == 4);
}

TEST_CASE("a backslash at the end continues a line") {
  CHECK(second("RUN a \\\n    b") == "RUN|a     b");
  CHECK(second("RUN a\\\nb") == "RUN|ab");
  CHECK(second("RUN a \\  \t \n b") == "RUN|a  b");   // blanks behind it do not matter
  CHECK(second("RUN a \\\\") == "RUN|a \\\\");        // an escaped one does not continue
  CHECK(second("RUN a \\") == "RUN|a");               // the end of the file ends it
  CHECK(second("RUN a \\\r\n b\r\n") == "RUN|a  b");  // line ends of Windows
  CHECK(second("\\\nRUN a") == "RUN|a");              // one that stands alone
  CHECK(second("RUN a \\\n\\\n b") == "RUN|a  b");
  CHECK(second("R\\\nUN a") == "RUN|a");
}

TEST_CASE("comments and empty lines inside of a continuation vanish") {
  CHECK(second("RUN a \\\n# why\n  # and why\n b") == "RUN|a  b");
  CHECK(second("RUN a \\\n\n b") == "RUN|a  b");
  CHECK(second("RUN a \\\n# the last line") == "RUN|a");
  CHECK(second("RUN a # not a comment") == "RUN|a # not a comment");
  Dockerfile file = parse("FROM scratch\nRUN a \\\n\n\n b\n");
  REQUIRE(file.warnings.size() == 1);
  CHECK(file.warnings[0] == "Dockerfile:2: an empty line inside of an instruction");
  CHECK(file.instructions[1].lines.last == 5);
  CHECK(parse("FROM scratch\nRUN a \\\n# c\n b\n").warnings.empty());
}

TEST_CASE("a byte order mark does not matter") {
  CHECK(parse("\xef\xbb\xbf"
              "FROM scratch")
            .instructions[0]
            .keyword == "FROM");
}

TEST_CASE("directives count only on top") {
  CHECK(parse("# escape=`\nFROM scratch").escape == '`');
  CHECK(parse("#escape = `\nFROM scratch").escape == '`');
  CHECK(parse("# ESCAPE=`\nFROM scratch").escape == '`');
  CHECK(parse("# syntax=docker/dockerfile:1\n# escape=`\nFROM scratch").escape == '`');
  CHECK(parse("# check=skip=all\n# escape=`\nFROM scratch").escape == '`');
  CHECK(parse("# a comment\n# escape=`\nFROM scratch").escape == '\\');
  CHECK(parse("\n# escape=`\nFROM scratch").escape == '\\');
  CHECK(parse("# unknown=1\n# escape=`\nFROM scratch").escape == '\\');
  CHECK(parse("FROM scratch\n# escape=`").escape == '\\');
  CHECK(parse("# escape=\nFROM scratch").escape == '\\');
  CHECK(refusal("# escape=x\nFROM scratch") == "Dockerfile:1: escape 'x' is neither a backslash nor a backtick");
  CHECK(refusal("# escape=`\n# escape=`\nFROM scratch") == "Dockerfile:2: the directive 'escape' stands here twice");
}

TEST_CASE("the backtick continues lines when it is the escape character") {
  Dockerfile file = parse("# escape=`\nFROM scratch\nRUN dir c:\\\nRUN a `\n b\n");
  REQUIRE(file.instructions.size() == 3);
  CHECK(file.instructions[1].arguments == "dir c:\\");
  CHECK(file.instructions[2].arguments == "a  b");
}

TEST_CASE("flags are taken off the front") {
  auto instruction = parse("FROM scratch\nCOPY --from=a --link --chown=\"x y\":z -- --b c").instructions[1];
  REQUIRE(instruction.flags.size() == 3);
  CHECK(instruction.flags[0].name == "from");
  CHECK(*instruction.flags[0].value == "a");
  CHECK_FALSE(instruction.flags[1].value.has_value());
  CHECK(*instruction.flags[2].value == "x y:z");
  CHECK(instruction.arguments == "--b c");
  CHECK(parse("FROM scratch\nRUN ls --all").instructions[1].flags.empty());
  CHECK(parse("FROM scratch\nRUN --a=b\\ c x").instructions[1].flags[0].value == "b c");
  CHECK(parse("FROM scratch\nRUN --").instructions[1].arguments.empty());
}

TEST_CASE("heredocs are read with their content") {
  Dockerfile file = parse(
      "FROM scratch\n"
      "RUN <<EOF\n"
      "echo a # no comment\n"
      "  # neither\n"
      "\\\n"
      "EOF\n"
      "COPY <<a.txt <<-\"b\" /dest/\n"
      "1\n"
      "a.txt\n"
      "\t2 $x\n"
      "\tb\n"
      "RUN 3<<X cat\nX\n");
  REQUIRE(file.instructions.size() == 4);
  const auto& run = file.instructions[1];
  REQUIRE(run.heredocs.size() == 1);
  CHECK(run.heredocs[0].name == "EOF");
  CHECK(run.heredocs[0].content == "echo a # no comment\n  # neither\n\\\n");
  CHECK(run.heredocs[0].expand);
  CHECK(run.lines.first == 2);
  CHECK(run.lines.last == 6);
  const auto& copy = file.instructions[2];
  REQUIRE(copy.heredocs.size() == 2);
  CHECK(copy.heredocs[0].content == "1\n");
  CHECK(copy.heredocs[1].name == "b");
  CHECK_FALSE(copy.heredocs[1].expand);
  CHECK(copy.heredocs[1].strip_tabs);
  CHECK(copy.heredocs[1].content == "\t2 $x\n");
  CHECK(copy.heredocs[1].text() == "2 $x\n");
  CHECK(file.instructions[3].heredocs[0].descriptor == 3);
}

TEST_CASE("what looks like a heredoc and is none") {
  for (const char* text : {"RUN \"<<EOF\"", "RUN echo $((1<<2))", "RUN cat <<<word", "RUN [\"cat\", \"<<EOF\"]",
                           "USER <<EOF", "ENV a=<<EOF", "RUN echo it's <<EOF", "RUN a << <b"}) {
    CAPTURE(text);
    CHECK(parse("FROM scratch\n" + std::string(text) + "\n").instructions[1].heredocs.empty());
  }
}

TEST_CASE("names of heredocs") {
  auto name = [](const char* word) {
    auto heredoc = parse_heredoc(word);
    return heredoc ? heredoc->name + (heredoc->expand ? "" : " (literal)") : std::string("none");
  };
  CHECK(name("<<EOF") == "EOF");
  CHECK(name("<<'EOF'") == "EOF (literal)");
  CHECK(name("<<\"EOF\"") == "EOF (literal)");
  CHECK(name("<<E'O'F") == "EOF (literal)");
  CHECK(name("<<E\\'F") == "E'F");
  CHECK(name("<<$EOF") == "$EOF");
  CHECK(name("<< EOF") == "EOF");
  CHECK(name("<<'a b'") == "a b (literal)");
  CHECK(name("<<") == "none");
  CHECK(name("<<-") == "none");
  CHECK(name("<<<a") == "none");
  CHECK(name("x<<a") == "none");
}

TEST_CASE("an instruction that waits for a later build may hold a heredoc") {
  auto file = parse("FROM scratch\nONBUILD RUN <<EOF\necho\nEOF\nONBUILD ENV a=<<b\n");
  REQUIRE(file.instructions.size() == 3);
  CHECK(file.instructions[1].heredocs.size() == 1);
}

TEST_CASE("a file that cannot be taken apart is refused with the place") {
  CHECK(refusal("") == "Dockerfile: there is no instruction in it");
  CHECK(refusal("# only\n\n   \n# comments\n") == "Dockerfile: there is no instruction in it");
  CHECK(refusal("FROM scratch\nRUN <<EOF\necho") == "Dockerfile:2: the heredoc 'EOF' has no end");
  CHECK(refusal("FROM scratch\nCOPY --=x a b") == "Dockerfile:2: flag '--=x' has no name");
  CHECK(refusal("FROM scratch\nRUN " + std::string(70000, 'x')) == "Dockerfile:2: the line is longer than 65535 bytes");
}

TEST_CASE("an error shows the lines around its place") {
  auto file = parse_dockerfile("sub/Dockerfile", "FROM scratch\nENV a=1\nENV b=2\nRUN <<EOF\nx\n");
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().message == "sub/Dockerfile:4: the heredoc 'EOF' has no end");
  CHECK(file.error().hint == "end it with a line that is just 'EOF'");
  CHECK(file.error().excerpt ==
        "sub/Dockerfile:4\n"
        "--------------------\n"
        "   2 |     ENV a=1\n"
        "   3 |     ENV b=2\n"
        "   4 | >>> RUN <<EOF\n"
        "   5 |     x\n"
        "--------------------\n");
}
