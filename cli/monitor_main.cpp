// aictr-monitor: stays with a container for as long as it runs. `aictr` starts it (monitor_plan.h); nobody calls it by
// hand.
#include <algorithm>

#include "base/sys.h"
#include "cli/monitor.h"
#include "cli/report.h"

using namespace aictr;
using namespace aictr::cli;

namespace {

Error stay(std::vector<std::string> words) {
  MonitorPlan plan = TRY(parse_plan(words));
  Monitor monitor = TRY(Monitor::begin(std::move(plan)));
  return monitor.run();
}

}  // namespace

int main(int argc, char** argv) {
  report_error(stay({argv + std::min(argc, 1), argv + argc}));
  return 125;
}
