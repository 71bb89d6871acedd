#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::oci {

// "sha256:<64 lower-case hex digits>" or "sha512:<128>" (image-spec, descriptor.md). Always valid: made by parse() or
// by a hash. Computing one is images/hash.h's work, so that programs which only name images load no cryptography.
class Digest {
 public:
  static Result<Digest> parse(std::string_view text);
  static Digest sha256(std::string hex) { return Digest("sha256:" + hex); }

  Digest() = default;  // empty: for structs that are filled in later
  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }
  std::string algorithm() const { return text_.substr(0, text_.find(':')); }
  std::string hex() const { return text_.substr(text_.find(':') + 1); }
  std::string short_id() const { return hex().substr(0, 12); }

  auto operator<=>(const Digest&) const = default;

 private:
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace aictr::oci
