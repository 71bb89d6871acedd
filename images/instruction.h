#pragma once

// What the instructions of a Dockerfile say, before variables are substituted.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "images/dockerfile.h"
#include "images/dockerfile_words.h"
#include "oci/image_spec.h"

namespace aictr::images {

// A program with its arguments (the JSON form), or one text for the stage's shell.
struct CommandLine {
  bool shell = false;
  std::vector<std::string> words;
};

struct FromInstruction {
  std::string image;
  std::string name;      // of the stage, in lower case; empty without AS
  std::string platform;  // empty: the native one
};

struct ArgInstruction {
  struct Declaration {
    std::string name;
    std::optional<std::string> fallback;
  };
  std::vector<Declaration> declarations;
};

struct EnvInstruction {
  std::vector<NameValue> pairs;
};

struct LabelInstruction {
  std::vector<NameValue> pairs;
};

struct RunInstruction {
  CommandLine command;
  bool network = true;
  std::vector<std::string> mounts;  // the values of --mount
};

// COPY, and ADD of files of the context.
struct CopyInstruction {
  bool add = false;
  std::vector<std::string> sources;  // a heredoc as its word "<<NAME"
  std::string destination;
  std::string from;   // empty: the build context
  std::string chown;  // empty: 0:0
  std::string chmod;  // empty: as the source has it
  std::vector<std::string> excludes;
  bool parents = false;
  std::optional<bool> unpack;
  std::string checksum;  // empty: none
  bool keep_git_folder = false;
};

struct WorkdirInstruction {
  std::string path;
};

struct UserInstruction {
  std::string user;
};

struct ExposeInstruction {
  std::vector<std::string> ports;
};

struct VolumeInstruction {
  std::vector<std::string> paths;
};

struct StopSignalInstruction {
  std::string signal;
};

struct ShellInstruction {
  std::vector<std::string> words;
};

struct CmdInstruction {
  CommandLine command;
};

struct EntrypointInstruction {
  CommandLine command;
};

struct HealthCheckInstruction {
  oci::HealthCheck check;
};

struct OnBuildInstruction {
  std::string text;
};

struct MaintainerInstruction {
  std::string name;
};

using Instruction =
    std::variant<FromInstruction, ArgInstruction, EnvInstruction, LabelInstruction, RunInstruction, CopyInstruction,
                 WorkdirInstruction, UserInstruction, ExposeInstruction, VolumeInstruction, StopSignalInstruction,
                 ShellInstruction, CmdInstruction, EntrypointInstruction, HealthCheckInstruction, OnBuildInstruction,
                 MaintainerInstruction>;

// "RUN": the keyword as it is known. ADD shares COPY's struct.
std::string_view keyword_of(const Instruction& instruction);

// Kind::usage for what has no meaning, Kind::unsupported for what aictr cannot do; the keyword stands in front of both.
Result<Instruction> parse_instruction(const RawInstruction& raw, char escape = '\\');

}  // namespace aictr::images
