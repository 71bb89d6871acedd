#include "cli/yaml_reader.h"

#include "base/process.h"
#include "cli/libexec.h"

namespace aictr::cli {

Result<oci::YamlDocument> read_yaml_apart(std::string_view text) {
  Command command;
  command.program = TRY(libexec_program("aictr-yaml"));
  command.arguments = {"aictr-yaml"};
  command.input = text;
  command.deadline = std::chrono::seconds(10);
  command.output_limit = 64U << 20;
  CommandResult result = TRY(run_command(command));
  if (result.ended.exit_code() != 0) return make_error(Kind::internal, "aictr-yaml failed: " + result.output);
  return oci::unpack_yaml_result(result.output);
}

}  // namespace aictr::cli
