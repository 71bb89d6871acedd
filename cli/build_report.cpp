#include "cli/build_report.h"

#include <algorithm>
#include <array>

#include "images/image_weight.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr std::string_view kPlace = "@DATA@";

Json number(std::int64_t value) {
  return Json(value);
}

Json list(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}

Json to_json(const RecordedStep& step) {
  constexpr std::array kOutcomes = {"done", "cached", "failed", "cancelled"};
  const char* outcome = kOutcomes[static_cast<std::size_t>(step.outcome)];
  Json json;
  json.set("number", number(static_cast<std::int64_t>(step.number)));
  json.set("stage", Json(step.stage));
  json.set("title", Json(step.title));
  json.set("start", Json(step.start));
  json.set("end", Json(step.end));
  json.set("outcome", Json(std::string(step.is_base() ? "base" : outcome)));
  json.set("bytes", number(step.bytes));
  return json;
}

Json to_json(const images::WeightNode& node) {
  Json json;
  json.set("name", Json(node.name));
  json.set("bytes", number(node.bytes));
  if (node.hidden > 0) json.set("hidden", number(node.hidden));
  Json::Array children;
  for (const images::WeightNode& child : node.children) children.push_back(to_json(child));
  if (!children.empty()) json.set("children", Json(std::move(children)));
  return json;
}

Json to_json(const images::WeightFinding& finding) {
  constexpr std::array kKinds = {"deleted", "cache", "duplicate"};
  Json json;
  json.set("kind", Json(std::string(kKinds[static_cast<std::size_t>(finding.kind)])));
  json.set("bytes", number(finding.bytes));
  json.set("name", Json(finding.name));
  json.set("layer", number(static_cast<std::int64_t>(finding.layer)));
  json.set("deleting_layer", number(static_cast<std::int64_t>(finding.deleting_layer)));
  json.set("paths", list(finding.paths));
  return json;
}

// What each layer was made by, lowest first.
std::vector<std::string> makers_of(const oci::ImageConfig& config) {
  std::vector<std::string> makers;
  for (const oci::History& history : config.history) {
    if (!history.empty_layer) makers.push_back(history.created_by);
  }
  makers.resize(config.diff_ids.size(), "unknown");
  return makers;
}

Result<Json> image_json(const images::Store& store, const images::Image& image) {
  constexpr std::int64_t kLeast = 1'000'000;
  std::vector<std::vector<images::LayerFile>> layers;
  for (const oci::Digest& diff_id : image.config.diff_ids) layers.push_back(TRY(images::list_layer(store, diff_id)));
  images::ImageWeight weight = images::weigh_image(layers, std::min(kLeast, image.size / 100));
  std::vector<std::string> makers = makers_of(image.config);
  Json::Array layer_list;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    Json layer;
    layer.set("made_by", Json(makers[i]));
    layer.set("digest", Json(image.config.diff_ids[i].text()));
    layer.set("bytes", number(image.layer_sizes[i]));
    layer.set("tree", to_json(weight.layers[i]));
    layer_list.push_back(std::move(layer));
  }
  Json::Array findings;
  for (const images::WeightFinding& finding : weight.findings) findings.push_back(to_json(finding));
  Json json;
  json.set("id", Json(image.id.text()));
  json.set("bytes", number(image.size));
  json.set("layers", Json(std::move(layer_list)));
  json.set("findings", Json(std::move(findings)));
  return json;
}

// Nothing in it can end the script element that it stands in.
std::string for_script(const std::string& json) {
  std::string text;
  for (char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

Result<std::string> build_report(const std::vector<RecordedStep>& steps, double seconds, const std::string& name,
                                 const images::Store& store, const std::optional<images::Image>& image,
                                 const std::string& failure) {
  Json::Array step_list;
  for (const RecordedStep& step : steps) step_list.push_back(to_json(step));
  Json data;
  data.set("name", Json(name));
  data.set("seconds", Json(seconds));
  data.set("failure", Json(failure));
  data.set("steps", Json(std::move(step_list)));
  if (image) data.set("image", TRY_AS("weigh the image", image_json(store, *image)));
  std::string page(kBuildReportPage);
  page.replace(page.find(kPlace), kPlace.size(), for_script(oci::print_json(data)));
  return page;
}

}  // namespace aictr::cli
