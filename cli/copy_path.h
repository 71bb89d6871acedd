#pragma once

// What the words of `cp` mean: Docker's rules, without looking at a file
// (https://docs.docker.com/reference/cli/docker/container/cp/).

#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::cli {

// One side: "CONTAINER:PATH", or a path of the host, which is one without a colon or one that begins with "/" or ".".
struct CopyOperand {
  std::string container;  // empty: the host
  std::string path;       // as it was written
  bool is_stream() const { return container.empty() && path == "-"; }
  bool is_host() const { return container.empty(); }
};
CopyOperand parse_copy_operand(std::string_view text);

struct CopyPath {
  std::string path;                // absolute and clean
  bool must_be_directory = false;  // it ends in "/", "/." or is "."
  bool contents_only = false;      // it ends in "/." or is ".": what the directory holds, without itself

  std::string name() const;    // its last component; empty for the root
  std::string parent() const;  // absolute
  // For the kernel: with the slash that makes it follow a link and refuse what is no directory.
  std::string to_open() const { return must_be_directory ? path + "/" : path; }
};

// Relative paths start at `folder`: the current directory, or "/" in a container.
CopyPath parse_copy_path(std::string_view text, std::string_view folder);

enum class Found { nothing, file, directory, other };  // other: a device, a pipe or a socket

// Where a copy goes: to a name in a directory, both of which Docker's table decides. An empty name: what the source
// holds comes into the directory, which stays as it is.
struct CopyTarget {
  std::string directory;
  std::string name;
};

// `destination` is without links, and `there` what has been found at it; its parent is there. Kind::usage for what goes
// nowhere: a directory to a file, anything to a device, a file to a directory that is missing.
Result<CopyTarget> place_copy(const CopyPath& source, Found source_is, const CopyPath& destination, Found there);

}  // namespace aictr::cli
