#include "images/tar_header.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <fmt/core.h>

namespace aictr::images {
namespace {

// The ustar header block.
struct Block {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char user[32];
  char group[32];
  char major[8];
  char minor[8];
  char prefix[155];
  char padding[12];
};
static_assert(sizeof(Block) == kTarBlock);

using Records = std::map<std::string, std::string>;

template <std::size_t N>
void put_text(char (&field)[N], std::string_view text) {
  std::memcpy(field, text.data(), std::min(text.size(), N));
}

template <std::size_t N>
constexpr std::int64_t largest_octal(const char (&)[N]) {
  return (std::int64_t{1} << (3 * (N - 1))) - 1;
}

template <std::size_t N>
bool put_octal(char (&field)[N], std::int64_t value) {
  bool fits = value >= 0 && value <= largest_octal(field);
  put_text(field, fmt::format("{:0{}o}", fits ? value : 0, N - 1));
  return fits;
}

// A number that does not fit its field stands in the extended header.
template <std::size_t N>
void put_number(char (&field)[N], std::int64_t value, const char* key, Records& records) {
  if (!put_octal(field, value)) records[key] = std::to_string(value);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Splits a long path at a slash into prefix and name. False when it fits no way.
bool put_path(Block& block, std::string_view path) {
  if (path.size() <= sizeof block.name) {
    put_text(block.name, path);
    return true;
  }
  std::size_t last = std::min(path.size() - 2, sizeof block.prefix);  // the name is not empty
  std::size_t slash = path.rfind('/', last);
  if (slash == std::string_view::npos || slash == 0 || path.size() - slash - 1 > sizeof block.name) {
    put_text(block.name, path);
    return false;
  }
  put_text(block.prefix, path.substr(0, slash));
  put_text(block.name, path.substr(slash + 1));
  return true;
}

std::string finish(Block& block) {
  put_text(block.magic, std::string_view("ustar\0", 6));
  put_text(block.version, "00");
  std::memset(block.checksum, ' ', sizeof block.checksum);
  std::array<unsigned char, kTarBlock> bytes;
  std::memcpy(bytes.data(), &block, bytes.size());
  unsigned sum = 0;
  for (unsigned char byte : bytes) sum += byte;
  put_text(block.checksum, fmt::format("{:06o}", sum));
  block.checksum[6] = '\0';
  return std::string(reinterpret_cast<const char*>(&block), sizeof block);
}

// "LENGTH KEY=VALUE\n", where LENGTH counts its own digits.
std::string pax_record(const std::string& key, const std::string& value) {
  std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + std::to_string(rest).size();
  if (rest + std::to_string(length).size() != length) ++length;
  return fmt::format("{} {}={}\n", length, key, value);
}

std::string pax_header(const Records& records, std::string_view path) {
  std::string body;
  for (const auto& [key, value] : records) body += pax_record(key, value);
  Block block{};
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string_view base = path.substr(path.rfind('/') + 1);
  put_text(block.name, fmt::format("PaxHeaders.0/{}", is_ascii(base) ? base : "entry"));
  put_octal(block.mode, 0644);
  put_octal(block.uid, 0);
  put_octal(block.gid, 0);
  put_octal(block.size, static_cast<std::int64_t>(body.size()));
  put_octal(block.mtime, 0);
  block.type = 'x';
  body.resize((body.size() + kTarBlock - 1) / kTarBlock * kTarBlock);
  return finish(block) + body;
}

std::string encode(const TarEntry& entry, Records records) {
  Block block{};
  bool fits = put_path(block, entry.path);
  if (!fits || !is_ascii(entry.path)) records["path"] = entry.path;
  put_text(block.link, entry.link);
  if (entry.link.size() > sizeof block.link || !is_ascii(entry.link)) records["linkpath"] = entry.link;
  put_octal(block.mode, entry.mode & 07777);
  put_number(block.uid, entry.uid, "uid", records);
  put_number(block.gid, entry.gid, "gid", records);
  put_number(block.size, entry.size, "size", records);
  put_number(block.mtime, entry.mtime, "mtime", records);
  block.type = static_cast<char>(entry.type);
  put_octal(block.major, major(entry.device));
  put_octal(block.minor, minor(entry.device));
  for (const auto& [name, value] : entry.xattrs) records["SCHILY.xattr." + name] = value;
  std::string header = records.empty() ? std::string() : pax_header(records, entry.path);
  return header + finish(block);
}

}  // namespace

std::string encode_tar_header(const TarEntry& entry) {
  return encode(entry, {});
}

std::string encode_sparse_tar_header(const TarEntry& entry, std::int64_t size) {
  return encode(entry, {{"GNU.sparse.major", "1"},
                        {"GNU.sparse.minor", "0"},
                        {"GNU.sparse.name", entry.path},
                        {"GNU.sparse.realsize", std::to_string(size)}});
}

}  // namespace aictr::images
