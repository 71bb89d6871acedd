#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "images/transfer_observer.h"

namespace aictr::cli {

// A pull or push as lines of a terminal, drawn in place: a total, and below it the layers.
//
//   Pulling  45% [=========>           ]  183MB of 407MB  52MB/s  4s left
//    9f1a2b3c4d5e  already there
//    0a1b2c3d4e5f  [=====>    ]  61MB of 120MB
//
// Pure: redraw() gives the text and the control sequences that put it over what it gave the last time.
class TransferBlock {
 public:
  using Clock = std::chrono::steady_clock;
  using Outcome = images::TransferObserver::Outcome;

  TransferBlock(std::string verb, Clock::time_point start) : verb_(std::move(verb)), start_(start) {}

  void plan(const std::vector<images::TransferItem>& items);
  void move(std::size_t item, std::int64_t bytes);
  void finish(std::size_t item, Outcome outcome);

  std::string redraw(int columns, int rows, Clock::time_point now);
  // "183MB of 407MB, 52MB/s": the total for a log.
  std::string total(Clock::time_point now) const;
  // "9f1a2b3c4d5e: done, 61MB"
  std::string outcome_of(std::size_t item) const;

 private:
  enum class State { waiting, moving, done, existed, mounted };
  struct Item {
    std::string name;
    std::int64_t size = 0;
    std::int64_t first = 0;  // bytes that were there when it began: they tell nothing about the speed
    std::int64_t bytes = 0;
    State state = State::waiting;
  };
  struct Sum {
    std::int64_t bytes = 0;
    std::int64_t size = 0;
    std::int64_t moved = 0;  // by us
  };

  Sum sum() const;
  std::string headline(Clock::time_point now) const;
  static std::string line(const Item& item);

  std::string verb_;
  Clock::time_point start_;
  std::vector<Item> items_;
  std::size_t drawn_ = 0;  // lines on the terminal, below which the cursor stands
};

}  // namespace aictr::cli
