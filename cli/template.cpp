#include "cli/template.h"

#include <cmath>
#include <optional>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/template_parser.h"

namespace aictr::cli {
namespace {

using oci::Json;

Error bad(std::string message) {
  return make_error(Kind::usage, "template: " + message);
}

std::string text_of(const Json& json);

// As Go prints them: [a b] and map[k:v].
std::string text_of(const Json::Array& array) {
  std::vector<std::string> items;
  for (const Json& item : array) items.push_back(text_of(item));
  return fmt::format("[{}]", join(items, " "));
}

std::string text_of(const Json::Object& object) {
  std::vector<std::string> items;
  for (const auto& [name, value] : object) items.push_back(name + ":" + text_of(value));
  return fmt::format("map[{}]", join(items, " "));
}

std::string text_of(const Json& json) {
  if (const auto* text = json.as<std::string>()) return *text;
  if (const auto* array = json.as<Json::Array>()) return text_of(*array);
  if (const auto* object = json.as<Json::Object>()) return text_of(*object);
  return json.is_null() ? "<no value>" : oci::print_json(json);
}

// What counts as false for `if`: absent, zero, empty.
bool is_true(const Json& json) {
  if (const auto* yes = json.as<bool>()) return *yes;
  if (const auto* number = json.as<std::int64_t>()) return *number != 0;
  if (const auto* number = json.as<double>()) return std::fpclassify(*number) != FP_ZERO;
  if (const auto* text = json.as<std::string>()) return !text->empty();
  if (const auto* array = json.as<Json::Array>()) return !array->empty();
  if (const auto* object = json.as<Json::Object>()) return !object->empty();
  return !json.is_null();
}

Error unknown_member(const Json& json, const std::string& name) {
  const auto* object = json.as<Json::Object>();
  if (object == nullptr) return bad(fmt::format("'.{}' is asked of something that has no members", name));
  std::vector<std::string> names;
  for (const auto& [known, value] : *object) names.push_back(known);
  auto meant = nearest(name, names);
  Error error =
      bad(fmt::format("unknown member '.{}'{}", name, meant ? fmt::format(", did you mean '.{}'?", *meant) : ""));
  return std::move(error).with_hint("its members: " + join(names, ", "));
}

Result<Json> value_of(const Operand& operand, const Json& dot) {
  if (!operand.is_path) return operand.literal;
  const Json* json = &dot;
  for (const std::string& name : operand.path) {
    const Json* member = json->find(name);
    if (member == nullptr) return unknown_member(*json, name);
    json = member;
  }
  return *json;
}

Result<Json> index(const Json& json, const Json& key) {
  if (const auto* name = key.as<std::string>()) {
    const Json* member = json.find(*name);
    return member == nullptr ? Json(std::string()) : *member;
  }
  const auto* array = json.as<Json::Array>();
  const auto* position = key.as<std::int64_t>();
  if (array == nullptr || position == nullptr) return bad("index: needs a list and a number, or an object and a name");
  if (*position < 0 || static_cast<std::uint64_t>(*position) >= array->size())
    return bad(fmt::format("index: {} is outside of a list of {}", *position, array->size()));
  return (*array)[static_cast<std::size_t>(*position)];
}

Result<Json> length(const Json& json) {
  if (const auto* text = json.as<std::string>()) return Json(static_cast<std::int64_t>(text->size()));
  if (const auto* array = json.as<Json::Array>()) return Json(static_cast<std::int64_t>(array->size()));
  if (const auto* object = json.as<Json::Object>()) return Json(static_cast<std::int64_t>(object->size()));
  return bad("len: needs a text, a list or an object");
}

Result<Json> join_list(const Json& list, const Json& separator) {
  const auto* array = list.as<Json::Array>();
  if (array == nullptr) return bad("join: needs a list");
  std::vector<std::string> items;
  for (const Json& item : *array) items.push_back(text_of(item));
  return Json(join(items, text_of(separator)));
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

Result<Json> apply(const std::string& function, std::vector<Json> values) {
  std::size_t needed = function == "index" || function == "join" ? 2 : 1;
  if (values.size() < needed || (values.size() > needed && function != "index"))
    return bad(fmt::format("{} takes {} value{}, got {}", function.empty() ? "an action" : function, needed,
                           needed == 1 ? "" : "s", values.size()));
  if (function == "json") return Json(oci::print_json(values[0]));
  if (function == "println") return Json(text_of(values[0]) + "\n");
  if (function == "lower") return Json(lower(text_of(values[0])));
  if (function == "upper") return Json(upper(text_of(values[0])));
  if (function == "len") return length(values[0]);
  if (function == "join") return join_list(values[0], values[1]);
  if (function != "index") return values[0];
  Json result = std::move(values[0]);
  for (std::size_t i = 1; i < values.size(); ++i) result = TRY(index(result, values[i]));
  return result;
}

Result<Json> evaluate(const Pipeline& pipeline, const Json& dot) {
  std::optional<Json> result;
  for (const Call& call : pipeline) {
    std::vector<Json> values;
    for (const Operand& operand : call.operands) values.push_back(TRY(value_of(operand, dot)));
    if (result) values.push_back(std::move(*result));
    result = TRY(apply(call.function, std::move(values)));
  }
  return std::move(*result);
}

Result<void> render_block(const Template::Block& block, const Json& dot, std::string& into);

// Over the values of a list or of an object.
Result<void> render_range(const Node& node, const Json& dot, std::string& into) {
  Json list = TRY(evaluate(node.pipeline, dot));
  if (!is_true(list)) return render_block(node.otherwise, dot, into);
  if (const auto* array = list.as<Json::Array>()) {
    for (const Json& item : *array) TRY(render_block(node.body, item, into));
  } else if (const auto* object = list.as<Json::Object>()) {
    for (const auto& [name, value] : *object) TRY(render_block(node.body, value, into));
  } else {
    return bad("range: needs a list or an object");
  }
  return {};
}

Result<void> render_node(const Node& node, const Json& dot, std::string& into) {
  switch (node.type) {
    case Node::Type::text:
      into += node.text;
      return {};
    case Node::Type::value:
      into += text_of(TRY(evaluate(node.pipeline, dot)));
      return {};
    case Node::Type::range:
      return render_range(node, dot, into);
    case Node::Type::condition: {
      auto condition = evaluate(node.pipeline, dot);
      bool holds = condition.ok() && is_true(condition.value());
      return render_block(holds ? node.body : node.otherwise, dot, into);
    }
  }
  return {};
}

Result<void> render_block(const Template::Block& block, const Json& dot, std::string& into) {
  for (const Node& node : block.nodes) TRY(render_node(node, dot, into));
  return {};
}

}  // namespace

Result<Template> Template::parse(std::string_view text) {
  return Template(std::make_shared<const Block>(TRY(parse_template(text))));
}

Result<std::string> Template::render(const Json& data) const {
  std::string text;
  TRY(render_block(*block_, data, text));
  return text;
}

}  // namespace aictr::cli
