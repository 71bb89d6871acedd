#include "hooks/cuda_versions.h"

#include <array>

#include <fmt/core.h>

namespace aictr::hooks {
namespace {

// Newest first. `patch`: of the last nvidia/cuda image with this CUDA; -1: there is none.
struct Row {
  unsigned driver;
  unsigned major;
  unsigned minor;
  int patch;
};
constexpr std::array kRows = {
    Row{590, 13, 1, 0}, Row{580, 13, 0, 1},  Row{575, 12, 9, 1},  Row{570, 12, 8, 1},  Row{565, 12, 7, -1},
    Row{560, 12, 6, 3}, Row{555, 12, 5, 1},  Row{550, 12, 4, 1},  Row{545, 12, 3, 2},  Row{535, 12, 2, 2},
    Row{530, 12, 1, 1}, Row{525, 12, 0, 1},  Row{520, 11, 8, 0},  Row{515, 11, 7, 1},  Row{510, 11, 6, 2},
    Row{495, 11, 5, 2}, Row{470, 11, 4, 3},  Row{465, 11, 3, 1},  Row{460, 11, 2, 2},  Row{455, 11, 1, 1},
    Row{450, 11, 0, 3}, Row{440, 10, 2, -1}, Row{418, 10, 1, -1}, Row{410, 10, 0, -1}, Row{396, 9, 2, -1},
    Row{390, 9, 1, -1}, Row{384, 9, 0, -1},
};
constexpr unsigned kNewestKnown = 599;

}  // namespace

std::optional<DottedVersion> cuda_of_driver(const DottedVersion& driver) {
  if (driver.major() > kNewestKnown) return std::nullopt;
  for (const Row& row : kRows) {
    if (driver.major() >= row.driver) return DottedVersion::parse(fmt::format("{}.{}", row.major, row.minor));
  }
  return DottedVersion::parse("8.0");
}

std::string base_image_tag(const DottedVersion& cuda) {
  for (const Row& row : kRows) {
    bool too_new = row.major > cuda.major() || (row.major == cuda.major() && row.minor > cuda.minor());
    if (row.patch < 0 || too_new) continue;
    bool has_jammy = row.major > 11 || (row.major == 11 && row.minor >= 7);
    return fmt::format("{}.{}.{}-base-{}", row.major, row.minor, row.patch, has_jammy ? "ubuntu22.04" : "ubuntu20.04");
  }
  return "11.0.3-base-ubuntu20.04";
}

}  // namespace aictr::hooks
