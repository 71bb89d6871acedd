#pragma once

// Volumes: directories that outlive containers, one each below <root>/volumes, with a record (volume.json) beside the
// data (_data). docs/store.md describes the files.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::cli {

// volume.json, format 1.
struct Volume {
  std::string name;
  std::string created;  // RFC 3339
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> options;  // of Docker's local driver: type, device, o
  bool anonymous = false;                      // made for one container, with a name of 64 hexadecimal digits
};

// Kind::usage: two or more letters, digits, '_', '.', '-', beginning with a letter or a digit, as with Docker.
Result<void> check_volume_name(std::string_view name);
// Kind::unsupported for another driver than "local".
Result<void> check_volume_driver(std::string_view driver);

class Volumes {
 public:
  static Result<Volumes> open(const std::string& root);

  // Keeps every volume where it is, from before a volume is looked up until a container's record names it.
  Result<FileLock> hold() const;

  // Draws a name when there is none, and makes the directory in one step. A volume that has the name already is given
  // back as it is.
  Result<Volume> create(Volume wanted) const;

  Result<Volume> find(const std::string& name) const;  // Kind::not_found
  Result<std::vector<Volume>> list() const;            // by name

  // Kind::busy when `users` names somebody. Not to be called by who holds the volumes.
  using Users = std::function<Result<std::vector<std::string>>(const std::string& volume)>;
  Result<void> remove(const std::string& name, const Users& users) const;

  std::string directory(const Volume& volume) const;  // absolute, of its record and its data
  std::string data(const Volume& volume) const;

 private:
  Volumes(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  Result<void> make(const Volume& volume) const;
  std::string path_;
  UniqueFd fd_;
};

}  // namespace aictr::cli
