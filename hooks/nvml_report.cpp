#include "hooks/nvml_report.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::hooks {
namespace {

using Fields = std::vector<std::string>;

Gpu* with_minor(std::vector<Gpu>& gpus, const std::string& text) {
  auto minor = parse_number<unsigned>(text);
  auto found = minor ? std::ranges::find(gpus, *minor, &Gpu::minor) : gpus.end();
  return found == gpus.end() ? nullptr : &*found;
}

bool take_gpu(const Fields& fields, std::vector<Gpu>& gpus) {
  auto memory = parse_number<std::int64_t>(fields[2]);
  auto processes = parse_number<unsigned>(fields[3]);
  if (!memory || !processes) return false;
  Gpu* gpu = with_minor(gpus, fields[1]);
  if (gpu == nullptr || gpu->uuid != fields[4]) return true;
  gpu->memory = memory;
  gpu->free = *processes == 0;
  return true;
}

// "NVIDIA H200 MIG 1g.18gb": the last word is the profile.
bool take_mig(const Fields& fields, std::vector<Gpu>& gpus) {
  auto gpu_instance = parse_number<unsigned>(fields[2]);
  auto compute_instance = parse_number<unsigned>(fields[3]);
  if (!gpu_instance || !compute_instance) return false;
  Gpu* gpu = with_minor(gpus, fields[1]);
  if (gpu == nullptr) return true;
  for (MigInstance& instance : gpu->mig) {
    if (instance.gpu_instance != *gpu_instance || instance.compute_instance != *compute_instance) continue;
    instance.uuid = fields[4];
    instance.profile = fields[5].substr(fields[5].rfind(' ') + 1);
  }
  return true;
}

bool take(const Fields& fields, NvmlFacts& facts, std::vector<Gpu>& gpus) {
  if (fields[0] == "gpu" && fields.size() == 5) return take_gpu(fields, gpus);
  if (fields[0] == "mig" && fields.size() == 6) return take_mig(fields, gpus);
  bool is_cuda = fields[0] == "cuda" && fields.size() == 2;
  if (!is_cuda && (fields[0] != "arch" || fields.size() != 3)) return false;
  auto version = DottedVersion::parse(fields.back());
  if (!version) return false;
  if (is_cuda) {
    facts.cuda = version;
  } else if (!facts.arch || compare(*version, *facts.arch) < 0) {
    facts.arch = version;
  }
  return true;
}

}  // namespace

Result<NvmlFacts> merge_nvml_report(std::string_view report, std::vector<Gpu>& gpus) {
  NvmlFacts facts;
  for (const std::string& line : split(report, '\n')) {
    if (line.empty()) continue;
    if (take(split(line, '\t'), facts, gpus)) continue;
    return make_error(Kind::corrupt, fmt::format("the NVML program says '{}'", one_line(line)));
  }
  return facts;
}

}  // namespace aictr::hooks
