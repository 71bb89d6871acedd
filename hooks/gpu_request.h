#pragma once

// What `--gpus` asks for. The grammar is Docker's to the letter (opts/gpus.go of docker/cli: one CSV record of keys),
// with what Docker gets wrong told better, and with words of ours that Docker refuses: `auto` and `select=`. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::hooks {

// Which GPUs are good enough: `select=free:1`, `select=mem>=40G`, "select=mem>=40G,free:2" in quotes.
struct GpuSelection {
  std::optional<std::int64_t> free;  // so many that no process computes on
  std::int64_t memory = 0;           // bytes that a GPU must have
  bool more_than = false;            // "mem>40G": more than that
};

struct GpuRequest {
  std::string driver;
  std::int64_t count = 0;                 // below 0: all; 0: none, unless devices are named
  std::vector<std::string> devices;       // as written: indexes, UUIDs, PCI addresses, MIG "0:1", CDI names, "all"
  std::vector<std::string> capabilities;  // with "gpu" as the last; {"gpu"} when none were given
  std::map<std::string, std::string> options;
  std::optional<GpuSelection> selection;
  bool automatic = false;  // "auto": all there are, and none is no error

  bool wants_all() const { return count < 0 && devices.empty(); }
};

// Kind::usage with Docker's words, and a hint where Docker has none.
Result<GpuRequest> parse_gpu_request(std::string_view text);

}  // namespace aictr::hooks
