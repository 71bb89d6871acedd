#include "hooks/driver_capability.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::hooks {
namespace {

struct Named {
  std::string_view name;
  Capability capability;
};

constexpr std::array kNames = {
    Named{"compute", Capability::compute},   Named{"compat32", Capability::compat32},
    Named{"graphics", Capability::graphics}, Named{"utility", Capability::utility},
    Named{"video", Capability::video},       Named{"display", Capability::display},
    Named{"ngx", Capability::ngx},
};

}  // namespace

Result<Capabilities> parse_capabilities(std::string_view text) {
  Capabilities set = 0;
  for (const std::string& part : split(text, ',')) {
    std::string_view word = trim(part);
    if (word == "all") set |= kAllCapabilities;
    if (word.empty() || word == "all" || word == "gpu" || word == "nvidia") continue;
    auto named = std::ranges::find(kNames, word, &Named::name);
    if (named == kNames.end()) {
      return make_error(Kind::usage, fmt::format("unknown driver capability '{}'", one_line(word)),
                        "there are compute, compat32, graphics, utility, video, display, ngx and all");
    }
    set |= static_cast<unsigned>(named->capability);
  }
  return set == 0 ? Capability::utility | Capability::compute : set;
}

std::string capability_names(Capabilities set) {
  std::vector<std::string> names;
  for (const Named& named : kNames) {
    if (has(set, named.capability)) names.emplace_back(named.name);
  }
  return join(names, ",");
}

}  // namespace aictr::hooks
