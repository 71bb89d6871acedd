#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "images/transfer_observer.h"

namespace aictr::cli {

// Shows a pull or push on standard error.
class TransferProgress : public images::TransferObserver {
 public:
  virtual void end() = 0;  // before anything else is printed
};

// `verb`: "Pulling". `how`: auto, tty, plain or quiet; auto is tty on a terminal that can move its cursor, else plain,
// which prints a line for each layer, and one about the whole every few seconds. Kind::usage for tty without such a
// terminal.
Result<std::unique_ptr<TransferProgress>> make_transfer_progress(const std::string& how, const std::string& verb);

}  // namespace aictr::cli
