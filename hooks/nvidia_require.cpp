#include "hooks/nvidia_require.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/text.h"
#include "hooks/cuda_versions.h"

namespace aictr::hooks {
namespace {

constexpr std::string_view kPrefix = "NVIDIA_REQUIRE_";

struct Demand {
  std::string property;
  std::string operation;
  std::string value;
};

Result<Demand> parse_demand(const std::string& text) {
  std::size_t begin = text.find_first_of("<>=!");
  std::size_t end = begin == std::string::npos ? begin : text.find_first_not_of("<>=!", begin);
  if (end != std::string::npos && begin > 0) {
    Demand demand{text.substr(0, begin), text.substr(begin, end - begin), text.substr(end)};
    constexpr std::array kOperations = {"=", "!=", "<", "<=", ">", ">="};
    if (std::ranges::find(kOperations, demand.operation) != kOperations.end()) return demand;
  }
  return make_error(Kind::usage, fmt::format("invalid expression '{}'", one_line(text)));
}

bool compares(int order, std::string_view operation) {
  if (operation == "=") return order == 0;
  if (operation == "!=") return order != 0;
  if (operation == "<") return order < 0;
  if (operation == "<=") return order <= 0;
  if (operation == ">") return order > 0;
  return order >= 0;
}

Result<bool> holds(const Demand& demand, const DriverFacts& facts) {
  if (demand.property == "brand") {
    if (demand.operation != "=" && demand.operation != "!=") {
      return make_error(Kind::usage, fmt::format("invalid expression: a brand is not '{}'", demand.operation));
    }
    bool same = facts.brand.empty() || facts.brand == lower(demand.value);
    return facts.brand.empty() || same == (demand.operation == "=");
  }
  std::optional<DottedVersion> fact;
  if (demand.property == "driver") {
    fact = facts.driver;
  } else if (demand.property == "cuda") {
    fact = facts.cuda;
  } else if (demand.property == "arch") {
    fact = facts.arch;
  } else {
    return make_error(Kind::usage, fmt::format("invalid expression: unknown property '{}'", one_line(demand.property)));
  }
  auto wanted = DottedVersion::parse(demand.value);
  if (!wanted)
    return make_error(Kind::usage, fmt::format("invalid expression: '{}' is no version", one_line(demand.value)));
  return !fact || compares(compare(*fact, *wanted), demand.operation);
}

Result<bool> group_holds(const std::string& group, const DriverFacts& facts) {
  bool all = true;
  for (const std::string& text : split(group, ',')) {
    if (text.empty()) continue;
    Demand demand = TRY(parse_demand(text));
    bool one = TRY(holds(demand, facts));
    all = all && one;
  }
  return all;
}

std::optional<std::string> value_of(const std::vector<std::string>& environment, std::string_view name) {
  for (const std::string& variable : environment) {
    if (variable.size() > name.size() && variable[name.size()] == '=' && variable.starts_with(name)) {
      return variable.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

bool is_switched_off(const std::vector<std::string>& environment) {
  std::string value = value_of(environment, "NVIDIA_DISABLE_REQUIRE").value_or("");
  constexpr std::array kTrue = {"1", "t", "T", "true", "TRUE", "True"};
  return std::ranges::find(kTrue, value) != kTrue.end();
}

Error refused(const std::string& name, const std::string& expression, const DriverFacts& facts) {
  std::string first = expression.substr(0, expression.find(' '));
  std::string runs = facts.cuda ? fmt::format(", which runs CUDA {}", facts.cuda->text) : "";
  std::string fitting =
      facts.cuda ? fmt::format("use a base image that fits, such as nvidia/cuda:{}, ", base_image_tag(*facts.cuda))
                 : std::string("use an older base image ");
  return make_error(
      Kind::unsupported,
      fmt::format("the image needs {} ({}), and the driver is {}{}", first, name, facts.driver.text, runs),
      fitting + "or update the driver; -e NVIDIA_DISABLE_REQUIRE=1 tries all the same");
}

}  // namespace

std::string brand_of_model(std::string_view model) {
  std::string text = lower(model);
  auto says = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  if (text.empty()) return "";
  if (says("geforce")) return says("rtx") ? "geforcertx" : "geforce";
  if (says("quadro")) return says("rtx") ? "quadrortx" : "quadro";
  if (says("titan")) return says("rtx") ? "titanrtx" : "titan";
  if (says("tesla")) return "tesla";
  return says("rtx") ? "nvidiartx" : "nvidia";
}

Result<bool> is_met(std::string_view expression, const DriverFacts& facts) {
  std::vector<std::string> groups = words(expression);
  bool any = groups.empty();
  for (const std::string& group : groups) {
    bool one = TRY(group_holds(group, facts));
    any = any || one;
  }
  return any;
}

Result<void> check_requirements(const std::vector<std::string>& environment, const DriverFacts& facts) {
  if (is_switched_off(environment)) return {};
  bool asks_for_cuda = false;
  for (const std::string& variable : environment) {
    if (!variable.starts_with(kPrefix) || variable.starts_with("NVIDIA_REQUIRE_JETPACK")) continue;
    std::size_t equals = variable.find('=');
    std::string name = variable.substr(0, equals);
    std::string expression = equals == std::string::npos ? "" : variable.substr(equals + 1);
    asks_for_cuda = asks_for_cuda || name == "NVIDIA_REQUIRE_CUDA";
    if (!TRY_AS(name, is_met(expression, facts))) return refused(name, expression, facts);
  }
  auto cuda = value_of(environment, "CUDA_VERSION");
  auto version = cuda ? DottedVersion::parse(*cuda) : std::nullopt;
  if (asks_for_cuda || !version) return {};
  std::string expression = fmt::format("cuda>={}.{}", version->major(), version->minor());
  if (!TRY(is_met(expression, facts))) return refused("CUDA_VERSION", expression, facts);
  return {};
}

}  // namespace aictr::hooks
