#pragma once

// Files of a git repository, fetched by the git program of this machine, with the credentials its user has set up.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::images {

// "URL#REF:FOLDER", as builders write it.
struct GitSource {
  std::string url;
  std::string ref;     // a branch, a tag or a commit; empty: what the repository's HEAD is
  std::string folder;  // of the repository; empty: all of it

  // Nothing for what is no repository: it begins with git@, git://, ssh:// or github.com/, or is an http or https URL
  // whose path ends in ".git".
  static std::optional<GitSource> parse(std::string_view text);

  // The commit that REF means now, by asking the server; empty when it does not tell without a fetch.
  Result<std::string> find_commit() const;

  enum class GitFolder { keep, drop };
  // Fetches the newest commit of REF alone, and its submodules, into the empty directory `path`. Files are ours, with
  // mode 0644 or 0755. The commit. Kind::network when the server or the ref cannot be had.
  Result<std::string> check_out(const std::string& path, GitFolder git_folder) const;
};

}  // namespace aictr::images
