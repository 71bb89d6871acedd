#include "images/worker_channel.h"

#include <thread>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::images;

namespace {

using Topic = WorkerMessage::Topic;

}  // namespace

TEST_CASE("what a worker says arrives whole and in order, however long it is") {
  auto [build, worker] = WorkerChannel::pair().value();
  std::string longer_than_a_packet(1'000'000, 'x');
  std::thread sender([&channel = worker, &longer_than_a_packet] {
    CHECK(channel.send(Topic::started, 3, "[1/2] RUN make").ok());
    CHECK(channel.send(Topic::digests, 0, longer_than_a_packet).ok());
    CHECK(channel.send(Topic::finished, 3, "").ok());
  });
  auto first = build.receive().value();
  auto second = build.receive().value();
  auto third = build.receive().value();
  sender.join();
  REQUIRE((first && second && third));
  CHECK(first->topic == Topic::started);
  CHECK(first->number == 3);
  CHECK(first->text == "[1/2] RUN make");
  CHECK(second->text == longer_than_a_packet);
  CHECK(third->topic == Topic::finished);
  CHECK(third->text.empty());
}

TEST_CASE("a worker that is gone is noticed") {
  auto [build, worker] = WorkerChannel::pair().value();
  worker.close();
  auto message = build.receive();
  REQUIRE(message.ok());
  CHECK_FALSE(message.value());
}

TEST_CASE("an error is the same on the other side") {
  Error error{Kind::denied, 13, "step failed: 'x\xff'", "do something", "   1 | RUN x\n"};
  Error same = parse_error(print_error(error));
  CHECK(same.kind == error.kind);
  CHECK(same.code == error.code);
  CHECK(same.message.starts_with("step failed: 'x"));
  CHECK(same.hint == error.hint);
  CHECK(same.excerpt == error.excerpt);
}

TEST_CASE("a built stage is the same on the other side") {
  BuiltStage stage;
  stage.layers = {oci::Digest::parse("sha256:" + std::string(64, 'a')).value()};
  stage.history.push_back({"2026-01-01T00:00:00Z", "RUN x", "", "c", true});
  stage.created = "2026-01-01T00:00:00Z";
  stage.keys = {"k1", "k2"};
  BuiltStage same = parse_stage(print_stage(stage)).value();
  CHECK(same.layers == stage.layers);
  REQUIRE(same.history.size() == 1);
  CHECK(same.history[0].created_by == "RUN x");
  CHECK(same.history[0].empty_layer);
  CHECK(same.created == stage.created);
  CHECK(same.keys == stage.keys);
  CHECK_FALSE(parse_stage("{}x").ok());
}

TEST_CASE("how a step ended is the same on the other side") {
  auto [build, worker] = WorkerChannel::pair().value();
  ChannelObserver observer(worker);
  observer.started(4, "base", "[base 1/2] RUN x");
  observer.finished(4, BuildObserver::Outcome::cached, 12'000'000'000);
  CHECK(build.receive().value()->text == "base\n[base 1/2] RUN x");
  FinishedStep step = parse_finished(build.receive().value()->text);
  CHECK(step.outcome == BuildObserver::Outcome::cached);
  CHECK(step.bytes == 12'000'000'000);
  CHECK(parse_finished("").bytes == 0);
  CHECK(parse_finished("2").outcome == BuildObserver::Outcome::failed);
}
