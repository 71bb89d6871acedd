#include "images/instruction.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"
#include "images/instruction_flags.h"

namespace aictr::images {
namespace {

Error wrong(std::string message, std::string hint = {}) {
  return make_error(Kind::usage, std::move(message), std::move(hint));
}

Result<void> need_arguments(const RawInstruction& raw, std::string_view what) {
  if (!raw.arguments.empty()) return {};
  return wrong(fmt::format("{} is missing", what));
}

// The JSON form, or all of the text for a shell.
Result<CommandLine> command_line(std::string_view arguments) {
  if (auto words = TRY(json_words(arguments))) return CommandLine{false, std::move(*words)};
  return CommandLine{true, {std::string(arguments)}};
}

// The JSON form, or words at blanks.
Result<std::vector<std::string>> list(std::string_view arguments) {
  if (auto found = TRY(json_words(arguments))) return std::move(*found);
  return words(arguments);
}

// "[a-z][a-z0-9_.-]*"
bool is_stage_name(std::string_view name) {
  auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  auto may_follow = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), may_follow);
}

Result<FromInstruction> parse_from(const RawInstruction& raw, char) {
  constexpr FlagRule kFlags[] = {{"platform"}};
  TRY(check_flags(raw, kFlags));
  auto arguments = words(raw.arguments);
  FromInstruction from;
  if (arguments.size() != 1 && (arguments.size() != 3 || lower(arguments[1]) != "as")) {
    return wrong(arguments.empty() ? "the image is missing" : fmt::format("'{}' is not an image", raw.arguments),
                 "write FROM IMAGE or FROM IMAGE AS NAME");
  }
  from.image = arguments[0];
  from.platform = flag_text(raw, "platform");
  if (arguments.size() == 1) return from;
  from.name = lower(arguments[2]);
  if (is_stage_name(from.name)) return from;
  return wrong(fmt::format("'{}' is no name for a stage", arguments[2]),
               "a stage's name begins with a letter and goes on with letters, digits, '-', '_' and '.'");
}

Result<ArgInstruction> parse_arg(const RawInstruction& raw, char escape) {
  TRY(check_flags(raw, {}));
  TRY(need_arguments(raw, "the name"));
  ArgInstruction arg;
  for (const std::string& word : quoted_words(raw.arguments, escape)) {
    std::size_t equals = word.find('=');
    ArgInstruction::Declaration declaration{word.substr(0, equals), std::nullopt};
    if (equals != std::string::npos) declaration.fallback = word.substr(equals + 1);
    if (declaration.name.empty()) return wrong(fmt::format("'{}' has no name", word), "write NAME or NAME=VALUE");
    arg.declarations.push_back(std::move(declaration));
  }
  return arg;
}

Result<std::vector<NameValue>> parse_pairs(const RawInstruction& raw, char escape) {
  TRY(check_flags(raw, {}));
  TRY(need_arguments(raw, "NAME=VALUE"));
  std::vector<NameValue> pairs = TRY(name_values(raw.arguments, escape));
  for (const NameValue& pair : pairs) {
    if (pair.name.empty()) return wrong(fmt::format("'={}' has no name", pair.value), "write NAME=VALUE");
  }
  return pairs;
}

Result<EnvInstruction> parse_env(const RawInstruction& raw, char escape) {
  return EnvInstruction{TRY(parse_pairs(raw, escape))};
}

Result<LabelInstruction> parse_label(const RawInstruction& raw, char escape) {
  return LabelInstruction{TRY(parse_pairs(raw, escape))};
}

Result<RunInstruction> parse_run(const RawInstruction& raw, char) {
  constexpr FlagRule kFlags[] = {{"network"},
                                 {"mount", FlagRule::Type::list},
                                 {"security", FlagRule::Type::text, false},
                                 {"device", FlagRule::Type::list, false}};
  TRY(check_flags(raw, kFlags));
  TRY(need_arguments(raw, "the command"));
  RunInstruction run{TRY(command_line(raw.arguments)), true, flag_list(raw, "mount")};
  if (run.command.words.empty()) return wrong("the command is empty");
  std::string network = flag_text(raw, "network");
  if (!network.empty() && network != "default" && network != "none" && network != "host") {
    return wrong(fmt::format("'--network={}' is not default, none or host", network));
  }
  run.network = network != "none";
  return run;
}

Result<CopyInstruction> parse_sources(const RawInstruction& raw) {
  std::vector<std::string> arguments = TRY(list(raw.arguments));
  if (arguments.size() < 2) {
    return wrong(arguments.empty() ? "sources and destination are missing"
                                   : fmt::format("'{}' has no destination", arguments[0]),
                 "write COPY SOURCE... DESTINATION");
  }
  CopyInstruction copy;
  copy.destination = std::move(arguments.back());
  arguments.pop_back();
  copy.sources = std::move(arguments);
  if (parse_heredoc(copy.destination)) {
    return wrong(fmt::format("the heredoc '{}' cannot be the destination", copy.destination));
  }
  copy.chown = flag_text(raw, "chown");
  copy.chmod = flag_text(raw, "chmod");
  copy.excludes = flag_list(raw, "exclude");
  return copy;
}

Result<CopyInstruction> parse_copy(const RawInstruction& raw, char) {
  constexpr FlagRule kFlags[] = {{"from"},
                                 {"chown"},
                                 {"chmod"},
                                 {"link", FlagRule::Type::boolean},
                                 {"exclude", FlagRule::Type::list},
                                 {"parents", FlagRule::Type::boolean}};
  TRY(check_flags(raw, kFlags));
  CopyInstruction copy = TRY(parse_sources(raw));
  copy.from = flag_text(raw, "from");
  copy.parents = flag_switch(raw, "parents").value_or(false);
  for (const std::string& source : copy.sources) {
    if (!source.starts_with("http://") && !source.starts_with("https://")) continue;
    return wrong(fmt::format("'{}' is a URL, and COPY copies files", source), "ADD fetches from a URL");
  }
  return copy;
}

Result<CopyInstruction> parse_add(const RawInstruction& raw, char) {
  constexpr FlagRule kFlags[] = {{"chown"},
                                 {"chmod"},
                                 {"link", FlagRule::Type::boolean},
                                 {"exclude", FlagRule::Type::list},
                                 {"unpack", FlagRule::Type::boolean},
                                 {"checksum"},
                                 {"keep-git-dir", FlagRule::Type::boolean}};
  TRY(check_flags(raw, kFlags));
  CopyInstruction copy = TRY(parse_sources(raw));
  copy.add = true;
  copy.unpack = flag_switch(raw, "unpack");
  copy.checksum = flag_text(raw, "checksum");
  copy.keep_git_folder = flag_switch(raw, "keep-git-dir").value_or(false);
  return copy;
}

// All of the arguments are one word, blanks inside of it too.
Result<std::string> parse_text(const RawInstruction& raw, std::string_view what) {
  TRY(check_flags(raw, {}));
  TRY(need_arguments(raw, what));
  return raw.arguments;
}

Result<WorkdirInstruction> parse_workdir(const RawInstruction& raw, char) {
  return WorkdirInstruction{TRY(parse_text(raw, "the directory"))};
}

Result<UserInstruction> parse_user(const RawInstruction& raw, char) {
  return UserInstruction{TRY(parse_text(raw, "the user"))};
}

Result<StopSignalInstruction> parse_stop_signal(const RawInstruction& raw, char) {
  return StopSignalInstruction{TRY(parse_text(raw, "the signal"))};
}

Result<MaintainerInstruction> parse_maintainer(const RawInstruction& raw, char) {
  return MaintainerInstruction{TRY(parse_text(raw, "the name"))};
}

Result<ExposeInstruction> parse_expose(const RawInstruction& raw, char) {
  TRY(check_flags(raw, {}));
  TRY(need_arguments(raw, "the port"));
  ExposeInstruction expose{words(raw.arguments)};
  std::sort(expose.ports.begin(), expose.ports.end());
  return expose;
}

Result<VolumeInstruction> parse_volume(const RawInstruction& raw, char) {
  TRY(check_flags(raw, {}));
  TRY(need_arguments(raw, "the path"));
  VolumeInstruction volume;
  for (const std::string& path : TRY(list(raw.arguments))) {
    volume.paths.emplace_back(trim(path));
    if (volume.paths.back().empty()) return wrong("a path is empty");
  }
  if (volume.paths.empty()) return wrong("the path is missing");
  return volume;
}

Result<ShellInstruction> parse_shell(const RawInstruction& raw, char) {
  TRY(check_flags(raw, {}));
  TRY(need_arguments(raw, "the shell"));
  auto shell = TRY(json_words(raw.arguments));
  if (!shell)
    return wrong(fmt::format("'{}' is not a JSON array", raw.arguments), "write SHELL [\"/bin/bash\", \"-c\"]");
  if (shell->empty()) return wrong("the shell is missing");
  return ShellInstruction{std::move(*shell)};
}

Result<CmdInstruction> parse_cmd(const RawInstruction& raw, char) {
  TRY(check_flags(raw, {}));
  return CmdInstruction{TRY(command_line(raw.arguments))};
}

Result<EntrypointInstruction> parse_entrypoint(const RawInstruction& raw, char) {
  TRY(check_flags(raw, {}));
  return EntrypointInstruction{TRY(command_line(raw.arguments))};
}

Result<std::int64_t> interval(const RawInstruction& raw, std::string_view name) {
  std::string text = flag_text(raw, name);
  if (text.empty()) return 0;
  auto duration = TRY_AS(fmt::format("--{}", name), parse_duration(text));
  if (duration.count() == 0 || duration >= std::chrono::milliseconds(1)) return duration.count();
  return wrong(fmt::format("--{}: '{}' is less than a millisecond", name, text));
}

Result<int> retries(const RawInstruction& raw) {
  std::string text = flag_text(raw, "retries");
  if (text.empty()) return 0;
  auto count = parse_number<int>(text);
  if (!count || *count < 0) return wrong(fmt::format("--retries: '{}' is not a whole number from 0", text));
  return *count;
}

Result<HealthCheckInstruction> parse_health_check(const RawInstruction& raw, char) {
  constexpr FlagRule kFlags[] = {{"interval"}, {"timeout"}, {"start-period"}, {"start-interval"}, {"retries"}};
  TRY(check_flags(raw, kFlags));
  std::size_t end = std::min(raw.arguments.find_first_of(" \t"), raw.arguments.size());
  std::string type = lower(raw.arguments.substr(0, end));
  std::string_view rest = trim(std::string_view(raw.arguments).substr(end));
  HealthCheckInstruction health;
  if (type == "none") {
    if (!rest.empty()) return wrong(fmt::format("NONE takes no arguments, but here is '{}'", rest));
    health.check.test = {"NONE"};
    return health;
  }
  if (type.empty()) return wrong("CMD or NONE is missing", "write HEALTHCHECK CMD COMMAND");
  if (type != "cmd") {
    return wrong(fmt::format("'{}' is neither CMD nor NONE", raw.arguments.substr(0, end)),
                 "write HEALTHCHECK CMD COMMAND");
  }
  CommandLine command = TRY(command_line(rest));
  if (rest.empty() || command.words.empty()) return wrong("the command behind CMD is missing");
  health.check.test = {command.shell ? "CMD-SHELL" : "CMD"};
  health.check.test.insert(health.check.test.end(), command.words.begin(), command.words.end());
  health.check.interval = TRY(interval(raw, "interval"));
  health.check.timeout = TRY(interval(raw, "timeout"));
  health.check.start_period = TRY(interval(raw, "start-period"));
  health.check.start_interval = TRY(interval(raw, "start-interval"));
  health.check.retries = TRY(retries(raw));
  return health;
}

Result<OnBuildInstruction> parse_on_build(const RawInstruction& raw, char escape) {
  TRY(check_flags(raw, {}));
  TRY(need_arguments(raw, "the instruction"));
  RawInstruction inner = TRY(parse_single_instruction(raw.arguments));
  std::string keyword = lower(inner.keyword);
  if (keyword == "onbuild" || keyword == "from" || keyword == "maintainer") {
    return wrong(fmt::format("'{}' cannot wait for a later build", inner.keyword));
  }
  TRY(parse_instruction(inner, escape));
  OnBuildInstruction trigger{raw.arguments};
  for (const Heredoc& heredoc : raw.heredocs) trigger.text += "\n" + heredoc.content + heredoc.name;
  return trigger;
}

template <auto parse>
Result<Instruction> as(const RawInstruction& raw, char escape) {
  return Instruction(TRY(parse(raw, escape)));
}

struct Keyword {
  std::string_view name;
  Result<Instruction> (*parse)(const RawInstruction& raw, char escape);
};

constexpr Keyword kKeywords[] = {
    {"ADD", as<parse_add>},
    {"ARG", as<parse_arg>},
    {"CMD", as<parse_cmd>},
    {"COPY", as<parse_copy>},
    {"ENTRYPOINT", as<parse_entrypoint>},
    {"ENV", as<parse_env>},
    {"EXPOSE", as<parse_expose>},
    {"FROM", as<parse_from>},
    {"HEALTHCHECK", as<parse_health_check>},
    {"LABEL", as<parse_label>},
    {"MAINTAINER", as<parse_maintainer>},
    {"ONBUILD", as<parse_on_build>},
    {"RUN", as<parse_run>},
    {"SHELL", as<parse_shell>},
    {"STOPSIGNAL", as<parse_stop_signal>},
    {"USER", as<parse_user>},
    {"VOLUME", as<parse_volume>},
    {"WORKDIR", as<parse_workdir>},
};

Error unknown_keyword(const std::string& word) {
  std::vector<std::string> names;
  for (const Keyword& keyword : kKeywords) names.push_back(lower(keyword.name));
  auto meant = nearest(lower(word), names);
  std::string hint = "a command needs RUN in front, and a backslash ends each of its lines but the last";
  if (meant) {
    for (const Keyword& keyword : kKeywords) {
      if (lower(keyword.name) == *meant) hint = fmt::format("did you mean '{}'?", keyword.name);
    }
  }
  return wrong(fmt::format("unknown instruction '{}'", word), std::move(hint));
}

}  // namespace

std::string_view keyword_of(const Instruction& instruction) {
  // In the order of the variant's alternatives.
  constexpr std::string_view kNames[] = {"FROM",    "ARG",        "ENV",         "LABEL",   "RUN",        "COPY",
                                         "WORKDIR", "USER",       "EXPOSE",      "VOLUME",  "STOPSIGNAL", "SHELL",
                                         "CMD",     "ENTRYPOINT", "HEALTHCHECK", "ONBUILD", "MAINTAINER"};
  static_assert(std::size(kNames) == std::variant_size_v<Instruction>);
  const auto* copy = std::get_if<CopyInstruction>(&instruction);
  return copy != nullptr && copy->add ? "ADD" : kNames[instruction.index()];
}

Result<Instruction> parse_instruction(const RawInstruction& raw, char escape) {
  std::string name = lower(raw.keyword);
  for (const Keyword& keyword : kKeywords) {
    if (lower(keyword.name) == name) return TRY_AS(keyword.name, keyword.parse(raw, escape));
  }
  return unknown_keyword(raw.keyword);
}

}  // namespace aictr::images
