#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/mode_change.h"
#include "images/root_directory.h"
#include "images/source_tree.h"

namespace aictr::images {

struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
};

// How the copies differ from their sources. Times, modes and attributes are kept, setuid bits too.
struct CopyOptions {
  std::optional<Owner> owner;      // unset: the source's own
  std::optional<ModeChange> mode;  // of files and folders
};

// The destination of one COPY instruction.
struct CopyDestination {
  std::string path;             // absolute, clean
  bool into_directory = false;  // made when it is missing
  bool several = false;         // more than one file comes here, so it must be a directory
};

// Writes into a root file system as COPY does: what a folder holds comes into the destination, a file comes into it
// where it is a directory and takes its name where not. Existing folders stay, existing files are replaced; a file
// never takes a folder's place, nor the other way round. Links of the root are followed inside of it.
class Copier {
 public:
  Copier(int root, CopyOptions options);

  Result<void> copy(const SourceItem& item, const CopyDestination& destination);
  // A file with this content and mode 0644: a heredoc.
  Result<void> write(const std::string& name, std::string_view content, const CopyDestination& destination);

 private:
  Result<void> copy_folder(const SourceItem& item, const std::string& path);
  Result<void> copy_file(const SourceItem& item, const CopyDestination& destination);
  Result<DirectoryPlace> place_of_file(const std::string& name, const CopyDestination& destination);

  int root_;
  CopyOptions options_;
  DirectoryAttributes missing_;
};

}  // namespace aictr::images
