#include "cli/raw_progress.h"

#include <chrono>
#include <map>

#include <fmt/core.h>

#include "base/base64.h"
#include "base/units.h"
#include "cli/report.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

using oci::Json;

std::string now() {
  return rfc3339(std::chrono::system_clock::now());
}

// Readers tell steps apart by it.
Json digest_of(std::size_t step) {
  return Json(fmt::format("sha256:{:064x}", step));
}

class RawProgress : public Progress {
 public:
  void planned(std::size_t) override {}

  void started(std::size_t step, const std::string&, const std::string& title) override {
    Json vertex;
    vertex.set("digest", digest_of(step));
    vertex.set("name", Json(title));
    vertex.set("started", Json(now()));
    line("vertexes", vertex);
    steps_[step] = std::move(vertex);
  }

  void output(std::size_t step, std::string_view text) override {
    if (text.empty()) return;
    Json log;
    log.set("vertex", digest_of(step));
    log.set("stream", Json(std::int64_t{1}));
    log.set("data", Json(base64_encode(text)));
    log.set("timestamp", Json(now()));
    line("logs", std::move(log));
  }

  void finished(std::size_t step, Outcome outcome, std::int64_t) override {
    Json vertex = std::move(steps_[step]);
    steps_.erase(step);
    vertex.set("completed", Json(now()));
    if (outcome == Outcome::cached) vertex.set("cached", Json(true));
    if (outcome == Outcome::failed) vertex.set("error", Json(std::string("the step failed")));
    if (outcome == Outcome::cancelled) vertex.set("error", Json(std::string("context canceled")));
    line("vertexes", std::move(vertex));
  }

  void warning(const std::string& text) override {
    Json warning;
    warning.set("level", Json(std::int64_t{1}));
    warning.set("short", Json(base64_encode(text)));
    line("warnings", std::move(warning));
  }

  void end() override {}

 private:
  static void line(std::string_view member, Json object) {
    Json all;
    all.set(member, Json(Json::Array{std::move(object)}));
    show(oci::print_json(all) + "\n");
  }

  std::map<std::size_t, Json> steps_;
};

}  // namespace

std::unique_ptr<Progress> make_raw_progress() {
  return std::make_unique<RawProgress>();
}

}  // namespace aictr::cli
