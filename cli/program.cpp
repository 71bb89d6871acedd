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
#include "cli/libexec.h"
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
  TRY(sys::open_standard_descriptors());
  Request request = TRY(parse_request(words));
  if (request.globals.debug || std::getenv("AICTR_TRACE") != nullptr) trace_enable(STDERR_FILENO);
  bool alone = request.words.empty();
  if (request.globals.version || (request.globals.verbose && alone)) return show(version_line());
  if (request.help) return show(full_help(terminal_width(STDOUT_FILENO)));
  if (alone) return show(short_help());
  return run_command(request, bodies, hand_over, words);
}

}  // namespace

int run_program(int argc, char** argv, std::span<const Body> bodies, HandOver hand_over) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  auto result = run_words(words, bodies, hand_over);
  if (result.ok()) return result.value();
  report_error(result.error());
  return exit_code_of(result.error());
}

Error become_images_program(std::span<const std::string> words) {
  std::vector<std::string> arguments = {"aictr"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  auto path = libexec_program("aictr-images");
  if (!path.ok()) return std::move(path).error();
  return sys::execute(path.value(), arguments);
}

}  // namespace aictr::cli
