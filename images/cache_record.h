#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "images/layer.h"
#include "oci/digest.h"

namespace aictr::images {

// What a step once did.
struct CacheRecord {
  std::optional<Layer> layer;  // unset: it changed nothing
  std::string created;         // when, RFC 3339
  std::string step;            // the instruction, for people who look
};

// As a file of the store's cache/steps/ has it.
std::string print_cache_record(const CacheRecord& record);
// Nothing for one that cannot be read, or of another version.
std::optional<CacheRecord> parse_cache_record(std::string_view text);

// What of a build cache goes to another machine beside the layers themselves.
struct CacheDocument {
  std::map<std::string, CacheRecord> records;  // by cache_key.h's keys
  std::vector<oci::Digest> diff_ids;           // of the layers in the manifest beside it, in its order
};

inline constexpr std::string_view kCacheDocumentType = "application/vnd.aictr.buildcache.config.v1+json";

// The same records always give the same text.
std::string print_cache_document(const CacheDocument& document);
Result<CacheDocument> parse_cache_document(std::string_view text);

// The same in the configuration of the image that was built, whose layers they are. Nothing when it has none.
Result<std::string> with_inlined_document(std::string_view image_config, const CacheDocument& document);
Result<std::optional<CacheDocument>> inlined_document(std::string_view image_config);

}  // namespace aictr::images
