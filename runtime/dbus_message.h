#pragma once

// Messages of the D-Bus protocol (D-Bus specification, "Message Protocol"), as far as talking to systemd needs them.
// Pure: no sockets here. Little-endian, which every peer must understand.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::runtime {

// The bytes of values, one after the other, each at its alignment.
class DbusWriter {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void boolean(bool value) { u32(value ? 1 : 0); }
  void u16(std::uint16_t value) { number(value, sizeof value); }
  void u32(std::uint32_t value) { number(value, sizeof value); }
  void u64(std::uint64_t value) { number(value, sizeof value); }
  void string(std::string_view text);     // also an object path
  void signature(std::string_view text);  // of the variant or the message that follows
  void structure() { align(8); }          // its members follow
  // `alignment` is that of an element's type: 8 for structures and 64-bit numbers, 4 for strings, 1 for bytes.
  void array(std::size_t alignment, const std::function<void()>& elements);

  const std::string& bytes() const { return bytes_; }

 private:
  void align(std::size_t alignment) { bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment); }
  void number(std::uint64_t value, std::size_t size);
  std::string bytes_;
};

// Reads what DbusWriter writes. Past the end, or where a string does not fit, every value is empty and ok() is false.
class DbusReader {
 public:
  explicit DbusReader(std::string_view bytes, std::size_t begin = 0) : bytes_(bytes), at_(begin) {}
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::string string();
  std::string signature();
  void structure() { align(8); }
  std::size_t position() const { return at_; }
  bool ok() const { return ok_; }

 private:
  void align(std::size_t alignment) { at_ = (at_ + alignment - 1) / alignment * alignment; }
  std::uint64_t number(std::size_t size);
  std::string text(std::size_t length);
  std::string_view bytes_;
  std::size_t at_;
  bool ok_ = true;
};

struct DbusCall {
  std::string destination;
  std::string path;
  std::string interface;
  std::string member;
  std::string signature;  // of the body
  std::string body;
};

struct DbusMessage {
  enum class Type : std::uint8_t { call = 1, reply = 2, error = 3, signal = 4 };
  Type type = Type::call;
  std::uint32_t reply_serial = 0;
  std::string path;
  std::string member;
  std::string error_name;
  std::string signature;
  std::string body;
};

std::string encode_call(const DbusCall& call, std::uint32_t serial);

// The whole length of the message that begins with these bytes; nothing before the first 16 are there. Kind::corrupt
// for what is no message, or a longer one than systemd ever sends.
Result<std::optional<std::size_t>> length_of_message(std::string_view begin);
Result<DbusMessage> decode_message(std::string_view bytes);

}  // namespace aictr::runtime
