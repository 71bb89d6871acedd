#include "oci/yaml.h"

#include <sstream>

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/text.h"
#include "oci/json_pointer.h"

namespace aictr::oci {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxValues = 200'000;  // aliases of aliases would fill the memory otherwise

template <class T>
std::optional<T> whole_number(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  int base = 10;
  if (text.starts_with("0x")) {
    base = 16;
  } else if (text.starts_with("0o") || (text.size() > 1 && text[0] == '0')) {
    base = 8;
  }
  if (base == 16 || text.starts_with("0o")) text.remove_prefix(2);
  auto value = parse_number<T>(text, base);
  if (value && negative) return static_cast<T>(-*value);
  return value;
}

std::optional<double> fraction(const std::string& text) {
  if (text.find_first_not_of("+-.0123456789eE") != std::string::npos) return std::nullopt;
  if (text.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  std::istringstream stream(text);
  stream.imbue(std::locale::classic());
  double value = 0;
  stream >> value;
  return !stream.fail() && stream.eof() ? std::optional(value) : std::nullopt;
}

Json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return Json(nullptr);
  if (text == "true" || text == "True" || text == "TRUE") return Json(true);
  if (text == "false" || text == "False" || text == "FALSE") return Json(false);
  if (auto number = whole_number<std::int64_t>(text)) return Json(*number);
  if (auto large = whole_number<std::uint64_t>(text); large && text[0] != '-') return Json(*large);
  if (auto number = fraction(text)) return Json(*number);
  return Json(text);
}

std::size_t count_values(const Json& json) {
  std::size_t count = 1;
  if (const auto* array = json.as<Json::Array>()) {
    for (const Json& item : *array) count += count_values(item);
  } else if (const auto* object = json.as<Json::Object>()) {
    for (const auto& [name, value] : *object) count += count_values(value);
  }
  return count;
}

struct Refusal {
  YAML::Mark mark;
  std::string reason;
};

class Builder : public YAML::EventHandler {
 public:
  YamlDocument take() { return std::move(document_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { scalar(mark, anchor, Json(nullptr), "null"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    bool plain = tag.empty() || tag == "?";
    scalar(mark, anchor, plain ? plain_scalar(value) : Json(value), value);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto known = anchors_.find(anchor);
    if (known == anchors_.end()) throw Refusal{mark, "an alias stands inside of what it repeats"};
    values_ += count_values(known->second);
    const auto* name = known->second.as<std::string>();
    scalar(mark, 0, known->second, name != nullptr ? *name : "");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, Json(Json::Array()));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, Json(Json::Object()));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Json value;
    YAML::anchor_t anchor;
    std::string pointer;
    std::optional<std::string> name;  // of an object: of the member whose value comes next
  };

  bool wants_name() const {
    return !open_.empty() && open_.back().value.as<Json::Object>() != nullptr && !open_.back().name;
  }

  // Where the value that comes now stands; notes its line.
  std::string place(const YAML::Mark& mark) {
    if (++values_ > kMaxValues) throw Refusal{mark, "too many values"};
    std::string pointer;
    if (!open_.empty()) {
      const Open& outer = open_.back();
      const auto* array = outer.value.as<Json::Array>();
      pointer = outer.pointer + pointer_token(array != nullptr ? std::to_string(array->size()) : *outer.name);
    }
    document_.lines.try_emplace(pointer, static_cast<unsigned>(mark.line + 1));
    return pointer;
  }

  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, Json value, const std::string& text) {
    if (wants_name()) {
      if (value.as<Json::Array>() != nullptr || value.as<Json::Object>() != nullptr) {
        throw Refusal{mark, "the name of a member must be a scalar"};
      }
      if (anchor != 0) anchors_[anchor] = Json(text);
      open_.back().name = text;
      // A member's line is that of its name: the value may stand below it.
      document_.lines.try_emplace(open_.back().pointer + pointer_token(text), static_cast<unsigned>(mark.line + 1));
      return;
    }
    place(mark);
    if (anchor != 0) anchors_[anchor] = value;
    add(std::move(value));
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Json value) {
    if (wants_name()) throw Refusal{mark, "the name of a member must be a scalar"};
    if (open_.size() == kMaxDepth) throw Refusal{mark, "nested too deeply"};
    std::string pointer = place(mark);
    open_.push_back({std::move(value), anchor, std::move(pointer), std::nullopt});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = done.value;
    add(std::move(done.value));
  }

  void add(Json value) {
    if (open_.empty()) {
      document_.root = std::move(value);
    } else if (auto* array = std::get_if<Json::Array>(&open_.back().value.value())) {
      array->push_back(std::move(value));
    } else {
      auto& object = std::get<Json::Object>(open_.back().value.value());
      object.emplace_back(std::move(*open_.back().name), std::move(value));
      open_.back().name.reset();
    }
  }

  YamlDocument document_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Json> anchors_;
  std::size_t values_ = 0;
};

Error at(const YAML::Mark& mark, std::string_view reason) {
  std::string where = mark.is_null() ? "" : fmt::format(" at line {}, column {}", mark.line + 1, mark.column + 1);
  return make_error(Kind::corrupt, fmt::format("not valid YAML{}: {}", where, one_line(reason)));
}

}  // namespace

Result<YamlDocument> parse_yaml(std::string_view text) {
  std::istringstream stream{std::string(text)};
  Builder builder;
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return make_error(Kind::corrupt, "the file is empty");
  } catch (const Refusal& refusal) {
    return at(refusal.mark, refusal.reason);
  } catch (const YAML::Exception& error) {
    return at(error.mark, error.msg);
  }
  return builder.take();
}

}  // namespace aictr::oci
