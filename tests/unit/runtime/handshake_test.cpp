#include "runtime/handshake.h"

#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::runtime;

TEST_CASE("an error arrives as it was sent") {
  auto pair = Handshake::make();
  REQUIRE(pair.ok());
  Error sent{Kind::denied, EACCES, "open '/x': permission denied", "be somebody else"};
  pair.value().child.fail(sent);
  auto received = pair.value().parent.receive();
  REQUIRE_FALSE(received.ok());
  CHECK(received.error().kind == Kind::denied);
  CHECK(received.error().code == EACCES);
  CHECK(received.error().message == sent.message);
  CHECK(received.error().hint == sent.hint);
}

TEST_CASE("a step arrives with its text and its descriptor") {
  auto pair = Handshake::make();
  int pipe_ends[2];
  REQUIRE(::pipe2(pipe_ends, O_CLOEXEC) == 0);
  REQUIRE(pair.value().child.send(Step::ready, "text", pipe_ends[1]).ok());
  auto received = pair.value().parent.expect(Step::ready);
  REQUIRE(received.ok());
  CHECK(received.value().text == "text");
  REQUIRE(received.value().fds.size() == 1);
  CHECK(::write(received.value().fds[0].get(), "x", 1) == 1);
  CHECK((::fcntl(received.value().fds[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_CASE("what a side said before it left is heard, also when it did not listen") {
  auto pair = Handshake::make();
  REQUIRE(pair.value().parent.send(Step::proceed, "never read").ok());
  pair.value().child.fail(make_error(Kind::usage, "gave up"));
  pair.value().child.socket().reset();
  auto received = pair.value().parent.receive();
  REQUIRE_FALSE(received.ok());
  CHECK(received.error().message == "gave up");
}

TEST_CASE("that the other side is gone is told apart from an error") {
  auto pair = Handshake::make();
  CHECK_FALSE(pair.value().parent.peer_is_gone());
  pair.value().child.socket().reset();
  CHECK(pair.value().parent.peer_is_gone());
  auto received = pair.value().parent.receive();
  REQUIRE(received.ok());
  CHECK(received.value().step == Step::failed);
  CHECK_FALSE(pair.value().parent.expect(Step::ready).ok());
  CHECK_FALSE(pair.value().parent.send(Step::proceed).ok());
}

TEST_CASE("a step out of order is an error") {
  auto pair = Handshake::make();
  REQUIRE(pair.value().child.send(Step::ready).ok());
  CHECK_FALSE(pair.value().parent.expect(Step::environment).ok());
}

TEST_CASE("bytes that are no error give an error that says so, whatever they are") {
  std::string whole = encode_error(make_error(Kind::busy, "a message", "a hint"));
  CHECK(decode_error(whole).message == "a message");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(decode_error(std::string_view(whole).substr(0, length)).message.find("cannot be read") != std::string::npos);
  }
  CHECK(decode_error(whole + "x").message.find("cannot be read") != std::string::npos);
  CHECK(decode_error(std::string(64, '\xff')).message.find("cannot be read") != std::string::npos);
}

TEST_CASE("a very long message is cut, not refused") {
  auto pair = Handshake::make();
  pair.value().child.fail(make_error(Kind::usage, std::string(1U << 20, 'x')));
  auto received = pair.value().parent.receive();
  REQUIRE_FALSE(received.ok());
  CHECK(received.error().kind == Kind::usage);
  CHECK(received.error().message.size() > 1000);
}
