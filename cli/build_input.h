#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/build.h"
#include "images/fetched_context.h"

namespace aictr::cli {

// The build context and the Dockerfile that a command line means.
class BuildInput {
 public:
  // `where`: a folder, or what FetchedContext takes; `file`: the value of -f. Kind::not_found for what is not there.
  static Result<BuildInput> open(const std::string& where, const std::string& file, const images::Store& store);

  // A value of --build-context, NAME=WHAT: a folder, what FetchedContext takes, or docker-image://IMAGE.
  Result<void> add(const std::string& text, const images::Store& store);

  // The options' context and Dockerfile. This object is to live as long as the build.
  void put_into(images::BuildOptions& options) const;

 private:
  Result<void> open_folder(const std::string& where, const std::string& file);
  Result<void> open_fetched(const std::string& where, const std::string& file, const images::Store& store);

  std::vector<images::FetchedContext> fetched_;
  std::vector<images::BuildContext> contexts_;  // the build's own, then those with a name
  std::map<std::string, images::NamedContext> names_;
  std::string name_;  // of the Dockerfile
  std::string text_;
};

}  // namespace aictr::cli
