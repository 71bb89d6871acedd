#include "images/config_change.h"

#include <doctest/doctest.h>

using aictr::Kind;
using aictr::images::apply_change;
using aictr::oci::ContainerConfig;

namespace {

ContainerConfig changed(std::initializer_list<std::string_view> instructions) {
  ContainerConfig config;
  for (std::string_view instruction : instructions) REQUIRE(apply_change(config, instruction).ok());
  return config;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("CMD and ENTRYPOINT have a JSON form and one for the shell") {
  CHECK(changed({R"(CMD ["a", "b c"])"}).cmd == Words{"a", "b c"});
  CHECK(changed({"cmd a  b"}).cmd == Words{"/bin/sh", "-c", "a  b"});
  CHECK(changed({R"(SHELL ["/bin/bash", "-c"])", "ENTRYPOINT x"}).entrypoint == Words{"/bin/bash", "-c", "x"});
}

TEST_CASE("ENV replaces in place and sees the environment before it") {
  ContainerConfig config = changed({"ENV A=1 B=2", "ENV A=3 C=$A", "ENV D old form"});
  CHECK(config.env == Words{"A=3", "B=2", "C=1", "D=old form"});
}

TEST_CASE("WORKDIR is relative to the one before") {
  CHECK(changed({"WORKDIR app"}).working_dir == "/app");
  CHECK(changed({"WORKDIR /a/", "WORKDIR ../b"}).working_dir == "/b");
}

TEST_CASE("sets are sorted and hold each thing once") {
  CHECK(changed({"EXPOSE 90 8080/udp", "EXPOSE 90/tcp"}).exposed_ports == Words{"8080/udp", "90/tcp"});
  CHECK(changed({R"(VOLUME ["/b", "/a"])", "VOLUME /a"}).volumes == Words{"/a", "/b"});
}

TEST_CASE("LABEL, USER and STOPSIGNAL are taken over") {
  ContainerConfig config = changed({"ENV N=me", "LABEL who=$N", "USER $N:7", "STOPSIGNAL SIGINT"});
  CHECK(config.labels.at("who") == "me");
  CHECK(config.user == "me:7");
  CHECK(config.stop_signal == "SIGINT");
}

TEST_CASE("what is more than configuration, or no instruction, is refused by name") {
  for (std::string bad : {"RUN true", "COPY a b", "FROM x", "FLY away", "", "ENV", "CMD [1]"}) {
    CAPTURE(bad);
    ContainerConfig config;
    auto result = apply_change(config, bad);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::usage);
  }
}
