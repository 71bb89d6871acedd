#include "cli/program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/trace.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

struct Request {
  Globals globals;
  std::vector<std::string> words;  // from the command on
  bool help = false;
};

Result<Request> parse_request(std::span<const std::string> words) {
  Request request;
  Parsed parsed = TRY(parse_flags(kGlobalFlags, words, &request.globals));
  request.words = std::move(parsed.arguments);
  request.help = parsed.help;
  return request;
}

Result<int> show(std::string_view text) {
  TRY(print(text));
  return 0;
}

Result<int> run_command(const Request& request, std::span<const Body> bodies, HandOver hand_over,
                        std::span<const std::string> words) {
  Found found = TRY(find_command(request.words));
  auto body = std::ranges::find(bodies, found.command, &Body::command);
  if (body == bodies.end()) return hand_over(words);
  Globals globals = request.globals;
  TRY(fill_defaults(globals));
  auto rest = std::span(request.words).subspan(found.words);
  return TRY_AS(found.command->name, body->run(*found.command, globals, rest));
}

Result<int> run_words(std::span<const std::string> words, std::span<const Body> bodies, HandOver hand_over) {
  Request request = TRY(parse_request(words));
  if (request.globals.debug || std::getenv("AICTR_TRACE") != nullptr) trace_enable(STDERR_FILENO);
  bool alone = request.words.empty();
  if (request.globals.version || (request.globals.verbose && alone)) return show(version_line());
  if (request.help) return show(full_help(terminal_width(STDOUT_FILENO)));
  if (alone) return show(short_help());
  return run_command(request, bodies, hand_over, words);
}

std::string folder_of_this_program() {
  auto self = sys::readlink(AT_FDCWD, "/proc/self/exe");
  if (!self.ok()) return ".";
  return self.value().substr(0, self.value().rfind('/'));
}

std::vector<std::string> libexec_folders() {
  std::vector<std::string> folders;
  if (const char* given = std::getenv("AICTR_LIBEXEC")) folders.emplace_back(given);
  std::string here = folder_of_this_program();
  folders.insert(folders.end(), {here, here + "/../libexec/aictr", AICTR_LIBEXEC});
  return folders;
}

}  // namespace

int run_program(int argc, char** argv, std::span<const Body> bodies, HandOver hand_over) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  auto result = run_words(words, bodies, hand_over);
  if (result.ok()) return result.value();
  report_error(result.error());
  return kOwnFailure;
}

Error become_images_program(std::span<const std::string> words) {
  std::vector<std::string> arguments = {"aictr"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  for (const std::string& folder : libexec_folders()) {
    std::string path = folder + "/aictr-images";
    if (!sys::exists(AT_FDCWD, path)) continue;
    return sys::execute(path, arguments);
  }
  return make_error(Kind::not_found, "the program aictr-images is missing",
                    "install aictr whole, or set AICTR_LIBEXEC to its folder");
}

}  // namespace aictr::cli
