#include "cli/man.h"

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/global.h"
#include "cli/help.h"
#include "cli/help_command.h"

namespace aictr::cli {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    bool line_start = result.empty() || result.back() == '\n';
    if (line_start && (c == '.' || c == '\'')) result += "\\&";
    if (c == '-') {
      result += "\\-";
    } else if (c == '\\') {
      result += "\\e";
    } else {
      result += c;
    }
  }
  return result;
}

std::string header(const std::string& name) {
  std::string title = name;
  for (char& c : title) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return fmt::format(".TH {} 1 \"\" \"aictr {}\" \"aictr manual\"\n", escaped(title), AICTR_VERSION);
}

std::string section(std::string_view name) {
  return fmt::format(".SH {}\n", name);
}

// Paragraphs are parted by an empty line; indented lines are shown as they are.
std::string paragraphs(std::string_view text) {
  std::string roff;
  bool verbatim = false;
  for (const std::string& line : split(text, '\n')) {
    bool indented = line.starts_with(' ');
    if (indented != verbatim && !line.empty()) {
      roff += indented ? ".nf\n" : ".fi\n";
      verbatim = indented;
    }
    roff += line.empty() ? ".PP\n" : escaped(line) + "\n";
  }
  return roff + (verbatim ? ".fi\n" : "");
}

std::string flag_entry(const Flag& flag) {
  std::string names = flag.letter != 0 ? fmt::format("\\fB\\-{}\\fR, ", flag.letter) : "";
  names += fmt::format("\\fB\\-\\-{}\\fR", escaped(flag.name));
  if (!flag.value.empty()) names += fmt::format(" \\fI{}\\fR", escaped(flag.value));
  return fmt::format(".TP\n{}\n{}\n", names, escaped(help_text(flag)));
}

std::string flag_entries(const Command& command) {
  std::string entries;
  for (const Flag& flag : command.flags) {
    if (!flag.hidden) entries += flag_entry(flag);
  }
  return entries.empty() ? "" : section("OPTIONS") + entries;
}

std::string examples(const Command& command) {
  if (command.examples.empty()) return "";
  return section("EXAMPLES") + ".nf\n" + escaped(command.examples) + "\n.fi\n";
}

std::string command_entries() {
  std::string entries = section("COMMANDS");
  for (const Command* command : all_commands()) {
    if (command->group == Group::hidden) continue;
    entries += fmt::format(".TP\n\\fB{}\\fR\n{}; see \\fB{}\\fR(1)\n", escaped(command->name),
                           escaped(command->summary), escaped(man_name(*command)));
  }
  return entries;
}

// What holds for every command and is in no table.
constexpr std::string_view kRest = R"(.SH EXIT STATUS
.TP
.B 125
aictr itself failed; standard error says why
.TP
.B 126
the container's command cannot be executed
.TP
.B 127
the container's command is not there
.TP
.B 128+n
the container's command was ended by signal n
.PP
Otherwise the code of the container's command.
.SH ENVIRONMENT
.TP
.B AICTR_ROOT, AICTR_RUNROOT
what \-\-root and \-\-runroot are when they are not given
.TP
.B AICTR_TRACE
when set, the steps of a start are printed with their times, as with \-\-debug
.TP
.B AICTR_LIBEXEC
where aictr\-images is looked for first
.TP
.B NO_COLOR
when set and not empty, nothing is coloured
.SH FILES
.TP
.I /var/lib/aictr
images and containers of root; of other users $XDG_DATA_HOME/aictr or ~/.local/share/aictr
.TP
.I /run/aictr
what runs now; of other users $XDG_RUNTIME_DIR/aictr
)";

}  // namespace

std::string man_name(const Command& command) {
  return join(words(full_name(command)), "-");
}

std::string man_page(const Command& command) {
  std::string page = header(man_name(command));
  page += section("NAME") + fmt::format("{} \\- {}\n", escaped(man_name(command)), escaped(command.summary));
  page +=
      section("SYNOPSIS") + fmt::format("\\fB{}\\fR{} {}\n", escaped(full_name(command)),
                                        command.flags.empty() ? "" : " [\\fIFLAGS\\fR]", escaped(command.arguments));
  if (!command.details.empty()) page += section("DESCRIPTION") + paragraphs(command.details);
  return page + flag_entries(command) + examples(command) + section("SEE ALSO") + "\\fBaictr\\fR(1)\n";
}

std::string man_overview() {
  std::string page = header("aictr") + section("NAME") + fmt::format("aictr \\- {}\n", escaped(kGlobalFlags.summary));
  page += section("SYNOPSIS") + "\\fBaictr\\fR [\\fIFLAGS\\fR] \\fICOMMAND\\fR [\\fIARG\\fR...]\n";
  return page + command_entries() + flag_entries(kGlobalFlags) + std::string(kRest);
}

Result<int> man(const Globals&, const NoFlags&, const std::vector<std::string>& arguments) {
  UniqueFd directory = TRY(make_and_open_directory(AT_FDCWD, arguments[0], 0755));
  TRY(write_file(directory.get(), "aictr.1", man_overview(), 0644, Durability::until_reboot));
  for (const Command* command : all_commands()) {
    if (command->group == Group::hidden) continue;
    TRY(write_file(directory.get(), man_name(*command) + ".1", man_page(*command), 0644, Durability::until_reboot));
  }
  return 0;
}

}  // namespace aictr::cli
