#pragma once

// RUN --mount: what a step sees beside its root file system, and no layer keeps.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "images/copy.h"
#include "images/origin.h"

namespace aictr::images {

// Files of the context or of a stage. What a step writes to a writable one is thrown away.
struct BindMount {
  Origin origin;
  std::string source;  // a path in it
  bool writable = false;
};

// A directory that builds share. Its content decides nothing: a step may find it empty.
struct CacheMount {
  enum class Sharing { shared, apart, locked };  // apart ("private"): one of its own while another build has it
  std::string id;
  Sharing sharing = Sharing::shared;
  mode_t mode = 0755;
  Owner owner;
  std::optional<BindMount> seed;  // what it holds when it is made
  bool writable = true;
};

struct TmpfsMount {
  std::uint64_t size = 0;  // bytes; 0: half of the machine's memory
};

// A file with what --secret gives, and a variable, or one of the two.
struct SecretMount {
  std::string id;
  bool required = false;
  mode_t mode = 0400;
  Owner owner;
  std::string variable;
};

// The socket of an agent that --ssh gives.
struct SshMount {
  std::string id;
  bool required = false;
};

struct RunMount {
  std::string target;  // absolute, clean; empty for a secret that is a variable alone
  std::variant<BindMount, CacheMount, TmpfsMount, SecretMount, SshMount> what;
};

// What the words of a mount are read by.
struct MountReader {
  std::function<Result<std::string>(std::string_view)> expand;         // substitutes variables
  std::function<Result<Origin>(const std::string& from)> find_origin;  // what from= names
  std::string working_directory;
  std::size_t number = 0;  // of this mount in its instruction
};

// Kind::usage for what has no meaning, with the word.
Result<RunMount> parse_run_mount(std::string_view text, const MountReader& reader);

}  // namespace aictr::images
