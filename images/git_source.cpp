#include "images/git_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/core.h>

#include "base/file.h"
#include "base/process.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"
#include "images/download.h"

namespace aictr::images {
namespace {

constexpr std::size_t kCommitLength = 40;

bool is_commit(std::string_view text) {
  return text.size() == kCommitLength && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// git says it on several lines, of which the last one with a word in front tells the cause.
std::string cause_in(const std::string& output) {
  std::string cause;
  for (const std::string& line : split(output, '\n')) {
    if (line.starts_with("fatal: ") || line.starts_with("error: ") || line.starts_with("ERROR: ")) cause = line;
  }
  return one_line(cause.empty() ? trim(output) : cause);
}

Result<std::string> git(std::vector<std::string> arguments) {
  Command command;
  command.program = TRY(find_program("git"));
  command.arguments = std::move(arguments);
  command.arguments.insert(command.arguments.begin(), "git");
  command.environment = our_environment();
  command.environment.push_back("GIT_TERMINAL_PROMPT=0");  // nobody answers
  command.output_limit = 4U << 20;
  mode_t before = ::umask(022);  // what git makes is to have the same modes for everybody
  Defer restore([before] { ::umask(before); });
  CommandResult result = TRY(run_command(command));
  if (result.ended.exit_code() == 0) return std::move(result.output);
  return make_error(Kind::network, fmt::format("git: {}", cause_in(result.output)));
}

}  // namespace

std::optional<GitSource> GitSource::parse(std::string_view text) {
  std::size_t hash = text.find('#');
  GitSource source;
  source.url = text.substr(0, hash);
  if (hash != std::string_view::npos) {
    std::string_view fragment = text.substr(hash + 1);
    std::size_t colon = fragment.find(':');
    source.ref = fragment.substr(0, colon);
    if (colon != std::string_view::npos) source.folder = fragment.substr(colon + 1);
  }
  if (source.url.starts_with("github.com/")) source.url.insert(0, "https://");
  bool by_scheme = source.url.starts_with("git@") || source.url.starts_with("git://") ||
                   source.url.starts_with("ssh://") || text.starts_with("github.com/");
  bool by_name = is_download(source.url) && source.url.ends_with(".git");
  if (!by_scheme && !by_name) return std::nullopt;
  return source;
}

Result<std::string> GitSource::find_commit() const {
  if (is_commit(ref)) return ref;
  std::string wanted = ref.empty() ? "HEAD" : ref;
  std::string output = TRY_AS(fmt::format("'{}'", url), git({"ls-remote", "--", url, wanted, wanted + "^{}"}));
  // A tag that is an object of its own comes twice, with the commit behind "^{}".
  std::string found;
  for (const std::string& line : split(output, '\n')) {
    auto parts = words(line);
    if (parts.size() != 2 || !is_commit(parts[0])) continue;
    bool exact = parts[1] == wanted || parts[1] == "refs/heads/" + wanted || parts[1] == "refs/tags/" + wanted;
    if (parts[1] == "refs/tags/" + wanted + "^{}") return parts[0];
    if (exact && found.empty()) found = parts[0];
  }
  return found;
}

Result<std::string> GitSource::check_out(const std::string& path, GitFolder git_folder) const {
  std::string what = fmt::format("'{}'", url);
  if (ref.starts_with('-')) return make_error(Kind::usage, fmt::format("{}: '{}' is no branch or tag", what, ref));
  TRY_AS(what, git({"init", "-q", "--", path}));
  std::string wanted = ref.empty() ? "HEAD" : ref;
  auto fetched = git({"-C", path, "fetch", "-q", "--depth", "1", "--no-tags", "--", url, wanted});
  std::string head = "FETCH_HEAD";
  if (!fetched.ok()) {
    // A server need not give one commit alone, nor what is no branch or tag by name.
    auto all = git({"-C", path, "fetch", "-q", "--tags", "--", url, "+refs/heads/*:refs/remotes/origin/*"});
    if (!all.ok()) return std::move(all).error().context(what);
    std::string commit = TRY(find_commit());
    head = commit.empty() ? wanted : commit;
  }
  auto checked_out = git({"-C", path, "checkout", "-q", "--detach", head, "--"});
  if (!checked_out.ok()) {
    return make_error(Kind::not_found, fmt::format("{} has no branch, tag or commit '{}'", what, wanted));
  }
  if (sys::exists(AT_FDCWD, path + "/.gitmodules")) {
    TRY_AS(what, git({"-C", path, "submodule", "update", "-q", "--init", "--recursive", "--depth", "1"}));
  }
  std::string commit = TRY_AS(what, git({"-C", path, "rev-parse", "HEAD"}));
  if (git_folder == GitFolder::drop) TRY(remove_tree(AT_FDCWD, path + "/.git"));
  return std::string(trim(commit));
}

}  // namespace aictr::images
