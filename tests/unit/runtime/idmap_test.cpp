#include "runtime/idmap.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::runtime;

namespace {

std::string refusal(const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids) {
  auto planned = plan_id_maps(uids, gids, "/linux");
  REQUIRE_FALSE(planned.ok());
  return planned.error().message;
}

}  // namespace

TEST_CASE("maps become lines of uid_map") {
  std::vector<oci::IdMapping> ranges = {{0, 1000, 1}, {1, 100000, 65535}};
  auto planned = plan_id_maps(ranges, ranges, "/linux");
  REQUIRE(planned.ok());
  CHECK(id_map_text(planned.value().uids) == "0 1000 1\n1 100000 65535\n");
}

TEST_CASE("no maps are no maps") {
  auto planned = plan_id_maps({}, {}, "/linux");
  REQUIRE(planned.ok());
  CHECK(planned.value().empty());
}

TEST_CASE("ranges that overlap on either side are refused") {
  CHECK(refusal({{0, 1000, 10}, {9, 5000, 1}}, {{0, 0, 1}}) == "/linux/uidMappings/1 overlaps /linux/uidMappings/0");
  CHECK(refusal({{0, 0, 1}}, {{0, 1000, 10}, {10, 1009, 1}}).find("/linux/gidMappings/1 overlaps") == 0);
}

TEST_CASE("empty ranges, ranges beyond the last id and half a mapping are refused") {
  CHECK(refusal({{0, 0, 0}}, {{0, 0, 1}}) == "/linux/uidMappings/0/size must not be 0");
  CHECK(refusal({{1, 0, 0xffffffff}, {0, 0, 1}}, {{0, 0, 1}}).find("/linux/uidMappings") == 0);
  CHECK(refusal({{0, 0xffffffff, 2}}, {{0, 0, 1}}).find("beyond the last id") != std::string::npos);
  CHECK(refusal({{0, 0, 1}}, {}).find("/linux/gidMappings is missing") == 0);
}

TEST_CASE("more ranges than the kernel takes are refused") {
  std::vector<oci::IdMapping> many;
  for (std::uint32_t i = 0; i < 341; ++i) many.push_back({i * 2, i * 2, 1});
  CHECK(refusal(many, many).find("more than 340 ranges") != std::string::npos);
}
