#include "hooks/network_connections.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::hooks {
namespace {

constexpr const char* kFolder = "network";
constexpr const char* kConnections = "connections";
constexpr const char* kLock = "lock";
constexpr std::string_view kEnding = ".json";

Result<void> read_all(int dir, const std::string& container_id, std::vector<Connection>& into) {
  auto names = list_directory(dir, container_id);
  if (!names.ok() && names.error().kind == Kind::not_found) return {};
  for (const std::string& name : TRY(std::move(names))) {
    if (!name.ends_with(kEnding)) continue;  // being written
    std::string file = fmt::format("{}/{}", container_id, name);
    auto text = read_file(dir, file);
    if (!text.ok() && text.error().kind == Kind::not_found) continue;  // put down meanwhile
    std::string content = TRY(std::move(text));
    into.push_back(TRY(parse_connection(content, fmt::format("connection '{}'", file))));
  }
  return {};
}

Result<std::vector<Connection>> read_everybody(int dir) {
  std::vector<Connection> all;
  for (const std::string& id : TRY(list_directory(dir))) TRY(read_all(dir, id, all));
  return all;
}

std::string file_of(const Connection& connection) {
  return fmt::format("{}/{}{}", connection.container_id, connection.interface, kEnding);
}

}  // namespace

Result<Connections> Connections::hold(const std::string& runroot) {
  std::string path = fmt::format("{}/{}", runroot, kFolder);
  UniqueFd fd = TRY(make_and_open_directory(AT_FDCWD, fmt::format("{}/{}", path, kConnections), 0700));
  FileLock lock = TRY(FileLock::acquire(AT_FDCWD, fmt::format("{}/{}", path, kLock), FileLock::Mode::exclusive));
  return Connections(std::move(path), std::move(fd), std::move(lock));
}

Result<std::vector<Connection>> Connections::look(const std::string& runroot) {
  auto fd = open_directory(AT_FDCWD, fmt::format("{}/{}/{}", runroot, kFolder, kConnections));
  if (!fd.ok() && fd.error().kind == Kind::not_found) return std::vector<Connection>();
  if (!fd.ok()) return std::move(fd).error();
  return read_everybody(fd.value().get());
}

Result<std::vector<Connection>> Connections::list() const {
  return read_everybody(fd_.get());
}

Result<std::vector<Connection>> Connections::of(const std::string& container_id) const {
  std::vector<Connection> own;
  TRY(read_all(fd_.get(), container_id, own));
  return own;
}

Result<void> Connections::save(const Connection& connection) const {
  TRY(make_directories(fd_.get(), connection.container_id, 0700));
  return write_file(fd_.get(), file_of(connection), connection_file(connection), 0600, Durability::until_reboot);
}

Result<void> Connections::drop(const Connection& connection) const {
  TRY(unless_gone(sys::unlink(fd_.get(), file_of(connection))));
  std::vector<Connection> left = TRY(of(connection.container_id));
  if (!left.empty()) return {};
  return remove_tree(fd_.get(), connection.container_id);
}

std::string Connections::path(const Connection& connection) const {
  return fmt::format("{}/{}/{}", path_, kConnections, file_of(connection));
}

std::vector<Connection> connections_of(const std::vector<Connection>& all, const std::string& container_id) {
  std::vector<Connection> own;
  std::copy_if(all.begin(), all.end(), std::back_inserter(own),
               [&](const Connection& connection) { return connection.container_id == container_id; });
  return own;
}

}  // namespace aictr::hooks
