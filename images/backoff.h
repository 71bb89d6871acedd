#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "images/http.h"

namespace aictr::images {

// When to try again, and when to give up: five tries, half a second after the first, then twice as long each time, or
// as long as the peer's Retry-After says (at most a minute).
class Backoff {
 public:
  // How long to wait before the next try; nothing: it was the last.
  std::optional<std::chrono::milliseconds> next(std::string_view retry_after = {});
  void reset() { tries_ = 1; }  // something went well

 private:
  int tries_ = 1;
};

// Whether a request that was answered so may be answered better later (408, 425, 429, 5xx but 501).
bool is_transient(int status);

// Sends, and again with a backoff while the answer is transient, or, with `repeats_failures`, there is none
// (Kind::network): not for what may have reached its receiver in part.
Result<HttpResponse> send_patiently(const std::function<Result<HttpResponse>()>& send, bool repeats_failures);

}  // namespace aictr::images
