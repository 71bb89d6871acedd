#include "cli/template_parser.h"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kFunctions[] = {"json", "index", "join", "len", "lower", "upper", "println"};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

Error bad(std::string message) {
  return make_error(Kind::usage, "template: " + message);
}

// A word of an action; a quoted one is a value even when it reads like a name.
struct Word {
  std::string text;
  bool quoted = false;
};

Result<std::vector<Word>> split_action(std::string_view action) {
  std::vector<Word> words;
  std::size_t i = 0;
  while (i < action.size()) {
    char c = action[i];
    if (is_blank(c)) {
      ++i;
    } else if (c == '"' || c == '`') {
      Word word{"", true};
      for (++i; i < action.size() && action[i] != c; ++i) {
        if (c == '"' && action[i] == '\\' && i + 1 < action.size()) ++i;
        word.text += action[i];
      }
      if (i == action.size()) return bad(fmt::format("a quote is not closed in '{{{{{}}}}}'", action));
      ++i;
      words.push_back(std::move(word));
    } else if (c == '|') {
      words.push_back({"|", false});
      ++i;
    } else {
      std::size_t start = i;
      while (i < action.size() && !is_blank(action[i]) && action[i] != '|') ++i;
      words.push_back({std::string(action.substr(start, i - start)), false});
    }
  }
  return words;
}

Result<Operand> parse_operand(const Word& word) {
  Operand operand;
  if (!word.quoted && word.text.starts_with('.')) {
    if (word.text == ".") return operand;
    operand.path = split(std::string_view(word.text).substr(1), '.');
    if (std::ranges::count(operand.path, "") > 0) return bad(fmt::format("'{}' names nothing", word.text));
    return operand;
  }
  operand.is_path = false;
  if (word.quoted) {
    operand.literal = oci::Json(word.text);
  } else if (auto number = parse_number<std::int64_t>(word.text)) {
    operand.literal = oci::Json(*number);
  } else {
    return bad(fmt::format("cannot read '{}'; a member is written '.{}'", word.text, word.text));
  }
  return operand;
}

Result<Call> parse_call(std::span<const Word> words) {
  if (words.empty()) return bad("an action is empty");
  Call call;
  if (!words[0].quoted && std::ranges::find(kFunctions, words[0].text) != std::end(kFunctions)) {
    call.function = words[0].text;
    words = words.subspan(1);
  } else if (words.size() > 1) {
    return bad(fmt::format("unknown function '{}'", words[0].text));
  }
  for (const Word& word : words) call.operands.push_back(TRY(parse_operand(word)));
  return call;
}

Result<Pipeline> parse_pipeline(std::span<const Word> words) {
  Pipeline pipeline;
  for (;;) {
    auto bar = std::ranges::find_if(words, [](const Word& word) { return word.text == "|" && !word.quoted; });
    auto length = static_cast<std::size_t>(bar - words.begin());
    pipeline.push_back(TRY(parse_call(words.first(length))));
    if (bar == words.end()) return pipeline;
    words = words.subspan(length + 1);
  }
}

// Outside of actions; Docker lets people write tabs and line breaks this way, as a shell passes them on.
std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 't' || next == 'n') {
      result += next == 't' ? '\t' : '\n';
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Result<Template::Block> parse() {
    Template::Block block = TRY(parse_block());
    if (!ended_by_.empty()) return bad(fmt::format("'{{{{{}}}}}' closes nothing", ended_by_));
    return block;
  }

 private:
  // Up to {{end}} or {{else}}, which is left in ended_by_, or to the end of the text.
  Result<Template::Block> parse_block() {
    Template::Block block;
    ended_by_.clear();
    while (!rest_.empty()) {
      take_text(block);
      if (!at_action_) break;
      std::string_view action = TRY(take_action());
      auto words = TRY(split_action(action));
      std::string keyword = words.empty() || words[0].quoted ? "" : words[0].text;
      if (keyword == "end" || keyword == "else") {
        ended_by_ = keyword;
        break;
      }
      block.nodes.push_back(TRY(parse_node(keyword, words)));
    }
    return block;
  }

  Result<Node> parse_node(const std::string& keyword, std::span<const Word> words) {
    Node node;
    if (keyword != "range" && keyword != "if") {
      node.type = Node::Type::value;
      node.pipeline = TRY(parse_pipeline(words));
      return node;
    }
    node.type = keyword == "range" ? Node::Type::range : Node::Type::condition;
    node.pipeline = TRY(parse_pipeline(words.subspan(1)));
    node.body = TRY(parse_block());
    if (ended_by_ == "else") node.otherwise = TRY(parse_block());
    if (ended_by_ != "end") return bad(fmt::format("'{{{{{}}}}}' has no '{{{{end}}}}'", keyword));
    ended_by_.clear();
    return node;
  }

  void take_text(Template::Block& block) {
    auto open = rest_.find("{{");
    std::string_view text = rest_.substr(0, open);
    rest_ = open == std::string_view::npos ? std::string_view() : rest_.substr(open + 2);
    at_action_ = open != std::string_view::npos;
    if (trim_next_) text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    trim_next_ = false;
    bool trims = rest_.size() > 1 && rest_[0] == '-' && is_blank(rest_[1]);
    if (trims) {
      while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
      rest_.remove_prefix(1);
    }
    if (text.empty()) return;
    Node node;
    node.text = unescape(text);
    block.nodes.push_back(std::move(node));
  }

  Result<std::string_view> take_action() {
    auto close = rest_.find("}}");
    if (close == std::string_view::npos) return bad(fmt::format("'{{{{{}' is not closed", rest_));
    std::string_view action = rest_.substr(0, close);
    rest_ = rest_.substr(close + 2);
    if (action.ends_with(" -")) {
      action.remove_suffix(1);
      trim_next_ = true;
    }
    return action;
  }

  std::string_view rest_;
  std::string ended_by_;
  bool at_action_ = false;
  bool trim_next_ = false;
};

}  // namespace

Result<Template::Block> parse_template(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace aictr::cli
