#pragma once

// criu(8), which takes a container down to files and up again, is run as a program: its command line can say all that
// its protocol can, but for terminals.

#include <sys/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aictr::runtime {

// What callers may ask for, by the names of runc's flags.
struct CriuOptions {
  std::string image_path = "checkpoint";  // where the files are; made when it is missing
  std::string work_path;                  // where its logs go; empty: image_path
  std::string parent_path;                // an earlier pre-dump, from image_path on
  std::string page_server;                // ADDRESS:PORT that gets the memory instead
  std::string manage_cgroups;
  std::vector<std::string> empty_ns;  // namespaces whose content is left out: network
  std::string lsm_profile;
  std::string lsm_mount_context;
  int status_fd = -1;
  bool leave_running = false;
  bool pre_dump = false;
  bool lazy_pages = false;
  bool tcp_established = false;
  bool tcp_skip_in_flight = false;
  bool tcp_close = false;
  bool link_remap = false;
  bool ext_unix_sk = false;
  bool shell_job = false;
  bool file_locks = false;
  bool auto_dedup = false;
};

// Kind::usage for words that criu has no meaning for.
Result<void> check_criu_options(const CriuOptions& options);

struct CriuDump {
  pid_t pid = 0;
  std::string root;                  // the root file system on the host
  std::vector<std::string> outside;  // where the container has mounted what is not its own
  std::string network;               // "net:[4026531840]" of a network namespace that it has joined; or empty
};
struct CriuRestore {
  std::string root;
  std::string pid_file;
  std::map<std::string, std::string> outside;            // by where it is mounted: its source
  std::vector<std::pair<int, std::string>> descriptors;  // ours, and what each stands for in the files
};

// Pure: argv, without the program itself.
std::vector<std::string> criu_dump_arguments(const CriuDump& dump, const CriuOptions& options);
std::vector<std::string> criu_restore_arguments(const CriuRestore& restore, const CriuOptions& options);

// Kind::unsupported when it is not installed.
Result<std::string> find_criu();

// The reason in a log of criu's: its first line that tells of an error; those behind it tell what that has led to.
std::string reason_in_criu_log(std::string_view log);

}  // namespace aictr::runtime
