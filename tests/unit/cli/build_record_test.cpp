#include "cli/build_record.h"

#include <doctest/doctest.h>

using namespace aictr::cli;
using Outcome = RecordedStep::Outcome;

namespace {

class Next : public aictr::images::BuildObserver {
 public:
  void planned(std::size_t steps) override { log += std::to_string(steps) + ";"; }
  void started(std::size_t, const std::string& stage, const std::string& title) override {
    log += stage + " " + title + ";";
  }
  void output(std::size_t, std::string_view text) override { log += std::string(text) + ";"; }
  void finished(std::size_t, Outcome, std::int64_t bytes) override { log += std::to_string(bytes) + ";"; }
  void warning(const std::string& text) override { log += text + ";"; }
  std::string log;
};

}  // namespace

TEST_CASE("a record hands everything on, a warning once") {
  Next next;
  BuildRecord record(next);
  record.planned(2);
  record.started(1, "build", "[1/2] RUN a");
  record.output(1, "text");
  record.warning("heavy");
  record.warning("heavy");
  record.finished(1, Outcome::cached, 7);
  record.started(2, "build", "[2/2] RUN b");
  CHECK(next.log == "2;build [1/2] RUN a;text;heavy;7;build [2/2] RUN b;");
  REQUIRE(record.steps().size() == 2);
  CHECK(record.steps()[0].outcome == Outcome::cached);
  CHECK(record.steps()[0].bytes == 7);
  CHECK_FALSE(record.steps()[0].running);
  CHECK(record.steps()[1].running);
}

TEST_CASE("a summary says what was cached, what took longest, and how big the layers are") {
  const std::vector<RecordedStep> steps = {
      {1, "0", "[1/5] FROM python:3.9", 0, 0, false, Outcome::cached, 152'000'000},
      {2, "0", "[2/5] COPY requirements.txt .", 0, 0.1, false, Outcome::cached, 2048},
      {3, "0", "[3/5] RUN pip install -r requirements.txt", 0.1, 12.5, false, Outcome::done, 30'500'000},
      {4, "0", "[4/5] RUN true", 12.5, 12.6, false, Outcome::done, 0},
      {5, "0", "[5/5] COPY . .", 12.6, 13, false, Outcome::done, 4096},
      {6, "", "exporting the cache to 'x'", 13, 14, false, Outcome::done, 0},
  };
  CHECK(build_summary(steps, 14.04) ==
        "1 of 4 steps were cached, 14.0s in all; longest: 12.4s [3/5] RUN pip install -r requirements.txt\n"
        "layers:\n"
        "     152MB     base  [1/5] FROM python:3.9\n"
        "    2.05kB   cached  [2/5] COPY requirements.txt .\n"
        "    30.5MB    12.4s  [3/5] RUN pip install -r requirements.txt\n"
        "     4.1kB     0.4s  [5/5] COPY . .\n");
}

TEST_CASE("a build that found everything has no longest step") {
  CHECK(build_summary({{1, "0", "[1/1] RUN true", 0, 0, false, Outcome::cached, 0}}, 0.02) ==
        "1 of 1 steps were cached, 0.0s in all\n");
}
