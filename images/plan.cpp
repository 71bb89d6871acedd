#include "images/plan.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/text.h"
#include "images/stage_planner.h"

namespace aictr::images {
namespace {

struct ParsedInstruction {
  const RawInstruction* raw = nullptr;
  Instruction what;
};

// A stage as the Dockerfile has it.
struct WrittenStage {
  ParsedInstruction from;
  std::string image;     // with its variables substituted
  std::string platform;  // the same
  std::vector<ParsedInstruction> instructions;

  const FromInstruction& parsed() const { return std::get<FromInstruction>(from.what); }
};

Result<std::vector<WrittenStage>> read_stages(const Dockerfile& file, GlobalArguments& global) {
  std::vector<WrittenStage> stages;
  for (const RawInstruction& raw : file.instructions) {
    auto parsed = parse_instruction(raw, file.escape);
    if (!parsed.ok()) return file.error_at(raw.lines, std::move(parsed).error());
    if (std::holds_alternative<FromInstruction>(parsed.value())) {
      stages.push_back({{&raw, std::move(parsed).value()}, {}, {}, {}});
    } else if (!stages.empty()) {
      stages.back().instructions.push_back({&raw, std::move(parsed).value()});
    } else if (const auto* arg = std::get_if<ArgInstruction>(&parsed.value())) {
      auto declared = global.declare(*arg, file.escape);
      if (!declared.ok()) return file.error_at(raw.lines, std::move(declared).error().context("ARG"));
    } else {
      return file.error_at(raw.lines,
                           make_error(Kind::usage, fmt::format("'{}' stands before the first FROM", raw.keyword),
                                      "only ARG may stand there"));
    }
  }
  if (!stages.empty()) return stages;
  return make_error(Kind::usage, fmt::format("{}: there is no FROM in it", file.name), "a Dockerfile begins with FROM");
}

std::string architecture(std::string_view name) {
  if (name == "x86_64" || name == "x86-64") return "amd64";
  if (name == "aarch64") return "arm64";
  return std::string(name);
}

Result<void> check_platform(const std::string& wanted, const oci::Platform& native) {
  auto parts = split(lower(wanted), '/');
  bool os_first = parts.size() > 1 || parts[0] == "linux" || parts[0] == "windows";
  std::string os = os_first ? parts[0] : "linux";
  std::string arch = architecture(!os_first ? parts[0] : parts.size() > 1 ? parts[1] : native.architecture);
  if (os == native.os && arch == native.architecture) return {};
  return make_error(Kind::unsupported,
                    fmt::format("platform '{}' is not this machine's, {}/{}", wanted, native.os, native.architecture),
                    "build on a machine of that platform");
}

class Planner {
 public:
  Planner(const Dockerfile& file, const PlanOptions& options, const FindImage& find_image)
      : file_(file),
        options_(options),
        find_image_(find_image),
        native_(oci::native_platform()),
        global_(native_, options.arguments) {}

  Result<Plan> run() {
    stages_ = TRY(read_stages(file_, global_));
    planned_.resize(stages_.size());
    for (WrittenStage& stage : stages_) TRY(expand_from(stage));
    std::size_t target = TRY(find_stage_named(options_.target));
    if (!options_.platform.empty()) TRY_AS("--platform", check_platform(options_.platform, native_));
    for (const std::string& name : options_.not_cached) not_cached_.insert(TRY(find_stage_named(name)));
    std::size_t last = TRY(plan_stage(target));
    for (const auto& [name, value] : options_.labels) plan_.stages[last].config.labels[name] = value;
    plan_.several_stages = stages_.size() > 1;
    return std::move(plan_);
  }

 private:
  struct Finished {
    std::size_t index = 0;  // in the plan
    StageVariables variables;
  };

  Error at(const RawInstruction& raw, Error cause) const { return file_.error_at(raw.lines, std::move(cause)); }

  Result<void> expand_from(WrittenStage& stage) {
    const RawInstruction& raw = *stage.from.raw;
    auto image = expand(stage.parsed().image, global_.lookup(), {.escape = file_.escape});
    if (!image.ok()) return at(raw, std::move(image).error().context("FROM"));
    auto platform = expand(stage.parsed().platform, global_.lookup(), {.escape = file_.escape});
    if (!platform.ok()) return at(raw, std::move(platform).error().context("FROM"));
    stage.image = std::move(image).value();
    stage.platform = std::move(platform).value();
    if (!stage.image.empty()) return {};
    return at(raw, make_error(Kind::usage, fmt::format("FROM: '{}' is empty once it is expanded", stage.parsed().image),
                              "declare the ARG above the first FROM, with a default or --build-arg"));
  }

  // The stage before `end` that has this name; the last one when several have.
  std::optional<std::size_t> find_stage(std::string_view name, std::size_t end) const {
    std::string wanted = lower(name);
    for (std::size_t i = end; i-- > 0;) {
      if (!stages_[i].parsed().name.empty() && stages_[i].parsed().name == wanted) return i;
    }
    return std::nullopt;
  }

  // By name or number; without either the last one.
  Result<std::size_t> find_stage_named(const std::string& text) const {
    if (text.empty()) return stages_.size() - 1;
    if (auto named = find_stage(text, stages_.size())) return *named;
    auto number = parse_number<unsigned>(text);
    if (number && *number < stages_.size()) return std::size_t{*number};
    std::vector<std::string> names;
    for (const WrittenStage& stage : stages_) names.push_back(stage.parsed().name);
    auto meant = nearest(lower(text), names);
    return make_error(Kind::usage, fmt::format("{}: there is no stage '{}'", file_.name, text),
                      meant && !meant->empty() ? fmt::format("did you mean '{}'?", *meant) : "");
  }

  std::string name_of(std::size_t index) const {
    const std::string& name = stages_[index].parsed().name;
    return name.empty() ? fmt::format("stage-{}", index) : name;
  }

  // Plans a stage and, before it, those that it uses; each once.
  Result<std::size_t> plan_stage(std::size_t index) {
    if (planned_[index]) return planned_[index]->index;
    const WrittenStage& written = stages_[index];
    PlannedStage stage;
    stage.name = name_of(index);
    stage.title = fmt::format("FROM {}", written.image);
    stage.lines = written.from.raw->lines;
    stage.may_be_cached = !not_cached_.contains(index);
    StageVariables variables;
    auto based = set_base(stage, variables, index);
    if (!based.ok()) return at_once(*written.from.raw, std::move(based).error());
    StagePlanner planner(stage, std::move(variables), global_, file_.escape,
                         [&](const std::string& from) { return find_origin(from, index); });
    TRY(add_triggers(planner, stage, *written.from.raw));
    for (const ParsedInstruction& instruction : written.instructions) {
      auto added = planner.add(*instruction.raw, instruction.what);
      if (!added.ok()) return at_once(*instruction.raw, std::move(added).error());
    }
    variables = planner.finish();
    plan_.stages.push_back(std::move(stage));
    planned_[index] = Finished{plan_.stages.size() - 1, std::move(variables)};
    return planned_[index]->index;
  }

  // Keeps the place of an error that has one already: it lies in another stage.
  Error at_once(const RawInstruction& raw, Error cause) const {
    return cause.excerpt.empty() ? at(raw, std::move(cause)) : std::move(cause);
  }

  Result<void> set_base(PlannedStage& stage, StageVariables& variables, std::size_t index) {
    const WrittenStage& written = stages_[index];
    if (!written.platform.empty()) TRY_AS("FROM", check_platform(written.platform, native_));
    auto given = options_.contexts.find(lower(written.image));
    if (given != options_.contexts.end()) return set_base(stage, variables, given->second);
    if (auto base = find_stage(written.image, index)) {
      std::size_t planned = TRY(plan_stage(*base));
      const PlannedStage& parent = plan_.stages[planned];
      stage.base = FromStage{planned};
      stage.platform = parent.platform;
      stage.config = parent.config;
      stage.author = parent.author;
      variables = planned_[*base]->variables;
      return {};
    }
    if (lower(written.image) == "scratch") {
      stage.platform = native_;
      stage.config.working_dir = "/";
      variables = StageVariables(std::vector<std::string>());
      return {};
    }
    set_base(stage, variables, TRY_AS("FROM", find_image_(written.image)));
    return {};
  }

  static void set_base(PlannedStage& stage, StageVariables& variables, Image image) {
    stage.platform = image.config.platform;
    stage.config = image.config.config;
    stage.author = image.config.author;
    variables = StageVariables(image.config.config.env);
    stage.base = std::move(image);
  }

  Result<void> set_base(PlannedStage& stage, StageVariables& variables, const NamedContext& context) {
    const auto* image = std::get_if<std::string>(&context);
    if (image == nullptr) {
      return make_error(Kind::unsupported, "FROM: a --build-context that is a folder cannot be a base",
                        "write FROM scratch, and COPY --from it");
    }
    set_base(stage, variables, TRY_AS("FROM", find_image_(*image)));
    return {};
  }

  // ONBUILD of the base comes first, once.
  Result<void> add_triggers(StagePlanner& planner, PlannedStage& stage, const RawInstruction& from) {
    std::vector<std::string> triggers = std::exchange(stage.config.on_build, {});
    for (const std::string& trigger : triggers) {
      auto parsed = parse_dockerfile("ONBUILD", trigger);
      if (!parsed.ok()) return at_once(from, std::move(parsed).error().with_excerpt({}));
      for (RawInstruction& raw : parsed.value().instructions) {
        raw.lines = from.lines;
        auto instruction = parse_instruction(raw);
        if (!instruction.ok()) return at(from, std::move(instruction).error().context("ONBUILD"));
        auto added = planner.add(raw, instruction.value());
        if (!added.ok()) return at_once(from, std::move(added).error().context("ONBUILD"));
      }
    }
    return {};
  }

  // What COPY --from and a mount's from= name: an earlier stage by name or number, or an image.
  Result<Origin> find_origin(const std::string& from, std::size_t user) {
    auto given = options_.contexts.find(lower(from));
    if (given == options_.contexts.end()) return Origin(FromStage{TRY(find_source_stage(from, user))});
    if (const auto* context = std::get_if<FromContext>(&given->second)) return Origin(*context);
    return Origin(FromStage{TRY(plan_image(std::get<std::string>(given->second)))});
  }

  Result<std::size_t> find_source_stage(const std::string& from, std::size_t user) {
    if (auto number = parse_number<unsigned>(from)) {
      if (*number < user) return plan_stage(*number);
      return make_error(Kind::usage, fmt::format("'from={}' is not an earlier stage", from),
                        user == 0   ? "this is the first stage"
                        : user == 1 ? "the stage before this is 0"
                                    : fmt::format("the stages before this are 0 to {}", user - 1));
    }
    if (auto named = find_stage(from, user)) return plan_stage(*named);
    if (find_stage(from, stages_.size())) {
      return make_error(Kind::usage, fmt::format("'from={}' is not an earlier stage", from),
                        "move that stage up: only what is above can be taken from");
    }
    return plan_image(from);
  }

  Result<std::size_t> plan_image(const std::string& name) {
    for (std::size_t i = 0; i < plan_.stages.size(); ++i) {
      if (plan_.stages[i].steps.empty() && plan_.stages[i].name == name) return i;
    }
    PlannedStage stage;
    stage.name = name;
    stage.title = fmt::format("FROM {}", name);
    stage.base = TRY(find_image_(name));
    plan_.stages.push_back(std::move(stage));
    return plan_.stages.size() - 1;
  }

  const Dockerfile& file_;
  const PlanOptions& options_;
  const FindImage& find_image_;
  oci::Platform native_;
  GlobalArguments global_;
  std::vector<WrittenStage> stages_;
  std::vector<std::optional<Finished>> planned_;
  std::set<std::size_t> not_cached_;
  Plan plan_;
};

}  // namespace

std::size_t PlannedStage::action_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(steps, &PlannedStep::acts));
}

Result<Plan> make_plan(const Dockerfile& file, const PlanOptions& options, const FindImage& find_image) {
  return Planner(file, options, find_image).run();
}

}  // namespace aictr::images
