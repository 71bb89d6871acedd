#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aictr::images {

// Told what a build does, as it does it. Steps have numbers from 1; a build that works on several at once calls from
// one thread at a time.
class BuildObserver {
 public:
  enum class Outcome { done, cached, failed, cancelled };  // cancelled: another step has failed

  virtual ~BuildObserver() = default;
  virtual void planned(std::size_t steps) = 0;                           // before the first one starts
  virtual void started(std::size_t step, const std::string& title) = 0;  // "[2/4] COPY . ."
  virtual void output(std::size_t step, std::string_view text) = 0;      // as it comes, in any pieces; may be empty
  virtual void finished(std::size_t step, Outcome outcome) = 0;
  virtual void warning(const std::string& text) = 0;
};

}  // namespace aictr::images
