#include "cli/build_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::cli {
namespace {

std::string without_dot(std::string path) {
  while (path.starts_with("./")) path.erase(0, 2);
  return path;
}

}  // namespace

Result<BuildInput> BuildInput::open(const std::string& where, const std::string& file, const images::Store& store) {
  BuildInput input;
  TRY(images::FetchedContext::is_one(where) ? input.open_fetched(where, file, store) : input.open_folder(where, file));
  return input;
}

Result<void> BuildInput::open_folder(const std::string& where, const std::string& file) {
  context_.path = where;
  if (!open_directory(AT_FDCWD, where).ok()) {
    return make_error(Kind::not_found, fmt::format("there is no folder '{}'", where),
                      "the last argument is the folder that COPY takes from; '.' is the current one");
  }
  if (file == "-") {
    text_ = TRY_AS("standard input", sys::read_to_end(STDIN_FILENO));
    return {};
  }
  name_ = file.empty() ? without_dot(where + "/Dockerfile") : file;
  auto text = read_file(AT_FDCWD, name_);
  if (!text.ok() && text.error().kind == Kind::not_found && file.empty()) {
    std::string other = without_dot(where + "/Containerfile");
    auto container_file = read_file(AT_FDCWD, other);
    if (container_file.ok()) {
      name_ = other;
      text = std::move(container_file);
    }
  }
  if (!text.ok() && text.error().kind == Kind::not_found) {
    return make_error(Kind::not_found, fmt::format("there is no '{}'", name_),
                      "write one there, or name another with -f");
  }
  text_ = TRY(std::move(text));
  context_.own_ignore_file = name_ + ".dockerignore";
  return {};
}

Result<void> BuildInput::open_fetched(const std::string& where, const std::string& file, const images::Store& store) {
  if (where == "-" && file == "-") {
    return make_error(Kind::usage, "standard input cannot be the context and the Dockerfile",
                      "give one of them a name");
  }
  fetched_ = TRY(images::FetchedContext::fetch(where, store));
  context_ = {fetched_->path(), {}, images::BuildContext::Origin::elsewhere};
  if (file == "-") {
    text_ = TRY_AS("standard input", sys::read_to_end(STDIN_FILENO));
    return {};
  }
  if (fetched_->dockerfile() && file.empty()) {
    text_ = *fetched_->dockerfile();
    return {};
  }
  name_ = file.empty() ? "Dockerfile" : file;
  auto text = fetched_->read(name_);
  if (!text.ok() && text.error().kind == Kind::not_found) {
    return make_error(Kind::not_found, fmt::format("the context has no '{}'", name_),
                      "-f names a file of the context when that is no folder of this machine");
  }
  text_ = TRY(std::move(text));
  context_.own_ignore_file = name_ + ".dockerignore";
  return {};
}

void BuildInput::put_into(images::BuildOptions& options) const {
  options.context = context_;
  options.dockerfile = name_;
  options.dockerfile_text = text_;
}

}  // namespace aictr::cli
