#include "cli/build_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

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
  contexts_.push_back({where, {}, images::BuildContext::Origin::here});
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
  contexts_[0].own_ignore_file = name_ + ".dockerignore";
  return {};
}

Result<void> BuildInput::open_fetched(const std::string& where, const std::string& file, const images::Store& store) {
  if (where == "-" && file == "-") {
    return make_error(Kind::usage, "standard input cannot be the context and the Dockerfile",
                      "give one of them a name");
  }
  images::FetchedContext fetched = TRY(images::FetchedContext::fetch(where, store));
  fetched_.push_back(std::move(fetched));
  const images::FetchedContext& context = fetched_.back();
  contexts_.push_back({context.path(), {}, images::BuildContext::Origin::elsewhere});
  if (file == "-") {
    text_ = TRY_AS("standard input", sys::read_to_end(STDIN_FILENO));
    return {};
  }
  if (context.dockerfile() && file.empty()) {
    text_ = *context.dockerfile();
    return {};
  }
  name_ = file.empty() ? "Dockerfile" : file;
  auto text = context.read(name_);
  if (!text.ok() && text.error().kind == Kind::not_found) {
    return make_error(Kind::not_found, fmt::format("the context has no '{}'", name_),
                      "-f names a file of the context when that is no folder of this machine");
  }
  text_ = TRY(std::move(text));
  contexts_[0].own_ignore_file = name_ + ".dockerignore";
  return {};
}

Result<void> BuildInput::add(const std::string& text, const images::Store& store) {
  constexpr std::string_view kImage = "docker-image://";
  std::string name = lower(text.substr(0, text.find('=')));
  std::string what = text.size() > name.size() ? text.substr(name.size() + 1) : "";
  if (name.empty() || what.empty()) {
    return make_error(Kind::usage, fmt::format("--build-context '{}': write NAME=PATH", text));
  }
  if (what.starts_with(kImage)) {
    names_[name] = what.substr(kImage.size());
    return {};
  }
  images::BuildContext context{what, {}, images::BuildContext::Origin::here};
  if (what != "-" && images::FetchedContext::is_one(what)) {
    images::FetchedContext fetched = TRY(images::FetchedContext::fetch(what, store));
    context = {fetched.path(), {}, images::BuildContext::Origin::elsewhere};
    fetched_.push_back(std::move(fetched));
  } else if (!open_directory(AT_FDCWD, what).ok()) {
    return make_error(Kind::not_found, fmt::format("--build-context '{}': there is no folder '{}'", text, what));
  }
  names_[name] = images::FromContext{contexts_.size()};
  contexts_.push_back(std::move(context));
  return {};
}

void BuildInput::put_into(images::BuildOptions& options) const {
  options.contexts = contexts_;
  options.plan.contexts = names_;
  options.dockerfile = name_;
  options.dockerfile_text = text_;
}

}  // namespace aictr::cli
