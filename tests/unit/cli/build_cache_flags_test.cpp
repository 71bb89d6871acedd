#include "cli/build_cache_flags.h"

#include <doctest/doctest.h>

using namespace aictr::cli;
using aictr::images::CachePlace;
using aictr::images::CompressionKind;
using Type = CachePlace::Type;

namespace {

std::string refusal(const aictr::Result<CachePlace>& place) {
  return place.ok() ? "(taken)" : place.error().message;
}

}  // namespace

TEST_CASE("where a cache comes from") {
  auto name = parse_cache_from("example.com/app:cache").value();
  CHECK(name.type == Type::registry);
  CHECK(name.name.full() == "example.com/app:cache");
  CHECK(parse_cache_from("type=registry,ref=app").value().name.full() == "docker.io/library/app:latest");
  auto local = parse_cache_from("type=local,src=/c").value();
  CHECK(local.type == Type::local);
  CHECK(local.folder == "/c");
  CHECK(local.tag == "latest");
  CHECK(parse_cache_from("type=local,src=/c,tag=main").value().tag == "main");
}

TEST_CASE("where a cache goes") {
  auto least = parse_cache_to("type=registry,ref=example.com/app:cache").value();
  CHECK(least.type == Type::registry);
  CHECK_FALSE(least.all_stages);
  CHECK_FALSE(least.may_fail);
  CHECK(least.compression.kind == CompressionKind::gzip);
  auto most =
      parse_cache_to("type=registry,mode=max,compression=zstd,compression-level=5,ignore-error=true,ref=a").value();
  CHECK(most.all_stages);
  CHECK(most.may_fail);
  CHECK(most.compression.kind == CompressionKind::zstd);
  CHECK(most.compression.level == 5);
  auto local = parse_cache_to("type=local,dest=c,compression=uncompressed").value();
  CHECK(local.folder == "c");
  CHECK(local.compression.kind == CompressionKind::none);
  CHECK(parse_cache_to("type=local,dest=c").value().compression.kind == CompressionKind::zstd);
  CHECK(parse_cache_to("type=inline").value().type == Type::with_image);
}

TEST_CASE("what of a cache's place has no meaning is refused with its name") {
  CHECK(refusal(parse_cache_from("")) == "--cache-from '': it names nothing");
  CHECK(refusal(parse_cache_from("type=gha")) == "--cache-from 'type=gha': the type 'gha' is not supported");
  CHECK(refusal(parse_cache_from("type=local")) == "--cache-from 'type=local': 'src=' is missing");
  CHECK(refusal(parse_cache_from("type=local,dest=c")) == "--cache-from 'type=local,dest=c': 'src=' is missing");
  CHECK(refusal(parse_cache_from("ref=a")) == "--cache-from 'ref=a': it has no type");
  CHECK(refusal(parse_cache_from("type=registry,ref=A")).starts_with("--cache-from 'type=registry,ref=A': invalid"));
  CHECK(refusal(parse_cache_from("type=registry,ref=a,mode=max")) ==
        "--cache-from 'type=registry,ref=a,mode=max': 'mode' is not supported");
  CHECK(refusal(parse_cache_from("type=local,src")) == "--cache-from 'type=local,src': 'src' has no '='");
  CHECK(refusal(parse_cache_from("type=local,src=a,src=b")) ==
        "--cache-from 'type=local,src=a,src=b': 'src' comes twice");
  CHECK(refusal(parse_cache_to("type=s3,bucket=b")) == "--cache-to 'type=s3,bucket=b': the type 's3' is not supported");
  CHECK(refusal(parse_cache_to("type=inline,mode=max")) == "--cache-to 'type=inline,mode=max': there is no mode 'max'");
  CHECK(refusal(parse_cache_to("type=local,dest=c,mode=some")) ==
        "--cache-to 'type=local,dest=c,mode=some': there is no mode 'some'");
  CHECK(refusal(parse_cache_to("type=local,dest=c,ignore-error=maybe")) ==
        "--cache-to 'type=local,dest=c,ignore-error=maybe': 'ignore-error=maybe' is neither true nor false");
  CHECK(refusal(parse_cache_to("type=registry,ref=a,oci-mediatypes=false")) ==
        "--cache-to 'type=registry,ref=a,oci-mediatypes=false': 'oci-mediatypes=false' is not supported");
  CHECK(refusal(parse_cache_to("type=local,dest=c,compression=lz4"))
            .starts_with("--cache-to 'type=local,dest=c,compression=lz4': "));
}
