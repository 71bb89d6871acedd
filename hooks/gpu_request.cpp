#include "hooks/gpu_request.h"

#include <charconv>
#include <set>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"
#include "hooks/csv_record.h"

namespace aictr::hooks {
namespace {

constexpr const char* kForms =
    "write all, a number of GPUs, device=0, '\"device=0,2\"', select=free:1, \"select=mem>=40G\" or auto";

// strconv.Atoi of Go: an optional sign and decimal digits that fit 64 bits.
Result<std::int64_t> parse_count(std::string_view text) {
  if (text == "all") return -1;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t value = 0;
  auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool whole = end == digits.data() + digits.size() && !(text.starts_with('+') && digits.starts_with('-'));
  if (whole && problem == std::errc()) return value;
  bool too_big = whole && problem == std::errc::result_out_of_range;
  return make_error(Kind::usage,
                    fmt::format("invalid count ({}): value must be either \"all\" or an integer: {}", text,
                                too_big ? "value out of range" : "invalid syntax"),
                    kForms);
}

Result<std::map<std::string, std::string>> parse_options(std::string_view text) {
  std::map<std::string, std::string> options;
  for (const std::string& field : TRY_AS("failed to read gpu options", read_csv_record(text))) {
    std::size_t equals = field.find('=');
    options[field.substr(0, equals)] = equals == std::string::npos ? "" : field.substr(equals + 1);
  }
  return options;
}

Result<GpuSelection> parse_selection(const std::string& text) {
  GpuSelection selection;
  for (const std::string& word : split(text, ',')) {
    if (word == "free" || word.starts_with("free:")) {
      auto number = parse_number<std::int64_t>(word == "free" ? "1" : word.substr(5));
      if (number && *number > 0) {
        selection.free = *number;
        continue;
      }
    } else if (word.starts_with("mem>")) {
      selection.more_than = !word.starts_with("mem>=");
      auto size = parse_bytes(word.substr(selection.more_than ? 4 : 5));
      if (size.ok() && size.value() > 0) {
        selection.memory = size.value();
        continue;
      }
    }
    return make_error(Kind::usage, fmt::format("invalid selection '{}'", word),
                      "write select=free:NUMBER, \"select=mem>=SIZE\" or both, in quotes: "
                      "'\"select=mem>=40G,free:1\"'");
  }
  return selection;
}

// `device=0,2` without quotes that reach us: Docker reads a device and a count, and refuses the two together.
Error count_and_devices(const GpuRequest& request, const std::vector<std::string>& fields) {
  std::vector<std::string> meant = request.devices;
  for (const std::string& field : fields) {
    if (field.find('=') == std::string::npos) meant.push_back(field);
  }
  return make_error(
      Kind::usage, "cannot set both Count and DeviceIDs on device request",
      fmt::format("for these devices write --gpus '\"device={}\"', with both kinds of quotes", join(meant, ",")));
}

Error unexpected(const std::string& key, const std::string& field) {
  std::vector<std::string> keys = {"driver", "count", "device", "capabilities", "options", "select"};
  auto meant = nearest(key, keys);
  std::string hint = meant ? fmt::format("did you mean '{}'?", *meant) : kForms;
  if (key.find('/') != std::string::npos)
    hint = fmt::format("for a CDI device write --device {0}, or --gpus device={0}", field);
  return make_error(Kind::usage, fmt::format("unexpected key '{}' in '{}'", key, field), std::move(hint));
}

Result<void> take_pair(GpuRequest& request, const std::string& key, const std::string& value,
                       const std::string& field) {
  if (key == "driver") {
    request.driver = value;
  } else if (key == "count") {
    request.count = TRY(parse_count(value));
  } else if (key == "device") {
    request.devices = split(value, ',');
  } else if (key == "capabilities") {
    request.capabilities = split(value, ',');
    request.capabilities.emplace_back("gpu");
  } else if (key == "options") {
    request.options = TRY(parse_options(value));
  } else if (key == "select") {
    request.selection = TRY(parse_selection(value));
  } else {
    return unexpected(key, field);
  }
  return {};
}

std::string quoting_hint(std::string_view text) {
  std::string bare;
  for (char c : text) {
    if (c != '"' && c != '\'') bare += c;
  }
  return fmt::format("the quotes stand around the whole of it: --gpus '\"{}\"'", bare);
}

}  // namespace

Result<GpuRequest> parse_gpu_request(std::string_view text) {
  auto read = read_csv_record(text);
  if (!read.ok()) return std::move(read).error().with_hint(text.empty() ? kForms : quoting_hint(text));
  std::vector<std::string> fields = std::move(read).value();
  GpuRequest request;
  if (fields == std::vector<std::string>{"auto"}) {
    request.automatic = true;
    request.count = -1;
    request.capabilities = {"gpu"};
    return request;
  }
  std::set<std::string> seen;
  for (const std::string& field : fields) {
    std::size_t equals = field.find('=');
    std::string key = field.substr(0, equals);
    if (!seen.insert(key).second) {
      return make_error(Kind::usage, fmt::format("gpu request key '{}' can be specified only once", key));
    }
    if (equals == std::string::npos) {
      seen.insert("count");
      request.count = TRY(parse_count(key));
    } else {
      TRY(take_pair(request, key, field.substr(equals + 1), field));
    }
  }
  bool counted = seen.contains("count");
  if (!counted && request.devices.empty()) request.count = request.selection ? -1 : 1;
  if (request.capabilities.empty()) request.capabilities = {"gpu"};
  if (request.count != 0 && !request.devices.empty()) return count_and_devices(request, fields);
  if (request.selection && !request.devices.empty()) {
    return make_error(Kind::usage, "cannot set both select and device", "name the devices, or what they must be like");
  }
  return request;
}

}  // namespace aictr::hooks
