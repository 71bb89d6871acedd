#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aictr::images {

// A layer of a pull or a push.
struct TransferItem {
  std::string name;       // the first digits of its digest
  std::int64_t size = 0;  // bytes to be moved
};

// What somebody who waits for a transfer may be told. Calls come from several threads at once.
class TransferObserver {
 public:
  enum class Outcome { done, existed, mounted };

  virtual ~TransferObserver() = default;
  virtual void planned(const std::vector<TransferItem>& items) = 0;  // before the others; anew for another mirror
  virtual void moved(std::size_t item, std::int64_t bytes) = 0;      // bytes: in all; the first call: it has begun
  virtual void finished(std::size_t item, Outcome outcome) = 0;
};

}  // namespace aictr::images
