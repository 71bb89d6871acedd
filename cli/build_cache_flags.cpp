#include "cli/build_cache_flags.h"

#include <map>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::cli {
namespace {

using images::CachePlace;
using Words = std::map<std::string, std::string>;

// The words of one value, each taken once; what is left at the end has no meaning.
class CacheFlag {
 public:
  CacheFlag(std::string flag, std::string text, std::string hint)
      : flag_(std::move(flag)), text_(std::move(text)), hint_(std::move(hint)) {}

  Result<void> read() {
    bool name_alone = text_.find('=') == std::string::npos;
    if (text_.empty()) return refused("it names nothing");
    if (name_alone) {
      words_ = {{"type", "registry"}, {"ref", text_}};
      return {};
    }
    for (const std::string& part : split(text_, ',')) {
      auto equals = part.find('=');
      if (equals == std::string::npos) return refused(fmt::format("'{}' has no '='", part));
      if (!words_.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
        return refused(fmt::format("'{}' comes twice", part.substr(0, equals)));
      }
    }
    if (!words_.contains("type")) return refused("it has no type");
    return {};
  }

  std::string take(const std::string& word, const std::string& otherwise = "") {
    auto found = words_.find(word);
    if (found == words_.end()) return otherwise;
    std::string value = std::move(found->second);
    words_.erase(found);
    return value;
  }

  Result<std::string> take_required(const std::string& word) {
    std::string value = take(word);
    if (value.empty()) return refused(fmt::format("'{}=' is missing", word));
    return value;
  }

  Result<bool> take_switch(const std::string& word, bool otherwise) {
    std::string value = take(word, otherwise ? "true" : "false");
    if (value == "true" || value == "1") return true;
    if (value == "false" || value == "0") return false;
    return refused(fmt::format("'{}={}' is neither true nor false", word, value));
  }

  // What BuildKit lets one choose and has one answer here.
  Result<void> take_only(const std::string& word, bool only) {
    if (TRY(take_switch(word, only)) == only) return {};
    return refused(fmt::format("'{}={}' is not supported", word, !only));
  }

  Result<void> end() const {
    if (words_.empty()) return {};
    return refused(fmt::format("'{}' is not supported", words_.begin()->first));
  }

  Error refused(const std::string& why) const {
    return make_error(Kind::usage, fmt::format("{} '{}': {}", flag_, text_, why), hint_);
  }

  Result<oci::Reference> take_reference() {
    std::string name = TRY(take_required("ref"));
    auto parsed = oci::Reference::parse(name);
    if (!parsed.ok()) return refused(parsed.error().message);
    return parsed;
  }

 private:
  std::string flag_;
  std::string text_;
  std::string hint_;
  Words words_;
};

Result<images::Compression> take_compression(CacheFlag& flag, const std::string& usual) {
  std::string name = flag.take("compression", usual);
  std::string level = flag.take("compression-level");
  if (name == "uncompressed") name = "none";
  auto compression = images::Compression::parse(level.empty() ? name : name + ":" + level);
  if (!compression.ok()) return flag.refused(compression.error().message);
  return compression;
}

}  // namespace

Result<CachePlace> parse_cache_from(const std::string& text) {
  CacheFlag flag("--cache-from", text, "write NAME, type=registry,ref=NAME or type=local,src=DIR");
  TRY(flag.read());
  CachePlace place;
  std::string type = flag.take("type");
  if (type == "registry") {
    place.name = TRY(flag.take_reference());
  } else if (type == "local") {
    place.type = CachePlace::Type::local;
    place.folder = TRY(flag.take_required("src"));
    place.tag = flag.take("tag", "latest");
  } else {
    return flag.refused(fmt::format("the type '{}' is not supported", type));
  }
  TRY(flag.end());
  return place;
}

Result<CachePlace> parse_cache_to(const std::string& text) {
  CacheFlag flag("--cache-to", text, "write type=inline, type=registry,ref=NAME or type=local,dest=DIR, and mode=max");
  TRY(flag.read());
  CachePlace place;
  std::string type = flag.take("type");
  if (type == "inline") {
    place.type = CachePlace::Type::with_image;
  } else if (type == "registry") {
    place.name = TRY(flag.take_reference());
    if (place.name.digest) return flag.refused("a cache is written to a tag, its digest follows");
    place.compression = TRY(take_compression(flag, "gzip"));  // as of a push, so that an image shares its layers
  } else if (type == "local") {
    place.type = CachePlace::Type::local;
    place.folder = TRY(flag.take_required("dest"));
    place.tag = flag.take("tag", "latest");
    place.compression = TRY(take_compression(flag, "zstd"));
  } else {
    return flag.refused(fmt::format("the type '{}' is not supported", type));
  }
  std::string mode = flag.take("mode", "min");
  bool known = mode == "min" || (mode == "max" && type != "inline");
  if (!known) return flag.refused(fmt::format("there is no mode '{}'", mode));
  place.all_stages = mode == "max";
  place.may_fail = TRY(flag.take_switch("ignore-error", false));
  TRY(flag.take_only("oci-mediatypes", true));
  TRY(flag.take_only("image-manifest", true));
  TRY(flag.take_only("force-compression", false));
  TRY(flag.end());
  return place;
}

}  // namespace aictr::cli
