#include "runtime/dbus_message.h"

#include <algorithm>

namespace aictr::runtime {
namespace {

constexpr std::size_t kFixedHeader = 16;  // up to and with the length of the field array
constexpr std::size_t kLongest = 16U << 20;
constexpr std::uint8_t kVersion = 1;

enum Field : std::uint8_t {
  kPath = 1,
  kInterface = 2,
  kMember = 3,
  kErrorName = 4,
  kReplySerial = 5,
  kDestination = 6,
  kSignature = 8,
};

std::size_t padded(std::size_t length) {
  return (length + 7) / 8 * 8;
}

void write_field(DbusWriter& writer, Field field, std::string_view type, std::string_view value) {
  if (value.empty()) return;
  writer.structure();
  writer.byte(field);
  writer.signature(type);
  if (type == "g") {
    writer.signature(value);
  } else {
    writer.string(value);
  }
}

void read_field(DbusReader& reader, DbusMessage& message) {
  reader.structure();
  std::uint8_t field = reader.byte();
  std::string type = reader.signature();
  if (type == "u") {
    std::uint32_t value = reader.u32();
    if (field == kReplySerial) message.reply_serial = value;
    return;
  }
  std::string value = type == "g" ? reader.signature() : reader.string();
  if (field == kPath) message.path = value;
  if (field == kMember) message.member = value;
  if (field == kErrorName) message.error_name = value;
  if (field == kSignature) message.signature = value;
}

}  // namespace

void DbusWriter::number(std::uint64_t value, std::size_t size) {
  align(size);
  for (std::size_t i = 0; i < size; ++i) bytes_.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

void DbusWriter::string(std::string_view text) {
  u32(static_cast<std::uint32_t>(text.size()));
  bytes_.append(text);
  bytes_.push_back('\0');
}

void DbusWriter::signature(std::string_view text) {
  byte(static_cast<std::uint8_t>(text.size()));
  bytes_.append(text);
  bytes_.push_back('\0');
}

void DbusWriter::array(std::size_t alignment, const std::function<void()>& elements) {
  u32(0);
  std::size_t length_at = bytes_.size() - 4;
  align(alignment);  // does not count as length
  std::size_t begin = bytes_.size();
  elements();
  std::size_t length = bytes_.size() - begin;
  for (std::size_t i = 0; i < 4; ++i) bytes_[length_at + i] = static_cast<char>((length >> (8 * i)) & 0xff);
}

std::uint64_t DbusReader::number(std::size_t size) {
  align(size);
  if (at_ + size > bytes_.size()) ok_ = false;
  if (!ok_) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[at_ + i])) << (8 * i);
  at_ += size;
  return value;
}

std::string DbusReader::text(std::size_t length) {
  if (!ok_ || length >= bytes_.size() - std::min(at_, bytes_.size())) ok_ = false;
  if (!ok_) return {};
  std::string value(bytes_.substr(at_, length));
  at_ += length + 1;
  return value;
}

std::string DbusReader::string() {
  std::size_t length = u32();
  return text(length);
}

std::string DbusReader::signature() {
  std::size_t length = byte();
  return text(length);
}

std::string encode_call(const DbusCall& call, std::uint32_t serial) {
  DbusWriter header;
  header.byte('l');
  header.byte(static_cast<std::uint8_t>(DbusMessage::Type::call));
  header.byte(0);
  header.byte(kVersion);
  header.u32(static_cast<std::uint32_t>(call.body.size()));
  header.u32(serial);
  header.array(8, [&] {
    write_field(header, kPath, "o", call.path);
    write_field(header, kInterface, "s", call.interface);
    write_field(header, kMember, "s", call.member);
    write_field(header, kDestination, "s", call.destination);
    write_field(header, kSignature, "g", call.signature);
  });
  header.structure();
  return header.bytes() + call.body;
}

Result<std::optional<std::size_t>> length_of_message(std::string_view begin) {
  if (begin.size() < kFixedHeader) return std::optional<std::size_t>();
  if (begin[0] != 'l' || begin[3] != kVersion) return make_error(Kind::corrupt, "not a message of D-Bus");
  DbusReader reader(begin, 4);
  std::size_t body = reader.u32();
  reader.u32();
  std::size_t fields = reader.u32();
  if (body > kLongest || fields > kLongest) return make_error(Kind::corrupt, "a message of D-Bus is too long");
  return std::optional(padded(kFixedHeader + fields) + body);
}

Result<DbusMessage> decode_message(std::string_view bytes) {
  std::optional<std::size_t> length = TRY(length_of_message(bytes));
  if (!length || bytes.size() < *length) return make_error(Kind::corrupt, "a message of D-Bus is cut off");
  DbusMessage message;
  message.type = static_cast<DbusMessage::Type>(bytes[1]);
  DbusReader reader(bytes.substr(0, *length), 4);
  std::size_t body = reader.u32();
  reader.u32();
  std::size_t end = kFixedHeader + reader.u32();
  while (reader.ok() && reader.position() < end) read_field(reader, message);
  if (!reader.ok()) return make_error(Kind::corrupt, "a message of D-Bus has a broken header");
  message.body = bytes.substr(*length - body, body);
  return message;
}

}  // namespace aictr::runtime
