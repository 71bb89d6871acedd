#pragma once

#include <cerrno>
#include <string>
#include <string_view>

namespace aictr {

// What sort of failure an error is; cli/ turns it into an exit code and nothing else may depend on words in a message.
enum class Kind {
  usage,        // the user asked for something that has no meaning
  not_found,    // a named thing is not there
  denied,       // the kernel or a policy said no
  exists,       // a name is taken
  busy,         // somebody else is using the thing, or it is in the wrong state
  unsupported,  // valid, but this kernel or this build cannot do it
  corrupt,      // stored or received data is not what it must be
  exec,         // the program to run in a container cannot be executed; the code says why
  network,      // a peer could not be reached or broke off
  internal,     // everything else
};

// What went wrong, as one line that a user reads: "outermost context: …: cause". User strings stand in single quotes.
struct Error {
  Kind kind = Kind::internal;
  int code = 0;         // errno of the innermost failure, 0 when there is none
  std::string message;  // one line, lower case
  std::string hint;     // what to do about it; printed on a line of its own, empty when there is nothing to say
  // Lines of the user's file around the place that is wrong, ready to be printed above the message; mostly empty.
  std::string excerpt{};

  // Puts `what` in front of the message. The kind, code and hint stay those of the cause.
  Error context(std::string_view what) &&;
  Error with_hint(std::string text) &&;
  Error with_kind(Kind other) &&;
  Error with_excerpt(std::string lines) &&;
};

// An error without an errno.
Error make_error(Kind kind, std::string message, std::string hint = {});

// An error from a system call; the kind follows from errno.
Error sys_error(std::string_view what, int code = errno);

Kind kind_of_errno(int code);

}  // namespace aictr
