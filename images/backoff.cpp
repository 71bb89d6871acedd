#include "images/backoff.h"

#include <algorithm>
#include <thread>

#include "base/text.h"

namespace aictr::images {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMostTries = 5;
constexpr milliseconds kFirstDelay{500};
constexpr seconds kLongestDelay{60};

}  // namespace

std::optional<milliseconds> Backoff::next(std::string_view retry_after) {
  if (tries_ >= kMostTries) return std::nullopt;
  milliseconds delay = kFirstDelay * (1 << (tries_ - 1));
  ++tries_;
  // A date is the other form; our own delay serves as well.
  if (auto count = parse_number<unsigned>(retry_after)) delay = seconds(*count);
  return std::min<milliseconds>(delay, kLongestDelay);
}

bool is_transient(int status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501);
}

Result<HttpResponse> send_patiently(const std::function<Result<HttpResponse>()>& send, bool repeats_failures) {
  Backoff backoff;
  for (;;) {
    auto response = send();
    bool passing = response.ok() ? is_transient(response.value().status)
                                 : repeats_failures && response.error().kind == Kind::network;
    if (!passing) return response;
    auto delay = backoff.next(response.ok() ? response.value().header("retry-after") : std::string_view());
    if (!delay) return response;
    std::this_thread::sleep_for(*delay);
  }
}

}  // namespace aictr::images
