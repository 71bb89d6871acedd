#include "cli/run_resources.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cmath>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"

namespace aictr::cli {
namespace {

constexpr std::int64_t kMinMemory = 512 << 10;  // less than this and no process starts
constexpr std::uint64_t kCpuPeriod = 100000;    // microseconds, the kernel's own default

Error bad_value(std::string_view flag, std::string_view value, std::string_view reason) {
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --{}: {}", value, flag, reason));
}

// To Docker's users a limit of 0 is none.
Result<oci::MemoryLimits> memory_limits(const RunFlags& flags, bool host_has_swap) {
  oci::MemoryLimits memory;
  if (flags.memory && flags.memory->count != 0) {
    if (flags.memory->count < kMinMemory) {
      return bad_value("memory", binary_size(static_cast<std::uint64_t>(flags.memory->count)),
                       "at least 512 KiB is needed");
    }
    memory.limit = flags.memory->count;
  }
  if (flags.memory_reservation && flags.memory_reservation->count != 0) {
    memory.reservation = flags.memory_reservation->count;
    if (memory.limit && *memory.reservation > *memory.limit) {
      return bad_value("memory-reservation", binary_size(static_cast<std::uint64_t>(*memory.reservation)),
                       "it is more than --memory");
    }
  }
  if (flags.memory_swap && flags.memory_swap->count != 0) {
    if (!memory.limit) return make_error(Kind::usage, "--memory-swap needs --memory");
    memory.swap = flags.memory_swap->count;
    if (*memory.swap != -1 && *memory.swap < *memory.limit) {
      return make_error(Kind::usage, "--memory-swap is memory and swap together, so it cannot be less than --memory");
    }
  } else if (memory.limit && host_has_swap) {
    memory.swap = *memory.limit * 2;  // Docker's default: as much swap as memory
  }
  return memory;
}

Result<oci::CpuLimits> cpu_limits(const RunFlags& flags) {
  oci::CpuLimits cpu;
  if (flags.cpus && *flags.cpus != 0) {
    if (!(*flags.cpus >= 0.01) || *flags.cpus > 1e6) {
      return bad_value("cpus", fmt::format("{}", *flags.cpus), "it must be a number of CPUs from 0.01 on");
    }
    cpu.period = kCpuPeriod;
    cpu.quota = std::llround(*flags.cpus * static_cast<double>(kCpuPeriod));
  }
  if (flags.cpu_shares && *flags.cpu_shares != 0) {
    if (*flags.cpu_shares < 2 || *flags.cpu_shares > 262144) {
      return bad_value("cpu-shares", std::to_string(*flags.cpu_shares), "it must be from 2 to 262144");
    }
    cpu.shares = static_cast<std::uint64_t>(*flags.cpu_shares);
  }
  cpu.cpus = flags.cpuset_cpus;
  cpu.mems = flags.cpuset_mems;
  return cpu;
}

enum class Rate { bytes, operations };

// "/dev/sda:10mb" or "/dev/sda:1000".
Result<oci::ThrottleDevice> throttle(std::string_view flag, const std::string& text, Rate rate) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return bad_value(flag, text, "write DEVICE:RATE");
  std::string path = text.substr(0, colon);
  std::string amount = text.substr(colon + 1);
  struct stat st = TRY_AS(fmt::format("--{}", flag), sys::stat(AT_FDCWD, path, 0));
  if (!S_ISBLK(st.st_mode)) return bad_value(flag, text, fmt::format("'{}' is not a block device", path));
  oci::ThrottleDevice device;
  device.major = major(st.st_rdev);
  device.minor = minor(st.st_rdev);
  if (rate == Rate::bytes) {
    device.rate = static_cast<std::uint64_t>(TRY_AS(fmt::format("--{}", flag), parse_bytes(amount)));
  } else {
    auto number = parse_number<std::uint64_t>(amount);
    if (!number) return bad_value(flag, text, fmt::format("'{}' is not a number", amount));
    device.rate = *number;
  }
  if (device.rate == 0) return bad_value(flag, text, "the rate must be more than 0");
  return device;
}

Result<std::vector<oci::ThrottleDevice>> throttles(std::string_view flag, const std::vector<std::string>& texts,
                                                   Rate rate) {
  std::vector<oci::ThrottleDevice> devices;
  for (const std::string& text : texts) devices.push_back(TRY(throttle(flag, text, rate)));
  return devices;
}

Result<oci::BlockIoLimits> io_limits(const RunFlags& flags) {
  oci::BlockIoLimits io;
  if (flags.blkio_weight && *flags.blkio_weight != 0) {
    if (*flags.blkio_weight < 10 || *flags.blkio_weight > 1000) {
      return bad_value("blkio-weight", std::to_string(*flags.blkio_weight), "it must be from 10 to 1000");
    }
    io.weight = static_cast<std::uint16_t>(*flags.blkio_weight);
  }
  io.throttle_read_bps_device = TRY(throttles("device-read-bps", flags.device_read_bps, Rate::bytes));
  io.throttle_write_bps_device = TRY(throttles("device-write-bps", flags.device_write_bps, Rate::bytes));
  io.throttle_read_iops_device = TRY(throttles("device-read-iops", flags.device_read_iops, Rate::operations));
  io.throttle_write_iops_device = TRY(throttles("device-write-iops", flags.device_write_iops, Rate::operations));
  return io;
}

}  // namespace

Result<oci::Resources> run_resources(const RunFlags& flags, bool host_has_swap) {
  oci::Resources resources;
  resources.memory = TRY(memory_limits(flags, host_has_swap));
  resources.cpu = TRY(cpu_limits(flags));
  resources.block_io = TRY(io_limits(flags));
  // And -1 processes are no limit either.
  if (flags.pids_limit && *flags.pids_limit > 0) resources.pids = oci::PidsLimit{flags.pids_limit};
  return resources;
}

}  // namespace aictr::cli
