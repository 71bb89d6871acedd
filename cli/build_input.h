#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "images/build.h"
#include "images/fetched_context.h"

namespace aictr::cli {

// The build context and the Dockerfile that a command line means.
class BuildInput {
 public:
  // `where`: a folder, or what FetchedContext takes; `file`: the value of -f. Kind::not_found for what is not there.
  static Result<BuildInput> open(const std::string& where, const std::string& file, const images::Store& store);

  // The options' context and Dockerfile. This object is to live as long as the build.
  void put_into(images::BuildOptions& options) const;

 private:
  Result<void> open_folder(const std::string& where, const std::string& file);
  Result<void> open_fetched(const std::string& where, const std::string& file, const images::Store& store);

  std::optional<images::FetchedContext> fetched_;
  images::BuildContext context_;
  std::string name_;  // of the Dockerfile
  std::string text_;
};

}  // namespace aictr::cli
