#include "images/mode_change.h"

#include <sys/stat.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {
namespace {

constexpr mode_t kAll = 07777;
constexpr mode_t kUser = S_IRWXU | S_ISUID;
constexpr mode_t kGroup = S_IRWXG | S_ISGID;
constexpr mode_t kOther = S_IRWXO;
constexpr mode_t kExecute = S_IXUSR | S_IXGRP | S_IXOTH;

Error wrong(std::string_view text) {
  return make_error(Kind::usage, fmt::format("'{}' is no mode", text), "write 0755, or u=rwX,go=rX");
}

// The three bits of one class, given to all three.
mode_t spread(mode_t mode, char from) {
  unsigned shift = from == 'u' ? 6 : from == 'g' ? 3 : 0;
  mode_t three = (mode >> shift) & 7;
  return three << 6 | three << 3 | three;
}

}  // namespace

Result<ModeChange> ModeChange::parse(std::string_view text) {
  ModeChange change;
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
    auto mode = parse_number<unsigned>(text, 8);
    if (!mode || *mode > kAll) return wrong(text);
    change.absolute_ = true;
    change.mode_ = *mode;
    return change;
  }
  for (const std::string& clause : split(text, ',')) {
    std::string_view rest = clause;
    std::size_t who = rest.find_first_of("+-=");
    if (who == std::string_view::npos) return wrong(text);
    // One "who" may have several operations: "u+r-w".
    std::string_view names = rest.substr(0, who);
    rest.remove_prefix(who);
    while (!rest.empty()) {
      std::size_t end = rest.find_first_of("+-=", 1);
      change.clauses_.push_back(TRY(parse_clause(std::string(names) + std::string(rest.substr(0, end)), text)));
      rest.remove_prefix(std::min(end, rest.size()));
    }
  }
  return change;
}

Result<ModeChange::Clause> ModeChange::parse_clause(std::string_view text, std::string_view whole) {
  Clause clause;
  std::size_t i = 0;
  for (; text[i] != '+' && text[i] != '-' && text[i] != '='; ++i) {
    switch (text[i]) {
      case 'u':
        clause.who |= kUser;
        break;
      case 'g':
        clause.who |= kGroup;
        break;
      case 'o':
        clause.who |= kOther;
        break;
      case 'a':
        clause.who |= kAll;
        break;
      default:
        return wrong(whole);
    }
  }
  if (clause.who == 0) clause.who = kAll;
  clause.operation = text[i++];
  std::string_view what = text.substr(i);
  if (what == "u" || what == "g" || what == "o") {
    clause.copied_from = what[0];
    return clause;
  }
  for (char c : what) {
    switch (c) {
      case 'r':
        clause.bits |= S_IRUSR | S_IRGRP | S_IROTH;
        break;
      case 'w':
        clause.bits |= S_IWUSR | S_IWGRP | S_IWOTH;
        break;
      case 'x':
        clause.bits |= kExecute;
        break;
      case 'X':
        clause.execute_if_any = true;
        break;
      case 's':
        clause.bits |= S_ISUID | S_ISGID;
        break;
      case 't':
        clause.bits |= S_ISVTX;
        break;
      default:
        return wrong(whole);
    }
  }
  return clause;
}

mode_t ModeChange::apply(mode_t mode, bool directory) const {
  mode &= kAll;
  if (absolute_) return mode_;
  for (const Clause& clause : clauses_) {
    mode_t bits = clause.copied_from != 0 ? spread(mode, clause.copied_from) : clause.bits;
    if (clause.execute_if_any && (directory || (mode & kExecute) != 0)) bits |= kExecute;
    mode_t who = clause.who == kAll ? kAll : clause.who | (bits & S_ISVTX);
    bits &= who;
    if (clause.operation == '+') {
      mode |= bits;
    } else if (clause.operation == '-') {
      mode &= ~bits;
    } else {
      mode = (mode & ~clause.who) | bits;
    }
  }
  return mode;
}

}  // namespace aictr::images
