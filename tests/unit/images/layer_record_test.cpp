#include "images/layer_record.h"

#include <doctest/doctest.h>

#include "base/file.h"
#include "images/layer_sync.h"
#include "images/store.h"
#include "images/store_layout.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::images;

namespace {

const oci::Digest kLayer = oci::Digest::sha256(std::string(64, 'a'));

void put(const Store& store, const std::string& text) {
  REQUIRE(make_directories(store.fd(), layout::layer(kLayer), 0700).ok());
  REQUIRE(write_file(store.fd(), layout::layer_record(kLayer), text, 0600).ok());
}

void put(const Store& store, const LayerRecord& record) {
  put(store, print_layer_record(record));
}

LayerRecord record_of(const std::string& boot) {
  LayerRecord record;
  record.diff_id = kLayer;
  record.size = 1024;
  record.encoder = 1;
  record.boot = boot;
  return record;
}

}  // namespace

TEST_CASE("a layer's record is read as it was printed") {
  for (LayerKind kind : {LayerKind::directory, LayerKind::tar}) {
    LayerRecord record = record_of("some-boot");
    record.kind = kind;
    LayerRecord read = parse_layer_record(print_layer_record(record)).value();
    CHECK(read.kind == kind);
    CHECK(read.diff_id == kLayer);
    CHECK(read.size == 1024);
    CHECK(read.encoder == 1);
    CHECK(read.boot == "some-boot");
  }
  CHECK(print_layer_record(record_of("")).find("boot") == std::string::npos);
}

TEST_CASE("a layer that may not have reached the disk counts until the machine starts again") {
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  put(store, record_of(this_boot().value()));
  CHECK(store.has_layer(kLayer));
  put(store, record_of("of-yesterday"));
  CHECK_FALSE(store.has_layer(kLayer));
  CHECK(load_layer_record(store.fd(), kLayer).error().kind == Kind::not_found);
  for (const std::string& unwritten : {std::string(), std::string(100, '\0')}) {
    put(store, unwritten);
    CHECK_FALSE(store.has_layer(kLayer));
    CHECK(load_layer_record(store.fd(), kLayer).error().kind == Kind::not_found);
  }
}

TEST_CASE("a layer on the disk counts for ever") {
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  put(store, record_of(this_boot().value()));
  REQUIRE(sync_layers(store.fd(), {kLayer}).ok());
  CHECK(load_layer_record(store.fd(), kLayer).value().boot.empty());
  CHECK(sync_layers(store.fd(), {kLayer}).ok());
}

TEST_CASE("a layer of a newer aictr is there, though not to be used") {
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  put(store, std::string(R"({"kind":"novel","diffID":"x","size":1,"encoder":1})"));
  CHECK(store.has_layer(kLayer));
  CHECK(load_layer_record(store.fd(), kLayer).error().kind == Kind::unsupported);
}

TEST_CASE("a damaged record is no layer") {
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  for (const char* text : {"{", "[]", R"({"kind":"tar"})", R"({"kind":"tar","diffID":"x","size":1,"encoder":1})"}) {
    put(store, std::string(text));
    CHECK_FALSE(store.has_layer(kLayer));
  }
}
