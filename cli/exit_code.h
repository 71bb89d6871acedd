#pragma once

#include "base/result.h"

namespace aictr::cli {

// Exit codes of the programs. A container's own code passes through, 128+n when signal n ended it.
inline constexpr int kFailed = 1;           // build: its input is wrong; rm, rmi, inspect: some of it was not done
inline constexpr int kOwnFailure = 125;     // aictr itself
inline constexpr int kNotExecutable = 126;  // the container's command is there, but cannot be executed
inline constexpr int kNotFound = 127;       // the container's command is not there
inline constexpr int kEndedBySignal = 128;  // plus the signal's number

// What a program ends with: the fault of the command in a container, or ours.
int exit_code_of(const Error& error);

// What a build ends with. kFailed, as with Docker, for what is wrong with the Dockerfile, the context or a step;
// kOwnFailure when this machine or aictr could not do what they ask for: a full disk, a right or a file system that is
// missing.
int build_exit_code_of(const Error& error);

}  // namespace aictr::cli
