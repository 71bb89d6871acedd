#include "images/cache_record.h"

#include "oci/codec.h"

namespace aictr::images {
namespace {

constexpr int kVersion = 1;
constexpr std::string_view kInlined = "aictr.buildcache.v1";  // a member of the configuration

struct RawRecord {
  int version = 0;
  std::string layer;
  std::int64_t size = 0;
  std::string created;
  std::string step;
};

template <class Codec>
void fields(Codec& codec, oci::Is<RawRecord> auto& r) {
  codec("version", r.version, oci::required);
  codec("layer", r.layer);
  codec("size", r.size);
  codec("created", r.created);
  codec("step", r.step);
}

struct RawDocument {
  int version = 0;
  std::map<std::string, RawRecord> records;
  std::vector<std::string> diff_ids;
};

template <class Codec>
void fields(Codec& codec, oci::Is<RawDocument> auto& d) {
  codec("version", d.version, oci::required);
  codec("records", d.records);
  codec("diff_ids", d.diff_ids);
}

RawRecord to_raw(const CacheRecord& record) {
  if (!record.layer) return {kVersion, "", 0, record.created, record.step};
  return {kVersion, record.layer->diff_id.text(), record.layer->size, record.created, record.step};
}

std::optional<CacheRecord> from_raw(RawRecord raw) {
  if (raw.version != kVersion) return std::nullopt;
  CacheRecord record{std::nullopt, std::move(raw.created), std::move(raw.step)};
  if (raw.layer.empty()) return record;
  auto digest = oci::Digest::parse(raw.layer);
  if (!digest.ok() || raw.size < 0) return std::nullopt;
  record.layer = Layer{std::move(digest).value(), raw.size};
  return record;
}

}  // namespace

std::string print_cache_record(const CacheRecord& record) {
  return oci::print_json(oci::Encoder::encode(to_raw(record)));
}

std::optional<CacheRecord> parse_cache_record(std::string_view text) {
  auto json = oci::parse_json(text);
  if (!json.ok()) return std::nullopt;
  auto raw = oci::Decoder::decode<RawRecord>(json.value(), "record");
  if (!raw.ok()) return std::nullopt;
  return from_raw(std::move(raw).value());
}

std::string print_cache_document(const CacheDocument& document) {
  RawDocument raw{kVersion, {}, {}};
  for (const auto& [key, record] : document.records) raw.records.emplace(key, to_raw(record));
  for (const oci::Digest& diff_id : document.diff_ids) raw.diff_ids.push_back(diff_id.text());
  return oci::print_json(oci::Encoder::encode(raw));
}

Result<CacheDocument> parse_cache_document(std::string_view text) {
  oci::Json json = TRY(oci::parse_json(text));
  RawDocument raw = TRY(oci::Decoder::decode<RawDocument>(json, "build cache"));
  if (raw.version != kVersion) {
    return make_error(Kind::unsupported, "the build cache was written by another version of aictr");
  }
  CacheDocument document;
  // The key becomes the name of a file of the store.
  auto is_key = [](const std::string& key) {
    return key.size() == 64 && key.find_first_not_of("0123456789abcdef") == std::string::npos;
  };
  for (auto& [key, one] : raw.records) {
    auto record = is_key(key) ? from_raw(std::move(one)) : std::nullopt;
    if (!record) return make_error(Kind::corrupt, "build cache: a record makes no sense");
    document.records.emplace(key, std::move(*record));
  }
  for (const std::string& diff_id : raw.diff_ids) {
    document.diff_ids.push_back(TRY_AS("build cache", oci::Digest::parse(diff_id)));
  }
  return document;
}

Result<std::string> with_inlined_document(std::string_view image_config, const CacheDocument& document) {
  oci::Json json = TRY(oci::parse_json(image_config));
  json.set(kInlined, oci::Json(print_cache_document({document.records, {}})));
  return oci::print_json(json);
}

Result<std::optional<CacheDocument>> inlined_document(std::string_view image_config) {
  oci::Json json = TRY(oci::parse_json(image_config));
  const oci::Json* found = json.find(kInlined);
  const auto* text = found != nullptr ? found->as<std::string>() : nullptr;
  std::optional<CacheDocument> document;
  if (text != nullptr) document = TRY(parse_cache_document(*text));
  return document;
}

}  // namespace aictr::images
