#include "tests/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"

namespace aictr::test {
namespace {

using FirstNames = std::map<std::pair<dev_t, ino_t>, std::string>;

std::string escape(const std::string& bytes) {
  std::string text;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    text += byte > ' ' && byte < 0x7f && c != '\\' ? std::string(1, c) : fmt::format("\\{:02x}", byte);
  }
  return text;
}

std::string xattrs_of(int fd) {
  auto names = sys::list_xattrs(fd).value();
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) {
    if (name.starts_with("security.selinux")) continue;
    text += fmt::format(" {}={}", name, escape(sys::get_xattr(fd, name).value()));
  }
  return text;
}

std::string checksum(int fd) {
  std::uint64_t sum = 14695981039346656037U;  // FNV-1a
  std::vector<char> buffer(1 << 16);
  while (std::size_t n = sys::read(fd, buffer).value()) {
    for (std::size_t i = 0; i < n; ++i) sum = (sum ^ static_cast<unsigned char>(buffer[i])) * 1099511628211U;
  }
  return fmt::format(" content={:016x}", sum);
}

std::string line_of(int dir, const std::string& name, const std::string& path, FirstNames& first_names) {
  struct stat st = sys::stat(dir, name).value();
  std::string line = fmt::format("{} {:o} {}:{} {}", escape(path), st.st_mode, st.st_uid, st.st_gid, st.st_mtime);
  if (S_ISLNK(st.st_mode)) line += " -> " + escape(sys::readlink(dir, name).value());
  if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) line += fmt::format(" device={}", st.st_rdev);
  if (S_ISREG(st.st_mode)) {
    UniqueFd fd = sys::open(dir, name, O_RDONLY | O_NOFOLLOW).value();
    line += fmt::format(" size={}", st.st_size) + checksum(fd.get()) + xattrs_of(fd.get());
  }
  if (S_ISDIR(st.st_mode)) line += xattrs_of(sys::open(dir, name, O_RDONLY | O_DIRECTORY).value().get());
  if (!S_ISDIR(st.st_mode) && st.st_nlink > 1) {
    line += " same as " + first_names.try_emplace({st.st_dev, st.st_ino}, escape(path)).first->second;
  }
  return line;
}

void walk(int dir, const std::string& prefix, FirstNames& first_names, std::vector<std::string>& lines) {
  for (const std::string& name : list_directory(dir).value()) {
    lines.push_back(line_of(dir, name, prefix + name, first_names));
    struct stat st = sys::stat(dir, name).value();
    if (!S_ISDIR(st.st_mode)) continue;
    UniqueFd child = open_directory(dir, name).value();
    walk(child.get(), prefix + name + "/", first_names, lines);
  }
}

}  // namespace

std::vector<std::string> describe_tree(const std::string& path) {
  UniqueFd root = open_directory(AT_FDCWD, path).value();
  struct stat st = sys::stat(root.get()).value();
  std::vector<std::string> lines{
      fmt::format(". {:o} {}:{}{}", st.st_mode, st.st_uid, st.st_gid, xattrs_of(root.get()))};
  FirstNames first_names;
  walk(root.get(), "", first_names, lines);
  return lines;
}

std::string differences(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  std::string text;
  for (const std::string& line : expected) {
    if (std::find(actual.begin(), actual.end(), line) == actual.end()) text += "- " + line + "\n";
  }
  for (const std::string& line : actual) {
    if (std::find(expected.begin(), expected.end(), line) == expected.end()) text += "+ " + line + "\n";
  }
  return text;
}

int shell(const std::string& command) {
  int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

}  // namespace aictr::test
