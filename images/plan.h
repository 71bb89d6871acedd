#pragma once

// What a build has to do: the stages that the target needs, in an order in which each comes after those that it uses,
// with every variable substituted. Pure: files are looked at later, images through a function.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "images/dockerfile.h"
#include "images/global_arguments.h"
#include "images/origin.h"
#include "images/run_mount.h"
#include "images/store.h"
#include "oci/digest.h"
#include "oci/image_spec.h"

namespace aictr::images {

// Holds the script of a RUN step while it runs; not part of the image.
inline constexpr std::string_view kScriptDirectory = "/.aictr-run";

// RUN. The environment has no proxies; they are the executor's matter.
struct RunAction {
  struct Script {
    std::string path;  // in kScriptDirectory; the arguments name it
    std::string content;
  };
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string user;
  std::string working_directory;
  bool network = true;
  std::vector<RunMount> mounts;  // in the order in which they are mounted
  std::optional<Script> script;  // of a lone heredoc that begins with "#!"
};

// COPY and ADD.
struct CopyAction {
  struct Inline {
    std::string name;
    std::string content;
  };
  Origin origin;
  std::vector<std::string> sources;
  std::vector<std::string> downloads;   // URLs of files and of git repositories
  std::optional<oci::Digest> checksum;  // of the one download, a file
  std::string commit;                   // the begin of that of the one download, a repository
  bool keep_git_folder = false;
  std::vector<Inline> documents;
  std::string destination;      // absolute
  bool into_directory = false;  // it was written with a '/' at its end
  std::string chown;
  std::string chmod;
  std::vector<std::string> excludes;
  bool parents = false;           // the folders of the sources come with them
  bool unpack = false;            // archives among the sources
  bool unpack_downloads = false;  // those among the downloads
};

// WORKDIR: the directory and its parents, where they are missing.
struct MakeDirectoryAction {
  std::string path;
  std::string user;
};

struct PlannedStep {
  LineRange lines;
  std::string title;       // the instruction, on one line
  std::string created_by;  // for the image's history
  // Nothing: the instruction changes the configuration alone.
  std::variant<std::monostate, RunAction, CopyAction, MakeDirectoryAction> action;

  bool acts() const { return action.index() != 0; }
};

struct Scratch {};

struct PlannedStage {
  std::string name;   // as AS gives it, or "stage-2"; that of the image for one that COPY --from names
  std::string title;  // "FROM python:3.9"
  LineRange lines;
  std::variant<Scratch, Image, FromStage> base;
  std::vector<PlannedStep> steps;
  // Of the stage as an image, after all steps.
  oci::Platform platform;
  oci::ContainerConfig config;
  std::string author;
  bool may_be_cached = true;  // unless --no-cache-filter names it

  std::size_t action_count() const;
};

struct Plan {
  std::vector<PlannedStage> stages;  // the last one is the target
  bool several_stages = false;       // in the Dockerfile
};

// The image of a name in the local store.
using FindImage = std::function<Result<Image>(std::string_view name)>;

// A name that --build-context gives a meaning: that of an image, or of a context of BuildOptions::contexts.
using NamedContext = std::variant<std::string, FromContext>;

struct PlanOptions {
  BuildArguments arguments;
  std::string target;  // a stage's name or number; empty: the last one
  std::map<std::string, std::string> labels;
  std::map<std::string, NamedContext> contexts;  // names in lower case; they come before stages and images
  std::string platform;                          // "OS/ARCHITECTURE"; empty: this machine's, and no other can be had
  std::vector<std::string> not_cached;           // stages whose steps are all to run
};

// Errors stand at their place in the Dockerfile.
Result<Plan> make_plan(const Dockerfile& file, const PlanOptions& options, const FindImage& find_image);

}  // namespace aictr::images
