#include "oci/user.h"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::oci {
namespace {

using Row = std::vector<std::string>;

// The rows of passwd(5) or group(5) that have at least `columns` columns; others are no concern of ours.
std::vector<Row> rows(std::string_view text, std::size_t columns) {
  std::vector<Row> result;
  for (const std::string& line : split(text, '\n')) {
    Row row = split(line, ':');
    if (row.size() >= columns) result.push_back(std::move(row));
  }
  return result;
}

const Row* find_row(const std::vector<Row>& table, std::size_t column, std::string_view value) {
  auto row = std::find_if(table.begin(), table.end(), [&](const Row& r) { return r[column] == value; });
  return row == table.end() ? nullptr : &*row;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Strict, because "1" must never come out as 0 and 2^32 is no id; 2^32-1 means "no change" to the kernel.
Result<unsigned> parse_id(std::string_view text) {
  auto id = parse_number<unsigned>(text);
  if (id && *id != ~0U) return *id;
  return make_error(Kind::usage, fmt::format("'{}' is not a user or group number", text));
}

std::vector<gid_t> groups_of(std::string_view name, const std::vector<Row>& groups) {
  std::vector<gid_t> result;
  for (const Row& row : groups) {
    auto members = split(row[3], ',');
    if (std::find(members.begin(), members.end(), name) == members.end()) continue;
    if (auto gid = parse_number<unsigned>(row[2])) result.push_back(*gid);
  }
  return result;
}

}  // namespace

Result<gid_t> resolve_group(std::string_view group, std::string_view group_file) {
  if (is_number(group)) return parse_id(group);
  auto table = rows(group_file, 4);
  const Row* row = find_row(table, 0, group);
  if (row == nullptr) {
    return make_error(Kind::not_found,
                      fmt::format("unable to find group {}: no matching entries in group file", group));
  }
  return parse_id((*row)[2]);
}

Result<Account> resolve_user(std::string_view user, std::string_view passwd, std::string_view group) {
  auto colon = user.find(':');
  std::string_view name = user.substr(0, colon);
  auto table = rows(passwd, 6);
  Account account;
  account.home = "/";

  const Row* row = nullptr;
  if (name.empty()) {
    row = find_row(table, 2, "0");
  } else if (is_number(name)) {
    account.uid = TRY(parse_id(name));
    row = find_row(table, 2, std::to_string(account.uid));
  } else {
    row = find_row(table, 0, name);
    if (row == nullptr) {
      return make_error(Kind::not_found,
                        fmt::format("unable to find user {}: no matching entries in passwd file", name));
    }
    account.uid = TRY_AS("passwd file", parse_id((*row)[2]));
  }
  if (row != nullptr) {
    account.gid = TRY_AS("passwd file", parse_id((*row)[3]));
    if (!(*row)[5].empty()) account.home = (*row)[5];
  }
  if (colon != std::string_view::npos) {
    account.gid = TRY(resolve_group(user.substr(colon + 1), group));
  } else if (row != nullptr) {
    account.groups = groups_of((*row)[0], rows(group, 4));
  }
  return account;
}

}  // namespace aictr::oci
