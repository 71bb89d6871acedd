#include "images/cache_record.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::images;

namespace {

oci::Digest digest(char c) {
  return oci::Digest::parse("sha256:" + std::string(64, c)).value();
}

const std::string kKey(64, '1');
const std::string kOther(64, '2');

CacheDocument sample() {
  CacheDocument document;
  document.records[kKey] = {Layer{digest('a'), 100}, "2026-01-01T00:00:00Z", "RUN x"};
  document.records[kOther] = {std::nullopt, "2026-01-02T00:00:00Z", "RUN true"};
  document.diff_ids = {digest('a')};
  return document;
}

}  // namespace

TEST_CASE("a record is the same when it is read again") {
  CacheRecord same = parse_cache_record(print_cache_record(sample().records[kKey])).value();
  REQUIRE(same.layer);
  CHECK(same.layer->diff_id == digest('a'));
  CHECK(same.layer->size == 100);
  CHECK(same.created == "2026-01-01T00:00:00Z");
  CHECK(same.step == "RUN x");
  CHECK_FALSE(parse_cache_record(print_cache_record(sample().records[kOther])).value().layer);
}

TEST_CASE("a record that makes no sense is none") {
  for (const char* text : {"", "{", "{}", R"({"version":2,"created":"","step":""})", R"({"version":1,"layer":"x"})",
                           R"({"version":1,"layer":3})"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cache_record(text));
  }
}

TEST_CASE("a document is the same when it is read again, and always the same text") {
  std::string text = print_cache_document(sample());
  CacheDocument same = parse_cache_document(text).value();
  CHECK(same.diff_ids == sample().diff_ids);
  REQUIRE(same.records.size() == 2);
  CHECK(same.records.at(kKey).layer->diff_id == digest('a'));
  CHECK(print_cache_document(same) == text);
}

TEST_CASE("a document of strangers is read with care") {
  auto refusal = [](const std::string& text) { return parse_cache_document(text).error().message; };
  CHECK(refusal(R"({"version":7})") == "the build cache was written by another version of aictr");
  CHECK(refusal(R"({"version":1,"records":{"../../index.json":{"version":1}}})") ==
        "build cache: a record makes no sense");
  CHECK(refusal(R"({"version":1,"diff_ids":["nonsense"]})").starts_with("build cache: "));
  CHECK(refusal("[]").starts_with("build cache: "));
}

TEST_CASE("a document goes into the configuration of an image and out again") {
  std::string config = with_inlined_document(R"({"architecture":"amd64","os":"linux"})", sample()).value();
  CHECK(config.starts_with(R"({"architecture":"amd64","os":"linux",)"));
  CacheDocument same = inlined_document(config).value().value();
  CHECK(same.records.size() == 2);
  CHECK(same.diff_ids.empty());
  CHECK_FALSE(inlined_document(R"({"architecture":"amd64"})").value());
}
