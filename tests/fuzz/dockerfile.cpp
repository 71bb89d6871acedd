// From the text of a Dockerfile to the plan of its build: every Dockerfile is planned or refused in one line, and what
// is planned stays within the image.

#include <algorithm>
#include <string>

#include "images/plan.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;
using namespace aictr::images;

namespace {

Result<Image> find_image(std::string_view name) {
  if (name == "missing") return make_error(Kind::not_found, "no image 'missing'");
  Image image;
  image.config.platform = oci::native_platform();
  image.config.config.env = {"PATH=/bin", "a=1"};
  image.config.config.working_dir = "/srv";
  if (name == "triggers") image.config.config.on_build = {"COPY . /src", "RUN <<E\nbody\nE", "ENV a=$a$a"};
  return image;
}

bool is_one_line(const std::string& text) {
  return text.find('\n') == std::string::npos;
}

bool leaves_its_root(const std::string& path) {
  return !path.starts_with('/') || ("/" + path + "/").find("/../") != std::string::npos;
}

struct Check {
  const Plan& plan;
  std::size_t stage = 0;

  void origin(const Origin& origin) const {
    const auto* from = std::get_if<FromStage>(&origin);
    require(from == nullptr || from->stage < stage, "a stage comes after those that it takes from");
  }

  void operator()(const std::monostate&) const {}

  void operator()(const RunAction& run) const {
    require(!run.arguments.empty(), "a step runs something");
    for (const RunMount& mount : run.mounts) {
      bool only_a_variable = mount.target.empty();
      require(only_a_variable || !leaves_its_root(mount.target), "a mount's target is a clean path of the container");
      require(mount.target != "/", "a mount does not hide the root");
      if (const auto* bind = std::get_if<BindMount>(&mount.what)) origin(bind->origin);
      const auto* cache = std::get_if<CacheMount>(&mount.what);
      if (cache != nullptr && cache->seed) origin(cache->seed->origin);
    }
  }

  void operator()(const CopyAction& copy) const {
    require(!leaves_its_root(copy.destination), "a destination is a clean path of the image");
    origin(copy.origin);
  }

  void operator()(const MakeDirectoryAction& make) const {
    require(!leaves_its_root(make.path), "a working directory is a clean path of the image");
  }
};

void check_plan(const Dockerfile& file, const Plan& plan) {
  require(!plan.stages.empty(), "a plan has a target");
  for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
    for (const PlannedStep& step : plan.stages[stage].steps) {
      std::visit(Check{plan, stage}, step.action);
      require(step.lines.first >= 1 && step.lines.first <= step.lines.last &&
                  step.lines.last <= static_cast<int>(file.lines.size()),
              "a step has its lines");
      require(is_one_line(step.title), "a title is one line");
    }
  }
}

void check_refusal(const Error& error) {
  require(error.kind != Kind::internal, "what is wrong with a Dockerfile is no fault of ours");
  require(!error.message.empty() && is_one_line(error.hint), "an error says something, and its hint is one line");
}

}  // namespace

void fuzz(std::string_view input) {
  auto file = parse_dockerfile("Dockerfile", input);
  if (!file.ok()) return check_refusal(file.error());
  PlanOptions options;
  options.arguments = {{"a", "given"}, {"HTTP_PROXY", "http://proxy.test"}};
  auto plan = make_plan(file.value(), options, find_image);
  if (!plan.ok()) return check_refusal(plan.error());
  check_plan(file.value(), plan.value());
}
