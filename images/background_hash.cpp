#include "images/background_hash.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "images/hash.h"

namespace aictr::images {
namespace {

constexpr std::size_t kPieceSize = 1 << 20;

}  // namespace

// Three pieces go round: one is filled, one waits, one is hashed. A piece is the filler's while `filled` counts it out,
// so only the counts need the mutex.
class BackgroundHash::Worker {
 public:
  Worker() : thread_([this] { run(); }) {}

  ~Worker() {
    if (thread_.joinable()) stop();
  }

  void update(std::string_view data) {
    while (!data.empty()) {
      std::string& piece = pieces_[given_ % pieces_.size()];
      std::size_t n = std::min(data.size(), kPieceSize - piece.size());
      piece.append(data.substr(0, n));
      data.remove_prefix(n);
      if (piece.size() == kPieceSize) hand_over();
    }
  }

  oci::Digest finish() {
    hand_over();
    stop();
    return hash_.finish();
  }

 private:
  void hand_over() {
    std::unique_lock lock(mutex_);
    ++given_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return given_ - taken_ < pieces_.size(); });
    pieces_[given_ % pieces_.size()].reserve(kPieceSize);
  }

  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || taken_ < given_; });
      if (taken_ == given_) return;
      std::string& piece = pieces_[taken_ % pieces_.size()];
      lock.unlock();
      hash_.update(piece);
      piece.clear();
      lock.lock();
      ++taken_;
      changed_.notify_all();
    }
  }

  std::array<std::string, 3> pieces_;
  std::size_t given_ = 0;  // written by the owner's thread alone
  std::size_t taken_ = 0;
  bool stopping_ = false;
  Sha256 hash_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;  // last: it uses the others
};

BackgroundHash::BackgroundHash() : worker_(std::make_unique<Worker>()) {}
BackgroundHash::BackgroundHash(BackgroundHash&&) noexcept = default;
BackgroundHash::~BackgroundHash() = default;

void BackgroundHash::update(std::string_view data) {
  worker_->update(data);
}

oci::Digest BackgroundHash::finish() {
  return worker_->finish();
}

}  // namespace aictr::images
