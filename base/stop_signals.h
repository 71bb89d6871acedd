#pragma once

#include <signal.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr {

// SIGINT, SIGTERM and SIGHUP as something to wait for instead of the end, while something must be put away first. They
// act as before once the object goes, also one that came meanwhile and was not taken.
class StopSignals {
 public:
  static Result<StopSignals> hold();
  StopSignals(StopSignals&& other) noexcept;
  StopSignals& operator=(StopSignals&&) = delete;
  StopSignals(const StopSignals&) = delete;
  ~StopSignals();

  int fd() const { return signals_.get(); }  // polls as readable when one has come
  Result<int> take();                        // its number

 private:
  explicit StopSignals(const sigset_t& before) : before_(before) {}
  UniqueFd signals_;
  sigset_t before_;
  bool active_ = true;
};

}  // namespace aictr
