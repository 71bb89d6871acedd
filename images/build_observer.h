#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aictr::images {

// Told what a build does, as it does it. Steps have numbers from 1; a build that works on several at once calls from
// one thread at a time.
class BuildObserver {
 public:
  enum class Outcome { done, cached, failed, cancelled };  // cancelled: another step has failed

  virtual ~BuildObserver() = default;
  virtual void planned(std::size_t steps) = 0;  // of all stages, before the first one starts
  // Of a stage: "[2/4] COPY . .", "[build 2/4] COPY . ." where there are several. Of none, "": what is done around
  // them.
  virtual void started(std::size_t step, const std::string& stage, const std::string& title) = 0;
  virtual void output(std::size_t step, std::string_view text) = 0;  // as it comes, in any pieces; may be empty
  // `bytes`: of the layer that it has made, or that was known; 0 without one.
  virtual void finished(std::size_t step, Outcome outcome, std::int64_t bytes) = 0;
  virtual void warning(const std::string& text) = 0;
};

}  // namespace aictr::images
