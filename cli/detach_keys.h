#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::cli {

// The keys by which a person leaves a container without ending it. Docker's default, ctrl-p ctrl-q, swallows ctrl-p in
// every shell until the next key; ours is a key that nobody needs, twice, and what turns out not to be the whole
// sequence goes to the container: with the next key, or after a moment without one.
class DetachKeys {
 public:
  static constexpr std::string_view kDefault = "ctrl-],ctrl-]";

  // "ctrl-a,x": letters, or ctrl- and one of a-z @ [ \ ] ^ _. Empty: there is no way to detach. Kind::usage for others.
  static Result<DetachKeys> parse(std::string_view text);

  // What of `typed` goes to the container. The sequence itself does not; what was typed behind it is dropped.
  std::string pass(std::string_view typed);
  bool are_complete() const { return complete_; }
  bool are_begun() const { return matched_ > 0 && !complete_; }
  std::string give_back();  // of a sequence that was begun and did not go on

 private:
  std::string keys_;
  std::size_t matched_ = 0;
  bool complete_ = false;
};

// What the user has set as detachKeys in Docker's config.json, or the default.
std::string usual_detach_keys();

}  // namespace aictr::cli
