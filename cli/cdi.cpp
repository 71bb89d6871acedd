#include <array>

#include <fmt/core.h>

#include "cli/cdi_command.h"
#include "cli/format.h"
#include "cli/report.h"
#include "cli/yaml_reader.h"
#include "hooks/cdi_host_check.h"
#include "hooks/cdi_registry.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr std::array kColumns = {Column{"Name", "NAME"}, Column{"Version", "CDI VERSION"}, Column{"File", "FILE"}};

std::vector<std::string> directories(const std::vector<std::string>& given) {
  return given.empty() ? hooks::default_cdi_directories() : given;
}

Result<std::vector<hooks::CdiFile>> files_to_check(const CdiValidateFlags& flags,
                                                   const std::vector<std::string>& arguments) {
  if (arguments.empty()) return TRY(hooks::CdiRegistry::read(directories(flags.spec_dir), read_yaml_apart)).files();
  std::vector<hooks::CdiFile> files;
  for (const std::string& path : arguments) files.push_back(TRY(hooks::read_cdi_file(path, read_yaml_apart)));
  return files;
}

}  // namespace

Result<int> cdi_list(const Globals&, const CdiListFlags& flags, const std::vector<std::string>&) {
  auto registry = TRY(hooks::CdiRegistry::read(directories(flags.spec_dir), read_yaml_apart));
  std::vector<Json> rows;
  for (const auto& [name, entry] : registry.devices()) {
    rows.emplace_back(Json::Object{
        {"Name", Json(name)}, {"Version", Json(entry.file->spec->version)}, {"File", Json(entry.file->path)}});
  }
  for (const hooks::CdiFile& file : registry.files()) {
    for (const Error& problem : file.problems) report_warning(problem.message);
  }
  std::string text = TRY(format_list(flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

Result<int> cdi_validate(const Globals&, const CdiValidateFlags& flags, const std::vector<std::string>& arguments) {
  hooks::CdiHost host = hooks::CdiHost::live();
  std::string text;
  bool valid = true;
  for (const hooks::CdiFile& file : TRY(files_to_check(flags, arguments))) {
    std::vector<Error> problems = file.problems;
    for (Error& error : hooks::check_on_host(file, host)) problems.push_back(std::move(error));
    if (problems.empty()) text += fmt::format("'{}' is valid: {} devices\n", file.path, file.spec->devices.size());
    for (const Error& problem : problems) text += problem.message + "\n";
    valid = valid && problems.empty();
  }
  TRY(print(text));
  return valid ? 0 : 1;
}

}  // namespace aictr::cli
