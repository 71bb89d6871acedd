#include "oci/image_spec.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::oci;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');
const std::string kConfig = R"({"created":"2026-11-22T10:00:00Z","author":"me","architecture":"amd64","os":"linux",)"
                            R"("config":{"User":"app","ExposedPorts":{"53/udp":{},"8080/tcp":{}},"Env":["A=1"],)"
                            R"("Entrypoint":[],"Cmd":["python","./main.py"],"Volumes":{"/data":{}},)"
                            R"("WorkingDir":"/app","Labels":{"k":"v"},"StopSignal":"SIGINT",)"
                            R"("Healthcheck":{"Test":["CMD","true"],"Interval":30000000000,"Retries":3}},)"
                            R"("rootfs":{"type":"layers","diff_ids":[")" +
                            kDigest +
                            R"("]},"history":[{"created":"2026-11-22T10:00:00Z","created_by":"RUN x"},)"
                            R"({"created_by":"CMD y","empty_layer":true}]})";

std::string manifest(const std::string& layer) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"c",)"
         R"("digest":")" +
         kDigest + R"(","size":10},"layers":[)" + layer + "]}";
}

}  // namespace

TEST_CASE("an image configuration is read with what Docker adds") {
  auto parsed = parse_image_config(kConfig);
  REQUIRE(parsed.ok());
  const ImageConfig& image = parsed.value();
  CHECK(image.platform.architecture == "amd64");
  CHECK(image.config.user == "app");
  CHECK(image.config.exposed_ports == std::vector<std::string>{"53/udp", "8080/tcp"});
  CHECK(image.config.volumes == std::vector<std::string>{"/data"});
  CHECK(image.config.entrypoint->empty());
  CHECK(image.config.cmd->size() == 2);
  CHECK(image.config.health_check->interval == 30'000'000'000);
  CHECK(image.diff_ids.at(0).text() == kDigest);
  CHECK(image.history.at(1).empty_layer);
}

TEST_CASE("an image configuration is printed as it was read, byte for byte") {
  CHECK(print_image_config(parse_image_config(kConfig).value()) == kConfig);
}

TEST_CASE("an entrypoint that is not there and an empty one are told apart") {
  auto parsed = parse_image_config(
      R"({"architecture":"a","os":"b","config":{"Cmd":null},"rootfs":{"type":"layers","diff_ids":[]}})");
  REQUIRE(parsed.ok());
  CHECK_FALSE(parsed.value().config.entrypoint.has_value());
  CHECK_FALSE(parsed.value().config.cmd.has_value());
}

TEST_CASE("a manifest is read and printed byte for byte") {
  std::string layer = R"({"mediaType":"l","digest":")" + kDigest + R"(","size":20,"annotations":{"a":"b"}})";
  auto parsed = parse_manifest(manifest(layer));
  REQUIRE(parsed.ok());
  CHECK(parsed.value().layers.at(0).size == 20);
  CHECK(parsed.value().layers.at(0).annotations.at("a") == "b");
  CHECK(print_manifest(parsed.value()) == manifest(layer));
}

TEST_CASE("an index is read with its platforms, and members we do not know are passed over") {
  auto parsed =
      parse_index(R"({"schemaVersion":2,"artifactType":"x","manifests":[{"mediaType":"m","digest":")" + kDigest +
                  R"(","size":1,"urls":["u"],"platform":{"architecture":"arm64","os":"linux","variant":"v8",)"
                  R"("os.version":"1"}}]})");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().manifests.at(0).platform->variant == "v8");
  CHECK(parse_index(print_index(parsed.value())).ok());
}

TEST_CASE("what cannot be an image is refused with the place of the fault") {
  auto message = [](const auto& result) { return result.ok() ? "accepted" : result.error().message; };
  CHECK(message(parse_image_config("{}")) == "image configuration: /architecture is missing");
  CHECK(message(parse_image_config("[")).starts_with("image configuration: not valid JSON: "));
  CHECK(
      message(parse_image_config(R"({"architecture":"a","os":"b","rootfs":{"type":"layers","diff_ids":["../x"]}})")) ==
      "image configuration: '../x' is not a digest");
  CHECK(message(parse_manifest(R"({"schemaVersion":2})")) == "image manifest: /config is missing");
  CHECK(message(parse_manifest(manifest(R"({"mediaType":"l","digest":"sha256:x","size":1})"))) ==
        "image manifest: 'sha256:x' is not a digest");
  CHECK(message(parse_manifest(manifest(R"({"mediaType":"l","digest":")" + kDigest + R"(","size":-1})"))) ==
        "image manifest: descriptor of " + kDigest + ": its size is negative");
  CHECK(message(parse_manifest(manifest(R"({"mediaType":"l","digest":")" + kDigest + R"("})"))) ==
        "image manifest: /layers/0/size is missing");
  CHECK(message(parse_index("null")) == "image index: the document must be an object");
}
