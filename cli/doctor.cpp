#include <algorithm>

#include <fmt/core.h>

#include "cli/doctor_checks.h"
#include "cli/doctor_command.h"
#include "cli/report.h"
#include "cli/template.h"

namespace aictr::cli {
namespace {

using oci::Json;

const char* word_of(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::warning:
      return "warning";
    case Health::broken:
      return "broken";
  }
  return "";
}

Json json_of(const Finding& finding) {
  return Json(Json::Object{{"Name", Json(finding.name)},
                           {"State", Json(word_of(finding.health))},
                           {"Text", Json(finding.text)},
                           {"Mend", Json(finding.mend)}});
}

std::string line_of(const Finding& finding) {
  std::string line = fmt::format("{:<8} {:<16} {}\n", word_of(finding.health), finding.name, finding.text);
  if (!finding.mend.empty()) line += fmt::format("{:<25} mend: {}\n", "", finding.mend);
  return line;
}

}  // namespace

Result<int> doctor(const Globals& globals, const DoctorFlags& flags, const std::vector<std::string>&) {
  auto findings = examine(DoctorFacts::gather(globals.root));
  bool healthy = std::ranges::none_of(findings, [](const Finding& one) { return one.health == Health::broken; });
  if (flags.quiet) std::erase_if(findings, [](const Finding& one) { return one.health == Health::ok; });
  std::string text;
  if (flags.format == "json") {
    Json::Array all;
    for (const Finding& finding : findings) all.push_back(json_of(finding));
    text = print_json(Json(std::move(all)), 2) + "\n";
  } else if (!flags.format.empty()) {
    Template form = TRY(Template::parse(flags.format));
    for (const Finding& finding : findings) text += TRY(form.render(json_of(finding))) + "\n";
  } else {
    for (const Finding& finding : findings) text += line_of(finding);
  }
  TRY(print(text));
  return healthy ? 0 : 1;
}

}  // namespace aictr::cli
