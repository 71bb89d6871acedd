#include "cli/transfer_block.h"

#include <algorithm>

#include <doctest/doctest.h>

using aictr::cli::TransferBlock;
using Outcome = TransferBlock::Outcome;

namespace {

const TransferBlock::Clock::time_point kStart{};

}  // namespace

TEST_CASE("the block shows the total and every layer") {
  TransferBlock block("Pulling", kStart);
  block.plan({{"aaaaaaaaaaaa", 100000000}, {"bbbbbbbbbbbb", 50000000}, {"cccccccccccc", 1000}});
  block.finish(2, Outcome::existed);
  block.move(0, 20000000);  // left by an earlier pull
  block.move(0, 60000000);
  CHECK(block.redraw(100, 24, kStart + std::chrono::seconds(4)) ==
        "\rPulling  40% [========>           ]  60MB of 150MB  10MB/s  9s left\033[K\n"
        "\r aaaaaaaaaaaa  [======>   ]  60MB of 100MB\033[K\n"
        "\r bbbbbbbbbbbb  waiting, 50MB\033[K\n"
        "\r cccccccccccc  already there\033[K\n");
  block.move(0, 100000000);
  CHECK(block.redraw(100, 24, kStart + std::chrono::seconds(8)).find("finishing") != std::string::npos);
  block.finish(0, Outcome::done);
  CHECK(block.outcome_of(0) == "aaaaaaaaaaaa: done, 100MB");
  CHECK(block.outcome_of(2) == "cccccccccccc: already there");
}

TEST_CASE("it is drawn over itself, and cut to the terminal") {
  TransferBlock block("Pushing", kStart);
  std::vector<aictr::images::TransferItem> items;
  for (int i = 0; i < 30; ++i) items.push_back({"layer" + std::to_string(i), 1000});
  block.plan(items);
  block.move(29, 10);
  std::string first = block.redraw(20, 10, kStart);
  CHECK(std::count(first.begin(), first.end(), '\n') == 9);
  CHECK(first.find("layer29") != std::string::npos);
  CHECK(block.redraw(20, 10, kStart).starts_with("\033[9A"));
}
