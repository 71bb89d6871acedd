#include "images/global_arguments.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace aictr::images {
namespace {

constexpr std::array<std::string_view, 5> kProxies = {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy",
                                                      "all_proxy"};

std::optional<std::string> look_up(const BuildArguments& values, std::string_view name) {
  auto found = values.find(name);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

}  // namespace

GlobalArguments::GlobalArguments(const oci::Platform& platform, const BuildArguments& given) : given_(given) {
  std::string whole = platform.os + "/" + platform.architecture;
  if (!platform.variant.empty()) whole += "/" + platform.variant;
  for (const char* prefix : {"TARGET", "BUILD"}) {
    auto predefine = [&](const char* name, const std::string& value) {
      std::string variable = std::string(prefix) + name;
      values_[variable] = look_up(given_, variable).value_or(value);
    };
    predefine("PLATFORM", whole);
    predefine("OS", platform.os);
    predefine("ARCH", platform.architecture);
    predefine("VARIANT", platform.variant);
  }
}

Result<void> GlobalArguments::declare(const ArgInstruction& arg, char escape) {
  for (const auto& [name, fallback] : arg.declarations) {
    if (auto value = look_up(given_, name)) {
      values_[name] = *value;
    } else if (fallback) {
      values_[name] = TRY(expand(*fallback, lookup(), {.escape = escape}));
    }
  }
  return {};
}

std::optional<std::string> GlobalArguments::find(std::string_view name) const {
  return look_up(values_, name);
}

std::optional<std::string> GlobalArguments::given(std::string_view name) const {
  return look_up(given_, name);
}

Variables GlobalArguments::lookup() const {
  return [this](std::string_view name) { return find(name); };
}

bool is_proxy_argument(std::string_view name) {
  std::string lowered = lower(name);
  bool one_case =
      name == lowered || std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return one_case && std::ranges::find(kProxies, lowered) != kProxies.end();
}

}  // namespace aictr::images
