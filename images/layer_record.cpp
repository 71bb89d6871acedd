#include "images/layer_record.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "images/store_layout.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

constexpr std::string_view kDirectory = "directory";
constexpr std::string_view kTar = "tar";

// The name of a file can outlive a power cut that its bytes have not.
bool never_reached_disk(std::string_view text) {
  return text.find_first_not_of('\0') == std::string_view::npos;
}

Error lost(const oci::Digest& diff_id) {
  return make_error(Kind::not_found,
                    fmt::format("layer {} was not on the disk yet when the machine went down", diff_id.text()));
}

Error damaged(std::string_view member) {
  return make_error(Kind::corrupt, fmt::format("{}: '{}' is missing or wrong", layout::kLayerRecord, member));
}

}  // namespace

std::string print_layer_record(const LayerRecord& record) {
  oci::Json json;
  json.set("kind", oci::Json(std::string(record.kind == LayerKind::tar ? kTar : kDirectory)));
  json.set("diffID", oci::Json(record.diff_id.text()));
  json.set("size", oci::Json(record.size));
  json.set("encoder", oci::Json(static_cast<std::int64_t>(record.encoder)));
  if (!record.index.empty()) json.set("index", oci::Json(record.index.text()));
  if (!record.boot.empty()) json.set("boot", oci::Json(record.boot));
  return oci::print_json(json) + "\n";
}

Result<LayerRecord> parse_layer_record(std::string_view text) {
  oci::Json json = TRY_AS(layout::kLayerRecord, oci::parse_json(text));
  const oci::Json* kind = json.find("kind");
  const oci::Json* diff_id = json.find("diffID");
  const oci::Json* size = json.find("size");
  const oci::Json* encoder = json.find("encoder");
  if (kind == nullptr || kind->as<std::string>() == nullptr) return damaged("kind");
  bool tar = *kind->as<std::string>() == kTar;
  if (!tar && *kind->as<std::string>() != kDirectory) {
    return make_error(Kind::unsupported, fmt::format("layer of kind '{}'", *kind->as<std::string>()),
                      "a newer aictr wrote it; use that one");
  }
  if (diff_id == nullptr || diff_id->as<std::string>() == nullptr) return damaged("diffID");
  if (size == nullptr || size->as<std::int64_t>() == nullptr) return damaged("size");
  if (encoder == nullptr || encoder->as<std::int64_t>() == nullptr) return damaged("encoder");
  LayerRecord record;
  record.kind = tar ? LayerKind::tar : LayerKind::directory;
  record.diff_id = TRY_AS(layout::kLayerRecord, oci::Digest::parse(*diff_id->as<std::string>()));
  record.size = *size->as<std::int64_t>();
  record.encoder = static_cast<int>(*encoder->as<std::int64_t>());
  const oci::Json* index = json.find("index");
  if (index != nullptr && index->as<std::string>() != nullptr) {
    record.index = TRY_AS(layout::kLayerRecord, oci::Digest::parse(*index->as<std::string>()));
  }
  const oci::Json* boot = json.find("boot");
  if (boot != nullptr && boot->as<std::string>() != nullptr) record.boot = *boot->as<std::string>();
  return record;
}

Result<LayerRecord> load_layer_record(int store, const oci::Digest& diff_id) {
  auto text = read_file(store, layout::layer_record(diff_id));
  if (!text.ok() && text.error().kind == Kind::not_found) {
    return make_error(Kind::not_found, fmt::format("layer {} is not in the store", diff_id.text()));
  }
  if (!text.ok()) return std::move(text).error();
  if (never_reached_disk(text.value())) return lost(diff_id);
  LayerRecord record = TRY_AS(fmt::format("layer {}", diff_id.text()), parse_layer_record(text.value()));
  if (!record.boot.empty() && record.boot != TRY(this_boot())) return lost(diff_id);
  return record;
}

bool is_usable(const Result<LayerRecord>& record) {
  return record.ok() || record.error().kind == Kind::unsupported;
}

Result<std::string> this_boot() {
  std::string text = TRY(read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64));
  return std::string(trim(text));
}

}  // namespace aictr::images
