#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

// What `aictr run` was asked for, as typed; cli/run_*.h make a spec of it.
struct RunFlags {
  // The process
  bool interactive = false;
  bool terminal = false;
  std::vector<std::string> env;
  std::vector<std::string> env_file;
  std::optional<std::string> entrypoint;
  std::string user;
  std::string workdir;
  std::vector<std::string> group_add;
  bool init = false;
  std::vector<std::string> ulimit;

  // The container
  std::string name;
  std::string hostname;
  bool remove = false;
  std::string cidfile;
  std::vector<std::string> label;
  std::vector<std::string> label_file;
  std::vector<std::string> annotation;
  std::string pull = "missing";
  bool quiet = false;

  // Its life
  bool detach = false;
  std::vector<std::string> attach;
  std::optional<std::string> detach_keys;
  bool sig_proxy = true;
  std::string restart = "no";
  std::string stop_signal;
  std::optional<int> stop_timeout;
  std::string log_driver = "json-file";
  std::vector<std::string> log_opt;
  std::string health_cmd;
  std::string health_interval;
  std::string health_timeout;
  std::string health_start_period;
  std::string health_start_interval;
  std::optional<int> health_retries;
  bool no_healthcheck = false;

  // What it sees
  std::vector<std::string> volume;
  std::vector<std::string> mount;
  std::vector<std::string> tmpfs;
  std::vector<std::string> volumes_from;
  bool read_only = false;
  bool read_only_tmpfs = true;
  std::optional<Bytes> shm_size;
  std::vector<std::string> device;
  std::vector<std::string> cdi_spec_dir;
  std::vector<std::string> cache;
  std::vector<std::string> gpus;
  std::string driver_root;
  std::string host_ca = "auto";

  // Its network
  std::vector<std::string> network;  // none: usual_network()
  std::vector<std::string> add_host;
  std::vector<std::string> publish;
  bool publish_all = false;
  std::vector<std::string> expose;
  std::vector<std::string> dns;
  std::vector<std::string> dns_option;
  std::vector<std::string> dns_search;
  std::string ip;
  std::string ip6;
  std::string mac_address;
  std::vector<std::string> network_alias;

  // What it may do
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  std::vector<std::string> security_opt;
  std::vector<std::string> sysctl;
  bool privileged = false;

  // What it may use
  std::optional<Bytes> memory;
  std::optional<BytesOrUnlimited> memory_swap;
  std::optional<Bytes> memory_reservation;
  std::optional<double> cpus;
  std::optional<std::int64_t> cpu_shares;
  std::string cpuset_cpus;
  std::string cpuset_mems;
  std::optional<std::int64_t> pids_limit;
  std::optional<int> blkio_weight;
  std::vector<std::string> device_read_bps;
  std::vector<std::string> device_write_bps;
  std::vector<std::string> device_read_iops;
  std::vector<std::string> device_write_iops;
  std::optional<int> oom_score_adj;

  // Of what aictr would choose by itself: shm, limits, threads, cpus, all
  std::vector<std::string> no_default;
};

extern const CommandFor<RunFlags> kRunCommand;
extern const CommandFor<RunFlags> kCreateCommand;

Result<int> run(const Globals& globals, const RunFlags& flags, const std::vector<std::string>& arguments);
Result<int> create(const Globals& globals, const RunFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
