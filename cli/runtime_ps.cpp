#include "base/text.h"
#include "cli/process_table.h"
#include "cli/report.h"
#include "cli/runtime_body.h"
#include "oci/json.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

struct PsFlags {
  std::string format = "table";
};
constexpr std::string_view kFormats[] = {"table", "json"};
constexpr Flag kPsFlags[] = {flag<&PsFlags::format>("format", 'f', "FORMAT", "how to print the list", kFormats)};

constexpr CommandFor<PsFlags> kPs = Command{
    .name = "ps",
    .summary = "list the processes of a container, in the host's numbers",
    .arguments = "ID [PS OPTIONS]",
    .details = "The table is what ps(1) of the host prints of them; -ef without options.",
    .examples = "aictr-runtime ps --format json ID\naictr-runtime ps ID -eo pid,args",
    .flags = kPsFlags,
    .interspersed = Interspersed::no,
    .min_arguments = 1,
    .program = "aictr-runtime",
};

std::string json_of(const std::vector<pid_t>& pids) {
  oci::Json::Array numbers;
  for (pid_t pid : pids) numbers.emplace_back(std::int64_t{pid});
  return pids.empty() ? "null\n" : oci::print_json(oci::Json(std::move(numbers))) + "\n";
}

Result<int> ps(const RuntimeContext& context, PsFlags& flags, const std::vector<std::string>& arguments) {
  std::vector<pid_t> pids = TRY(runtime::processes(context.root, arguments[0]));
  std::string text = json_of(pids);
  if (flags.format == "table") {
    text = join(TRY(process_lines({arguments.begin() + 1, arguments.end()}, pids)), "\n") + "\n";
  }
  TRY(print(text));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> process_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<PsFlags, ps>(kPs)};
  return kBodies;
}

}  // namespace aictr::cli
