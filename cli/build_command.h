#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/body.h"
#include "cli/flags.h"

namespace aictr::cli {

struct BuildFlags {
  std::vector<std::string> tag;
  std::string file;
  std::vector<std::string> build_arg;
  std::vector<std::string> build_context;
  std::vector<std::string> cache_from;
  std::vector<std::string> cache_to;
  std::string target;
  std::vector<std::string> label;
  std::vector<std::string> secret;
  std::vector<std::string> ssh;
  std::vector<std::string> no_cache_filter;
  std::string metadata_file;
  std::vector<std::string> output;
  std::string platform;

  // What every step may use and see, as with `aictr run`
  std::string host_ca = "auto";
  std::string network = "default";
  std::vector<std::string> add_host;
  std::vector<std::string> ulimit;
  std::optional<Bytes> shm_size;
  std::optional<Bytes> memory;
  std::optional<BytesOrUnlimited> memory_swap;
  std::optional<double> cpus;
  std::optional<std::int64_t> cpu_shares;
  std::string cpuset_cpus;
  std::string cpuset_mems;

  std::string iidfile;
  std::optional<int> jobs;
  std::string progress;
  std::string report;
  bool no_cache = false;
  bool pull = false;
  bool quiet = false;
};

extern const CommandFor<BuildFlags> kBuildCommand;

// Builds an image; 1 when that fails, as with Docker.
Result<int> build(const Globals& globals, const BuildFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
