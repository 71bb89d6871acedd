#include "hooks/gpu_request.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/text.h"

using namespace aictr;
using hooks::GpuRequest;
using hooks::parse_gpu_request;

namespace {

// One request as one line: "count|devices|driver|capabilities|options", or the error.
std::string shown(std::string_view text) {
  auto request = parse_gpu_request(text);
  if (!request.ok()) return request.error().message;
  const GpuRequest& r = request.value();
  std::vector<std::string> options;
  for (const auto& [key, value] : r.options) options.push_back(key + "=" + value);
  return fmt::format("{}|{}|{}|{}|{}", r.count, join(r.devices, ","), r.driver, join(r.capabilities, ","),
                     join(options, ";"));
}

std::string invalid(std::string_view text, std::string_view why = "invalid syntax") {
  return fmt::format("invalid count ({}): value must be either \"all\" or an integer: {}", text, why);
}

std::string hint_for(std::string_view text) {
  auto request = parse_gpu_request(text);
  return request.ok() ? "" : request.error().hint;
}

constexpr const char* kBare = "parse error on line 1, column {}: bare \" in non-quoted-field";
constexpr const char* kStray = "parse error on line 1, column {}: extraneous or missing \" in quoted-field";

}  // namespace

TEST_CASE("numbers and all") {
  CHECK(shown("all") == "-1|||gpu|");
  CHECK(shown("count=all") == "-1|||gpu|");
  CHECK(shown("-1") == "-1|||gpu|");
  CHECK(shown("-2") == "-2|||gpu|");
  CHECK(shown("2") == "2|||gpu|");
  CHECK(shown("+1") == "1|||gpu|");
  CHECK(shown("007") == "7|||gpu|");
  CHECK(shown("count=2") == "2|||gpu|");
  CHECK(shown("0") == "0|||gpu|");
  CHECK(shown("-0") == "0|||gpu|");
  CHECK(shown("9223372036854775807") == "9223372036854775807|||gpu|");
}

TEST_CASE("the last bare number wins, as with Docker") {
  CHECK(shown("1,2") == "2|||gpu|");
  CHECK(shown("count=1,2") == "2|||gpu|");
  CHECK(shown("all,1") == "1|||gpu|");
}

TEST_CASE("without a count it is one") {
  CHECK(shown("driver=nvidia") == "1||nvidia|gpu|");
  CHECK(shown("capabilities=utility") == "1|||utility,gpu|");
  CHECK(shown("options=a=b") == "1|||gpu|a=b");
}

TEST_CASE("devices stay as they are written") {
  CHECK(shown("device=0") == "0|0||gpu|");
  CHECK(shown("device=GPU-x") == "0|GPU-x||gpu|");
  CHECK(shown("device=all") == "0|all||gpu|");
  CHECK(shown("device=nvidia.com/gpu=0") == "0|nvidia.com/gpu=0||gpu|");
  CHECK(shown("\"device=0,2\"") == "0|0,2||gpu|");
  CHECK(shown("device=0:1") == "0|0:1||gpu|");
  CHECK(shown("device=") == "0|||gpu|");
  CHECK(shown("device=0,driver=nvidia") == "0|0|nvidia|gpu|");
}

TEST_CASE("devices without quotes print the command that works") {
  CHECK(shown("device=0,2") == "cannot set both Count and DeviceIDs on device request");
  CHECK(hint_for("device=0,2").find("--gpus '\"device=0,2\"'") != std::string::npos);
  CHECK(hint_for("device=0,2,3").find("--gpus '\"device=0,2,3\"'") != std::string::npos);
  CHECK(shown("device=0,count=1") == "cannot set both Count and DeviceIDs on device request");
  CHECK(shown("device=0,count=0") == "0|0||gpu|");
}

TEST_CASE("capabilities and options") {
  CHECK(shown("all,\"capabilities=compute,utility\"") == "-1|||compute,utility,gpu|");
  CHECK(shown("all,capabilities=compute") == "-1|||compute,gpu|");
  CHECK(shown("capabilities=") == "1|||,gpu|");
  CHECK(shown("\"options=a=b,c=d\"") == "1|||gpu|a=b;c=d");
  CHECK(shown("options=a") == "1|||gpu|a=");
  CHECK(shown("options=") == "failed to read gpu options: EOF");
  CHECK(shown("\"options=\"\"a=b,c\"\",d=e\"") == "1|||gpu|a=b,c;d=e");
}

TEST_CASE("what is no count") {
  for (std::string_view text : {"ALL", "none", "gpu", " 1", "1 ", "0x1", "1_0", "1.5", "one", "-", "+", "+-1", "--1"}) {
    CHECK(shown(text) == invalid(text));
  }
  CHECK(shown("1,") == invalid(""));
  CHECK(shown(",") == invalid(""));
  CHECK(shown("count=") == invalid(""));
  CHECK(shown("all,auto") == invalid("auto"));
  CHECK(shown("9223372036854775808") == invalid("9223372036854775808", "value out of range"));
  CHECK(shown("") == "EOF");
  CHECK(shown("\n\n") == "EOF");
}

TEST_CASE("a key counts once") {
  CHECK(shown("count=2,count=3") == "gpu request key 'count' can be specified only once");
  CHECK(shown("1,count=2") == "gpu request key 'count' can be specified only once");
  CHECK(shown("all,all") == "gpu request key 'all' can be specified only once");
  CHECK(shown("device=0,device=1") == "gpu request key 'device' can be specified only once");
}

TEST_CASE("unknown keys") {
  CHECK(shown("foo=1") == "unexpected key 'foo' in 'foo=1'");
  CHECK(shown("=1") == "unexpected key '' in '=1'");
  CHECK(shown("nvidia.com/gpu=0") == "unexpected key 'nvidia.com/gpu' in 'nvidia.com/gpu=0'");
  CHECK(hint_for("nvidia.com/gpu=0").find("--device nvidia.com/gpu=0") != std::string::npos);
  CHECK(hint_for("devices=0") == "did you mean 'device'?");
}

TEST_CASE("quotes, as Go reads them") {
  CHECK(shown("device=\"0,2\"") == fmt::format(fmt::runtime(kBare), 8));
  CHECK(shown("'\"device=0,2\"'") == fmt::format(fmt::runtime(kBare), 2));
  CHECK(shown("1,a\"b") == fmt::format(fmt::runtime(kBare), 4));
  CHECK(shown("\"device=0") == fmt::format(fmt::runtime(kStray), 10));
  CHECK(shown("\"device=0\"x") == fmt::format(fmt::runtime(kStray), 10));
  CHECK(shown("\"") == fmt::format(fmt::runtime(kStray), 2));
  CHECK(shown("\"all\"") == "-1|||gpu|");
  CHECK(shown("\"device=a\"\"b\"") == "0|a\"b||gpu|");
  CHECK(shown("\"device=a\nb\"") == "0|a\nb||gpu|");
  CHECK(shown("\"device=a\nb") ==
        "record on line 1; parse error on line 2, column 2: extraneous or missing \" in quoted-field");
  CHECK(shown("\"all\"\r\n") == "-1|||gpu|");
  CHECK(shown("all\n2\n") == "-1|||gpu|");
  CHECK(shown("\n2") == "2|||gpu|");
  CHECK(hint_for("device=\"0,2\"").find("--gpus '\"device=0,2\"'") != std::string::npos);
}

TEST_CASE("our own words") {
  auto automatic = parse_gpu_request("auto").value();
  CHECK(automatic.automatic);
  CHECK(automatic.wants_all());
  auto free = parse_gpu_request("select=free:2").value();
  CHECK(free.selection->free == 2);
  auto memory = parse_gpu_request("select=mem>=40G").value();
  CHECK(memory.selection->memory == 40LL << 30);
  CHECK_FALSE(memory.selection->more_than);
  CHECK(memory.wants_all());
  CHECK(parse_gpu_request("select=mem>40G,count=2").value().count == 2);
  auto both = parse_gpu_request("\"select=mem>=40G,free:1\"").value();
  CHECK(both.selection->free == 1);
  CHECK(both.selection->memory == 40LL << 30);
  for (std::string_view text :
       {"select=", "select=free:0", "select=free:x", "select=mem>=", "select=mem<4G", "select=mem"}) {
    CHECK(shown(text).starts_with("invalid selection '"));
  }
  CHECK(shown("select=free:1,device=0") == "cannot set both select and device");
}
