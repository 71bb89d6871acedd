#include "images/stage_planner.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/signal_name.h"
#include "base/text.h"
#include "images/clean_path.h"
#include "images/download.h"
#include "images/expose.h"
#include "images/git_source.h"
#include "images/ignore.h"
#include "images/mode_change.h"
#include "images/path_pattern.h"

namespace aictr::images {
namespace {

constexpr std::string_view kMark = " # aictr";  // behind history lines of steps that made a layer, as others do

Error wrong(std::string message, std::string hint = {}) {
  return make_error(Kind::usage, std::move(message), std::move(hint));
}

// ["a" "b"]
std::string quoted_list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += text.empty() ? "\"" : " \"";
    for (char c : word) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return "[" + text + "]";
}

std::string plain_list(const std::vector<std::string>& words) {
  return "[" + join(words, " ") + "]";
}

Error nothing_left(std::string_view text, std::string_view what = "") {
  return wrong(fmt::format("{}'{}' is empty once it is expanded", what, text),
               "give the variable a value with ARG or ENV above");
}

// What can be told of the words of a COPY before anything is there to copy.
Result<void> check_words(const CopyAction& action) {
  if (!action.chmod.empty()) TRY_AS("--chmod", ModeChange::parse(action.chmod));
  TRY_AS("--exclude", IgnoreRules::of_patterns(action.excludes));
  auto dialect = action.parents ? PathPattern::Dialect::ignore : PathPattern::Dialect::source;
  for (const std::string& source : action.sources) TRY(PathPattern::parse(source, dialect));
  return {};
}

void insert_sorted(std::vector<std::string>& set, const std::string& value) {
  auto place = std::lower_bound(set.begin(), set.end(), value);
  if (place == set.end() || *place != value) set.insert(place, value);
}

bool names_directory(std::string_view destination) {
  return destination.empty() || destination == "." || destination.ends_with('/') || destination.ends_with("/.");
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

// The text that the shell gets for RUN with heredocs: all of them, to be read by the shell itself.
std::string with_documents(std::string text, const std::vector<Heredoc>& heredocs) {
  for (const Heredoc& heredoc : heredocs) text += "\n" + heredoc.content + heredoc.name;
  return text;
}

}  // namespace

struct StagePlanner::Visitor {
  StagePlanner& self;
  oci::ContainerConfig& config = self.stage_.config;

  Result<void> operator()(const FromInstruction&) { return {}; }  // begins a stage: plan.cpp

  Result<void> operator()(const ArgInstruction& arg) {
    std::string printed = "ARG";
    for (const auto& [name, fallback] : arg.declarations) {
      std::optional<std::string> value = self.global_.given(name);
      if (!value && fallback) value = TRY(self.expanded(*fallback));
      if (!value) value = self.global_.find(name);
      self.variables_.declare(name, value);
      printed += " " + name + (value ? "=" + *value : "");
    }
    self.record(std::move(printed));
    return {};
  }

  Result<std::vector<NameValue>> expanded(const std::vector<NameValue>& pairs) {
    std::vector<NameValue> all;
    for (const auto& [name, value] : pairs) {
      std::string key = TRY(self.expanded(name));
      if (key.empty()) return nothing_left(name, "the name ");
      std::string text = TRY(self.expanded(value));
      all.push_back({std::move(key), std::move(text)});
    }
    return all;
  }

  Result<void> operator()(const EnvInstruction& env) {
    std::string printed = "ENV";
    for (const auto& [name, value] : TRY(expanded(env.pairs))) {
      self.variables_.set(name, value);
      printed += " " + name + "=" + value;
    }
    self.record(std::move(printed));
    return {};
  }

  Result<void> operator()(const LabelInstruction& label) {
    std::string printed = "LABEL";
    for (const auto& [name, value] : TRY(expanded(label.pairs))) {
      config.labels[name] = value;
      printed += " " + name + "=" + value;
    }
    self.record(std::move(printed));
    return {};
  }

  Result<void> operator()(const RunInstruction& run) {
    RunAction action;
    action.network = run.network;
    action.user = config.user;
    action.working_directory = config.working_dir.empty() ? "/" : config.working_dir;
    action.environment = self.variables_.environment();
    for (const std::string& mount : run.mounts) {
      action.mounts.push_back(TRY(parse_run_mount(mount, mount_reader(action.mounts.size()))));
    }
    const auto& heredocs = self.raw_->heredocs;
    CommandLine line = run.command;
    if (!heredocs.empty() && parse_heredoc(line.words[0])) {
      line.words[0] = heredocs[0].text();  // alone on its line: the shell runs what is in it
      if (line.words[0].starts_with("#!")) {
        action.script = RunAction::Script{fmt::format("{}/{}", kScriptDirectory, heredocs[0].name), line.words[0]};
        line.words[0] = action.script->path;
      }
    } else if (!heredocs.empty()) {
      line.words[0] = with_documents(line.words[0], heredocs);
    }
    action.arguments = self.command(line);
    std::vector<std::string> declared = self.variables_.arguments();
    std::string prefix = declared.empty() ? "" : fmt::format("|{} {} ", declared.size(), join(declared, " "));
    std::string printed = fmt::format("RUN {}{}{}", prefix, join(action.arguments, " "), kMark);
    self.act(std::move(printed)).action = std::move(action);
    return {};
  }

  MountReader mount_reader(std::size_t number) {
    return {[this](std::string_view text) { return self.expanded(text); },
            [this](const std::string& from) { return origin(from); }, config.working_dir, number};
  }

  Result<void> operator()(const CopyInstruction& copy) {
    CopyAction action;
    if (!copy.from.empty()) action.origin = TRY(origin(copy.from));
    for (const std::string& source : copy.sources) TRY(add_source(action, source, copy.add));
    if (!copy.checksum.empty()) TRY_AS("--checksum", set_checksum(copy.checksum, action));
    action.keep_git_folder = copy.keep_git_folder;
    std::string destination = TRY(self.expanded(copy.destination));
    action.destination = absolute_path(config.working_dir, destination);
    action.into_directory = names_directory(destination);
    action.chown = TRY(self.expanded(copy.chown));
    action.chmod = TRY(self.expanded(copy.chmod));
    action.parents = copy.parents;
    for (const std::string& pattern : copy.excludes) action.excludes.push_back(TRY(self.expanded(pattern)));
    action.unpack = copy.unpack.value_or(copy.add);
    action.unpack_downloads = copy.unpack.value_or(false);
    TRY(check_words(action));
    std::string printed = copy.add ? "ADD" : "COPY";
    if (!action.chown.empty()) printed += " --chown=" + action.chown;
    if (!action.chmod.empty()) printed += " --chmod=" + action.chmod;
    if (action.parents) printed += " --parents";
    for (const std::string& source : action.sources) printed += " " + source;
    for (const std::string& url : action.downloads) printed += " " + url;
    for (const auto& document : action.documents) printed += " <<" + document.name;
    self.act(fmt::format("{} {}{}", printed, destination, kMark)).action = std::move(action);
    return {};
  }

  Result<Origin> origin(const std::string& from) {
    auto nothing = [](std::string_view) { return std::optional<std::string>(); };
    auto literal = expand(from, nothing, {.escape = self.escape_});
    if (!literal.ok() || literal.value() != from) {
      return wrong(fmt::format("'from={}' may not hold a variable", from),
                   "add a stage 'FROM $NAME AS base' with a global ARG, and write from=base");
    }
    return self.find_origin_(from);
  }

  Result<void> set_checksum(const std::string& text, CopyAction& action) {
    std::string expanded = TRY(self.expanded(text));
    if (action.downloads.size() != 1 || !action.sources.empty() || !action.documents.empty()) {
      return wrong("it is for one URL", "write an ADD of its own for each file");
    }
    if (GitSource::parse(action.downloads[0])) {
      bool is_commit = expanded.find_first_not_of("0123456789abcdef") == std::string::npos;
      if (!is_commit) return wrong(fmt::format("'{}' is no commit", expanded), "give the hash, or its beginning");
      action.commit = std::move(expanded);
      return {};
    }
    auto parsed = oci::Digest::parse(expanded);
    if (!parsed.ok()) return std::move(parsed).error().with_kind(Kind::usage);
    oci::Digest digest = std::move(parsed).value();
    if (digest.algorithm() != "sha256") return wrong(fmt::format("'{}' is not a sha256 digest", digest.text()));
    action.checksum = std::move(digest);
    return {};
  }

  Result<void> add_source(CopyAction& action, const std::string& source, bool may_fetch) {
    auto announced = parse_heredoc(source);
    if (!announced) {
      std::string expanded = TRY(self.expanded(source));
      bool fetched = may_fetch && (is_download(expanded) || GitSource::parse(expanded));
      (fetched ? action.downloads : action.sources).push_back(std::move(expanded));
      return {};
    }
    auto found = std::ranges::find(self.raw_->heredocs, announced->name, &Heredoc::name);
    if (found == self.raw_->heredocs.end()) return wrong(fmt::format("the heredoc '{}' has no content", source));
    std::string content = found->text();
    if (found->expand) content = TRY(expand(content, self.variables_.lookup(), {.quotes = false}));
    action.documents.push_back({found->name, std::move(content)});
    return {};
  }

  Result<void> operator()(const WorkdirInstruction& workdir) {
    std::string path = TRY(self.expanded(workdir.path));
    if (path.empty()) return nothing_left(workdir.path);
    config.working_dir = absolute_path(config.working_dir, path);
    std::string printed = "WORKDIR " + config.working_dir;
    if (config.working_dir == "/") {
      self.record(std::move(printed));
    } else {
      self.act(std::move(printed)).action = MakeDirectoryAction{config.working_dir, config.user};
    }
    return {};
  }

  Result<void> operator()(const UserInstruction& user) {
    std::string name = TRY(self.expanded(user.user));
    if (name.empty()) return nothing_left(user.user);
    config.user = name;
    self.record("USER " + name);
    return {};
  }

  Result<void> operator()(const ExposeInstruction& expose) {
    std::vector<std::string> all;
    for (const std::string& word : expose.ports) {
      for (const std::string& port : TRY(expand_words(word, self.variables_.lookup(), {.escape = self.escape_}))) {
        for (std::string& exposed : TRY(exposed_ports(port))) all.push_back(std::move(exposed));
      }
    }
    for (const std::string& port : all) insert_sorted(config.exposed_ports, port);
    self.record("EXPOSE " + plain_list(all));
    return {};
  }

  Result<void> operator()(const VolumeInstruction& volume) {
    std::vector<std::string> all;
    for (const std::string& path : volume.paths) {
      all.push_back(TRY(self.expanded(path)));
      if (all.back().empty()) return nothing_left(path);
    }
    for (const std::string& path : all) insert_sorted(config.volumes, path);
    self.record("VOLUME " + plain_list(all));
    return {};
  }

  Result<void> operator()(const StopSignalInstruction& stop) {
    std::string signal = TRY(self.expanded(stop.signal));
    if (!signal_number(signal)) return wrong(fmt::format("'{}' is no signal", signal), "write SIGTERM or 15");
    config.stop_signal = signal;
    self.record("STOPSIGNAL " + signal);
    return {};
  }

  Result<void> operator()(const ShellInstruction& shell) {
    config.shell = shell.words;
    self.record("SHELL " + plain_list(shell.words));
    return {};
  }

  Result<void> operator()(const CmdInstruction& cmd) {
    config.cmd = self.command(cmd.command);
    self.cmd_is_ours_ = true;
    self.record("CMD " + quoted_list(*config.cmd));
    return {};
  }

  Result<void> operator()(const EntrypointInstruction& entrypoint) {
    auto words = self.command(entrypoint.command);
    self.record("ENTRYPOINT " + quoted_list(words));
    config.entrypoint.reset();
    if (!words.empty()) config.entrypoint = std::move(words);
    if (!self.cmd_is_ours_) config.cmd.reset();
    return {};
  }

  Result<void> operator()(const HealthCheckInstruction& health) {
    config.health_check = health.check;
    self.record(self.raw_->text);
    return {};
  }

  Result<void> operator()(const OnBuildInstruction& trigger) {
    config.on_build.push_back(trigger.text);
    return {};
  }

  Result<void> operator()(const MaintainerInstruction& maintainer) {
    self.stage_.author = maintainer.name;
    self.record("MAINTAINER " + maintainer.name);
    return {};
  }
};

StagePlanner::StagePlanner(PlannedStage& stage, StageVariables variables, const GlobalArguments& global, char escape,
                           FindOrigin find_origin)
    : stage_(stage),
      variables_(std::move(variables)),
      global_(global),
      escape_(escape),
      find_origin_(std::move(find_origin)) {}

Result<void> StagePlanner::add(const RawInstruction& raw, const Instruction& instruction) {
  raw_ = &raw;
  TRY_AS(keyword_of(instruction), std::visit(Visitor{*this}, instruction));
  return {};
}

StageVariables StagePlanner::finish() {
  stage_.config.env = variables_.env();
  return std::move(variables_);
}

Result<std::string> StagePlanner::expanded(std::string_view text) const {
  return expand(text, variables_.lookup(), {.escape = escape_});
}

void StagePlanner::record(std::string created_by) {
  stage_.steps.push_back({raw_->lines, one_line(raw_->text), std::move(created_by), {}});
}

PlannedStep& StagePlanner::act(std::string created_by) {
  record(std::move(created_by));
  return stage_.steps.back();
}

// The shell form is the stage's shell with the text behind it.
std::vector<std::string> StagePlanner::command(const CommandLine& line) const {
  if (!line.shell) return line.words;
  std::vector<std::string> words = stage_.config.shell;
  if (words.empty()) words = {"/bin/sh", "-c"};
  words.push_back(line.words[0]);
  return words;
}

}  // namespace aictr::images
