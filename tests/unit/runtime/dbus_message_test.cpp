#include "runtime/dbus_message.h"

#include <doctest/doctest.h>

#include "runtime/dbus_connection.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

// A reply as a bus would send it: header fields are the reply's serial and the signature of its body.
std::string reply(std::uint32_t to, const std::string& signature, const std::string& body) {
  DbusWriter writer;
  writer.byte('l');
  writer.byte(2);
  writer.byte(0);
  writer.byte(1);
  writer.u32(static_cast<std::uint32_t>(body.size()));
  writer.u32(7);
  writer.array(8, [&] {
    writer.structure();
    writer.byte(5);
    writer.signature("u");
    writer.u32(to);
    writer.structure();
    writer.byte(8);
    writer.signature("g");
    writer.signature(signature);
  });
  writer.structure();
  return writer.bytes() + body;
}

}  // namespace

TEST_CASE("values stand at their alignment, and an array's length does not count the gap before it") {
  DbusWriter writer;
  writer.byte(1);
  writer.u32(0x04030201);
  writer.string("ab");
  writer.array(8, [&] { writer.u64(5); });
  CHECK(writer.bytes() == std::string("\1\0\0\0\1\2\3\4\2\0\0\0ab\0\0\x8\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0", 32));
  DbusReader reader(writer.bytes());
  CHECK(reader.byte() == 1);
  CHECK(reader.u32() == 0x04030201);
  CHECK(reader.string() == "ab");
  CHECK(reader.ok());
}

TEST_CASE("a call is a message that can be read again") {
  DbusWriter body;
  body.string("a.scope");
  std::string bytes = encode_call({"org.example", "/org/example", "org.example.Manager", "Stop", "s", body.bytes()}, 3);
  auto length = length_of_message(bytes);
  REQUIRE(length.ok());
  CHECK(length.value() == bytes.size());
  auto message = decode_message(bytes);
  REQUIRE(message.ok());
  CHECK(message.value().type == DbusMessage::Type::call);
  CHECK(message.value().path == "/org/example");
  CHECK(message.value().member == "Stop");
  CHECK(message.value().signature == "s");
  CHECK(DbusReader(message.value().body).string() == "a.scope");
}

TEST_CASE("a reply tells which call it answers, and what follows it stays") {
  DbusWriter body;
  body.string("/org/freedesktop/systemd1/job/5");
  std::string bytes = reply(3, "o", body.bytes());
  CHECK(length_of_message(std::string_view(bytes).substr(0, 15)).value() == std::nullopt);
  CHECK(length_of_message(bytes + "more").value() == bytes.size());
  auto message = decode_message(bytes + "more");
  REQUIRE(message.ok());
  CHECK(message.value().reply_serial == 3);
  CHECK(DbusReader(message.value().body).string() == "/org/freedesktop/systemd1/job/5");
}

TEST_CASE("what is no message, cut off or much too long is refused") {
  std::string bytes = reply(3, "s", std::string("\1\0\0\0a", 6));
  CHECK_FALSE(decode_message(bytes.substr(0, bytes.size() - 1)).ok());
  CHECK_FALSE(decode_message("").ok());
  CHECK_FALSE(length_of_message("HTTP/1.1 400 Bad Request").ok());
  std::string longer = bytes;
  longer[7] = '\x7f';
  CHECK_FALSE(length_of_message(longer).ok());
  for (std::size_t at = 12; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] = '\xff';
    ignore(decode_message(broken));  // whatever it says, it ends
  }
}

TEST_CASE("a string beyond the end is empty, and the reader says so") {
  DbusReader reader(std::string_view("\x9\0\0\0ab\0", 7));
  CHECK(reader.string().empty());
  CHECK_FALSE(reader.ok());
  CHECK(reader.u32() == 0);
}

TEST_CASE("the socket of a bus is found in its address") {
  CHECK(socket_of_address("unix:path=/run/user/7/bus") == "/run/user/7/bus");
  CHECK(socket_of_address("tcp:host=a;unix:guid=0,path=/a%20b%2c;unix:path=/c") == "/a b,");
  CHECK(socket_of_address("unix:abstract=/tmp/x").empty());
  CHECK(socket_of_address("").empty());
  CHECK(socket_of_address("unix:path=/a%").starts_with("/a"));
}
