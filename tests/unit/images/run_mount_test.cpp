#include "images/run_mount.h"

#include <doctest/doctest.h>

#include "images/clean_path.h"

using namespace aictr;
using namespace aictr::images;

namespace {

// $CACHE is /cache; the stage 'tools' is the third of the plan.
Result<RunMount> parse(std::string_view text, std::size_t number = 0) {
  auto expand = [](std::string_view word) -> Result<std::string> {
    return word == "$CACHE" ? std::string("/cache") : std::string(word);
  };
  auto find_origin = [](const std::string& from) -> Result<Origin> {
    if (from == "tools") return Origin(FromStage{2});
    return make_error(Kind::usage, "no stage '" + from + "'");
  };
  return parse_run_mount(text, {expand, find_origin, "/work", number});
}

template <class Mount>
Mount what(std::string_view text) {
  auto mount = parse(text);
  REQUIRE_MESSAGE(mount.ok(), mount.error().message);
  REQUIRE(std::holds_alternative<Mount>(mount.value().what));
  return std::get<Mount>(mount.value().what);
}

std::string target(std::string_view text) {
  auto mount = parse(text);
  REQUIRE_MESSAGE(mount.ok(), mount.error().message);
  return mount.value().target;
}

std::string refusal(std::string_view text) {
  auto mount = parse(text);
  REQUIRE_FALSE(mount.ok());
  std::string start = "--mount=" + std::string(text) + ": ";
  REQUIRE(mount.error().message.starts_with(start));
  return mount.error().message.substr(start.size());
}

}  // namespace

TEST_CASE("a mount without a type is a bind of the context, read-only") {
  auto bind = what<BindMount>("target=src");
  CHECK(target("target=src") == "/work/src");
  CHECK(std::holds_alternative<FromContext>(bind.origin));
  CHECK(bind.source == ".");
  CHECK_FALSE(bind.writable);
  CHECK(what<BindMount>("dst=/a,rw").writable);
  CHECK(what<BindMount>("destination=/a,readonly=false").writable);
  CHECK_FALSE(what<BindMount>("type=bind,dst=/a,ro").writable);
  auto staged = what<BindMount>("from=tools,src=/bin,target=/tools");
  CHECK(std::get<FromStage>(staged.origin).stage == 2);
  CHECK(staged.source == "/bin");
}

TEST_CASE("a cache is known by its id, which is its target unless given") {
  auto cache = what<CacheMount>("type=cache,target=$CACHE");
  CHECK(target("type=cache,target=$CACHE") == "/cache");
  CHECK(cache.id == "/cache");
  CHECK(cache.writable);
  CHECK(cache.mode == 0755);
  CHECK(cache.sharing == CacheMount::Sharing::shared);
  CHECK_FALSE(cache.seed);
  auto other =
      what<CacheMount>("type=cache,id=pip,target=/c,sharing=locked,mode=0700,uid=5,gid=6,ro,from=tools,source=x");
  CHECK(other.id == "pip");
  CHECK(other.sharing == CacheMount::Sharing::locked);
  CHECK(other.mode == 0700);
  CHECK(other.owner.uid == 5);
  CHECK(other.owner.gid == 6);
  CHECK_FALSE(other.writable);
  REQUIRE(other.seed);
  CHECK(other.seed->source == "x");
  CHECK(what<CacheMount>("type=cache,target=/c,sharing=private").sharing == CacheMount::Sharing::apart);
}

TEST_CASE("secrets and agents have places of their own") {
  CHECK(target("type=secret,id=token") == "/run/secrets/token");
  CHECK(what<SecretMount>("type=secret,target=/root/.netrc").id == ".netrc");
  auto variable = what<SecretMount>("type=secret,id=token,env=TOKEN,required");
  CHECK(variable.variable == "TOKEN");
  CHECK(variable.required);
  CHECK(variable.mode == 0400);
  CHECK(target("type=secret,id=token,env=TOKEN") == "");
  CHECK(target("type=secret,id=token,env=TOKEN,target=/t") == "/t");
  CHECK(what<SshMount>("type=ssh").id == "default");
  CHECK(parse("type=ssh", 3).value().target == "/run/buildkit/ssh_agent.3");
}

TEST_CASE("a tmpfs has the size it is given") {
  CHECK(what<TmpfsMount>("type=tmpfs,target=/t").size == 0);
  CHECK(what<TmpfsMount>("type=tmpfs,target=/t,size=2m").size == 2U << 20U);
}

TEST_CASE("a quoted field holds commas") {
  CHECK(target("\"target=/a,b\",type=cache") == "/a,b");
  CHECK(target("\"target=/a\"\"b\",type=cache") == "/a\"b");
  CHECK(refusal("\"target=/a") == "a quote in '\"target=/a' is not closed");
}

TEST_CASE("what has no meaning is refused with its word") {
  CHECK(refusal("type=cash,target=/a") == "'cash' is no type of mount");
  CHECK(refusal("tarlet=/a") == "unknown key 'tarlet'");
  CHECK(parse("tarlet=/a").error().hint == "did you mean 'target'?");
  CHECK(refusal("type=bind") == "the target is missing");
  CHECK(refusal("target") == "'target' has no value");
  CHECK(refusal("target=/") == "the target '/' is the root file system itself");
  CHECK(refusal("target=/a/..,type=tmpfs") == "the target '/' is the root file system itself");
  CHECK(refusal("target=/a,rw=maybe") == "rw=maybe is neither true nor false");
  CHECK(refusal("target=/a,sharing=locked") == "'sharing' has no meaning for a mount of type bind");
  CHECK(refusal("type=cache,target=/a,sharing=none") == "sharing=none is not shared, private or locked");
  CHECK(refusal("type=cache,target=/a,mode=9") == "mode=9 is no octal number");
  CHECK(refusal("type=cache,target=/a,uid=me") == "uid=me is no number");
  CHECK(refusal("type=secret,env=A") == "neither id nor target says which secret");
  CHECK(refusal("target=/a,from=nowhere") == "no stage 'nowhere'");
}
