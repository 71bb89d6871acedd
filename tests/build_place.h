#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/build.h"
#include "images/snapshot.h"
#include "tests/temp_dir.h"

namespace aictr::test {

// Does what a test says instead of running a container.
class FakeRunner : public images::StepRunner {
 public:
  using Act = std::function<int(int root, const images::Step& step, const images::OutputSink& output)>;

  Result<images::StepEnd> run(images::Step step, const images::OutputSink& output) override {
    ++runs;
    last_environment = step.environment;
    return images::StepEnd{act ? act(step.rootfs.get(), step, output) : 0, false};
  }

  Act act;
  int runs = 0;
  std::vector<std::string> last_environment;
};

// Writes down what it is told: "[1/2] COPY . .: done".
class Log : public images::BuildObserver {
 public:
  void planned(std::size_t steps) override { planned_steps = steps; }
  void started(std::size_t step, const std::string&, const std::string& title) override { titles_[step] = title; }
  void output(std::size_t, std::string_view text) override { printed += text; }
  void finished(std::size_t step, Outcome outcome, std::int64_t) override {
    constexpr const char* kNames[] = {"done", "cached", "failed", "cancelled"};
    lines.push_back(titles_[step] + ": " + kNames[static_cast<int>(outcome)]);
  }
  void warning(const std::string& text) override { lines.push_back("warning: " + text); }

  std::size_t planned_steps = 0;
  std::vector<std::string> lines;
  std::string printed;

 private:
  std::map<std::size_t, std::string> titles_;
};

// A store, a build context and everything that a build wants, in a directory that goes with it.
class BuildPlace {
 public:
  BuildPlace() : store(images::Store::open(dir / "store").value()) {
    REQUIRE(make_directories(AT_FDCWD, context(), 0755).ok());
  }

  std::string context() const { return dir / "context"; }

  // A file of the context; its folders are made.
  void file(const std::string& path, const std::string& content = "", mode_t mode = 0644) {
    std::string whole = context() + "/" + path;
    REQUIRE(make_directories(AT_FDCWD, whole.substr(0, whole.rfind('/')), 0755).ok());
    REQUIRE(write_file(AT_FDCWD, whole, content, mode).ok());
    REQUIRE(sys::chmod_at(AT_FDCWD, whole, mode).ok());
  }

  Result<images::Image> try_build(const std::string& dockerfile) {
    log = Log();
    options.contexts.resize(1);
    options.contexts[0].path = context();
    options.dockerfile = context() + "/Dockerfile";
    options.contexts[0].own_ignore_file = options.dockerfile + ".dockerignore";
    options.dockerfile_text = dockerfile;
    return images::build(options, store, runner, log);
  }

  images::Image build(const std::string& dockerfile) {
    auto image = try_build(dockerfile);
    REQUIRE_MESSAGE(image.ok(), (image.ok() ? "" : image.error().message));
    return std::move(image).value();
  }

  // The message and hint of a build that must fail, without the path of the context.
  std::string refusal(const std::string& dockerfile) {
    auto image = try_build(dockerfile);
    REQUIRE_FALSE(image.ok());
    std::string text = image.error().message;
    if (!image.error().hint.empty()) text += " | " + image.error().hint;
    for (auto at = text.find(context() + "/"); at != std::string::npos; at = text.find(context() + "/")) {
      text.erase(at, context().size() + 1);
    }
    return text;
  }

  // The image's files, read-only.
  UniqueFd mount(const images::Image& image) {
    return images::mount_layers(store, image.config.diff_ids, std::nullopt).value();
  }

  TempDir dir;
  images::Store store;
  images::BuildOptions options;
  FakeRunner runner;
  Log log;
};

inline std::string content(const UniqueFd& root, const std::string& path) {
  return read_file(root.get(), path).value_or("(missing)");
}

inline struct stat status(const UniqueFd& root, const std::string& path) {
  auto st = sys::stat(root.get(), path);
  REQUIRE_MESSAGE(st.ok(), path);
  return st.value();
}

inline unsigned mode(const UniqueFd& root, const std::string& path) {
  return status(root, path).st_mode & 07777;
}

}  // namespace aictr::test
