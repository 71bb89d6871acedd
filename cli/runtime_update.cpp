#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "cli/runtime_body.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

using Number = std::optional<std::int64_t>;
using Size = std::optional<BytesOrUnlimited>;

struct UpdateFlags {
  std::string resources;
  Number blkio_weight;
  Number cpu_period;
  Number cpu_quota;
  Number cpu_burst;
  Number cpu_share;
  Number cpu_rt_period;
  Number cpu_rt_runtime;
  Number cpu_idle;
  std::string cpuset_cpus;
  std::string cpuset_mems;
  Size memory;
  Size memory_reservation;
  Size memory_swap;
  Size kernel_memory;
  Size kernel_memory_tcp;
  Number pids_limit;
  std::string l3_cache_schema;
  std::string mem_bw_schema;
};

constexpr Flag kUpdateFlags[] = {
    flag<&UpdateFlags::resources>("resources", 'r', "FILE",
                                  "a 'resources' object as of config.json, in place of the other flags; - reads it"),
    flag<&UpdateFlags::blkio_weight>("blkio-weight", 0, "N", "its share of block devices, 10 to 1000"),
    flag<&UpdateFlags::cpu_period>("cpu-period", 0, "US", "the period of --cpu-quota"),
    flag<&UpdateFlags::cpu_quota>("cpu-quota", 0, "US", "time on a CPU in each period; -1: no limit"),
    flag<&UpdateFlags::cpu_burst>("cpu-burst", 0, "US", "unused time of earlier periods that may be added"),
    flag<&UpdateFlags::cpu_share>("cpu-share", 0, "N", "its share of the CPUs, 1024 by default"),
    flag<&UpdateFlags::cpu_rt_period>("cpu-rt-period", 0, "US", "the period of --cpu-rt-runtime"),
    flag<&UpdateFlags::cpu_rt_runtime>("cpu-rt-runtime", 0, "US", "real-time scheduling in each period"),
    flag<&UpdateFlags::cpu_idle>("cpu-idle", 0, "0|1", "1: it runs when nothing else wants to"),
    flag<&UpdateFlags::cpuset_cpus>("cpuset-cpus", 0, "LIST", "the CPUs that it may use, such as 0-3,8"),
    flag<&UpdateFlags::cpuset_mems>("cpuset-mems", 0, "LIST", "the memory nodes that it may use"),
    flag<&UpdateFlags::memory>("memory", 0, "BYTES", "memory; -1: no limit"),
    flag<&UpdateFlags::memory_reservation>("memory-reservation", 0, "BYTES",
                                           "memory that is left to it under pressure"),
    flag<&UpdateFlags::memory_swap>("memory-swap", 0, "BYTES", "memory and swap together; -1: no limit"),
    flag<&UpdateFlags::pids_limit>("pids-limit", 0, "N", "processes and threads; -1: no limit"),
    hidden(flag<&UpdateFlags::kernel_memory>("kernel-memory", 0, "BYTES", "memory of the kernel (cgroup v1)")),
    hidden(flag<&UpdateFlags::kernel_memory_tcp>("kernel-memory-tcp", 0, "BYTES", "memory of sockets (cgroup v1)")),
    hidden(flag<&UpdateFlags::l3_cache_schema>("l3-cache-schema", 0, "SCHEMA", "of Intel RDT")),
    hidden(flag<&UpdateFlags::mem_bw_schema>("mem-bw-schema", 0, "SCHEMA", "of Intel RDT")),
};

constexpr CommandFor<UpdateFlags> kUpdate = Command{
    .name = "update",
    .summary = "change the limits of a container that runs",
    .arguments = "ID",
    .details = "What is not named stays as it is.",
    .examples = "aictr-runtime update --memory 256m --cpu-quota 50000 ID\naictr-runtime update --resources - ID < FILE",
    .flags = kUpdateFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

Result<oci::Resources> resources_from_file(const std::string& path) {
  std::string text = TRY_AS("--resources", path == "-" ? sys::read_to_end(STDIN_FILENO) : read_file(AT_FDCWD, path));
  return oci::parse_resources(text);
}

Result<std::optional<std::uint64_t>> not_negative(std::string_view name, const Number& value) {
  if (!value) return std::optional<std::uint64_t>();
  if (*value < 0) return make_error(Kind::usage, fmt::format("--{} must not be negative", name));
  return std::optional(static_cast<std::uint64_t>(*value));
}

std::optional<std::int64_t> bytes(const Size& size) {
  return size ? std::optional(size->count) : std::nullopt;
}

oci::MemoryLimits memory_of(const UpdateFlags& flags) {
  oci::MemoryLimits memory;
  memory.limit = bytes(flags.memory);
  memory.reservation = bytes(flags.memory_reservation);
  memory.swap = bytes(flags.memory_swap);
  memory.kernel = bytes(flags.kernel_memory);
  memory.kernel_tcp = bytes(flags.kernel_memory_tcp);
  memory.check_before_update = false;
  return memory;
}

Result<oci::CpuLimits> cpu_of(const UpdateFlags& flags) {
  oci::CpuLimits cpu;
  cpu.shares = TRY(not_negative("cpu-share", flags.cpu_share));
  cpu.period = TRY(not_negative("cpu-period", flags.cpu_period));
  cpu.burst = TRY(not_negative("cpu-burst", flags.cpu_burst));
  cpu.realtime_period = TRY(not_negative("cpu-rt-period", flags.cpu_rt_period));
  cpu.quota = flags.cpu_quota;
  cpu.realtime_runtime = flags.cpu_rt_runtime;
  cpu.idle = flags.cpu_idle;
  cpu.cpus = flags.cpuset_cpus;
  cpu.mems = flags.cpuset_mems;
  return cpu;
}

Result<oci::Resources> resources_from_flags(const UpdateFlags& flags) {
  oci::Resources resources;
  resources.memory = memory_of(flags);
  resources.cpu = TRY(cpu_of(flags));
  if (flags.pids_limit) resources.pids = oci::PidsLimit{*flags.pids_limit};
  if (flags.blkio_weight) {
    if (*flags.blkio_weight < 10 || *flags.blkio_weight > 1000)
      return make_error(Kind::usage, "--blkio-weight must be from 10 to 1000");
    resources.block_io.emplace().weight = static_cast<std::uint16_t>(*flags.blkio_weight);
  }
  return resources;
}

Result<int> update(const RuntimeContext& context, UpdateFlags& flags, const std::vector<std::string>& arguments) {
  oci::Resources resources =
      TRY(flags.resources.empty() ? resources_from_flags(flags) : resources_from_file(flags.resources));
  TRY(runtime::update(context.root, arguments[0], resources));
  std::vector<std::string> schemata;
  for (const std::string* line : {&flags.l3_cache_schema, &flags.mem_bw_schema}) {
    if (!line->empty()) schemata.push_back(*line);
  }
  if (!schemata.empty()) TRY(runtime::update_schemata(context.root, arguments[0], schemata));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> update_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<UpdateFlags, update>(kUpdate)};
  return kBodies;
}

}  // namespace aictr::cli
