#include "cli/progress_block.h"

#include <algorithm>

#include <doctest/doctest.h>

using aictr::cli::ProgressBlock;
using Outcome = ProgressBlock::Outcome;

namespace {

const ProgressBlock::Clock::time_point kStart{};

ProgressBlock::Clock::time_point after(int milliseconds) {
  return kStart + std::chrono::milliseconds(milliseconds);
}

}  // namespace

TEST_CASE("the block shows finished steps, the running one and its last lines") {
  ProgressBlock block(false);
  block.plan(3);
  block.start(1, "[1/3] WORKDIR /app", kStart);
  block.finish(1, Outcome::cached, kStart);
  block.start(2, "[2/3] RUN make", kStart);
  for (int i = 1; i <= 8; ++i) block.output(2, "line " + std::to_string(i) + "\n", after(100));
  CHECK(block.redraw(40, 24, after(1500)) ==
        "\r[+] Building 1.5s (1/3)\033[K\n"
        "\r => CACHED [1/3] WORKDIR /app       0.0s\033[K\n"
        "\r => [2/3] RUN make                  1.5s\033[K\n"
        "\r => => # line 3\033[K\n"
        "\r => => # line 4\033[K\n"
        "\r => => # line 5\033[K\n"
        "\r => => # line 6\033[K\n"
        "\r => => # line 7\033[K\n"
        "\r => => # line 8\033[K\n");
}

TEST_CASE("it is drawn over itself, and what is left over is wiped out") {
  ProgressBlock block(false);
  block.plan(1);
  block.start(1, "[1/1] RUN make", kStart);
  block.output(1, "a\nb\n", kStart);
  block.redraw(40, 24, kStart);
  block.finish(1, Outcome::done, after(200));
  CHECK(block.redraw(40, 24, after(300)) ==
        "\033[4A\r[+] Building 0.3s (1/1)\033[K\n"
        "\r => [1/1] RUN make                  0.2s\033[K\n"
        "\033[J");
}

TEST_CASE("no line is longer than the terminal is wide, and no block higher than it") {
  ProgressBlock block(false);
  for (std::size_t i = 1; i <= 30; ++i) {
    block.start(i, "[x] RUN größer und länger als das Terminal breit ist", kStart);
    block.finish(i, Outcome::done, kStart);
  }
  std::string text = block.redraw(40, 10, kStart);
  CHECK(std::count(text.begin(), text.end(), '\n') == 9);
  CHECK(text.find("\r => [x] RUN größer und länger als d 0.0s\033[K\n") != std::string::npos);
  std::string all = block.redraw(40, ProgressBlock::kAllRows, kStart);
  CHECK(std::count(all.begin(), all.end(), '\n') == 31);
}

TEST_CASE("a failed step and its log can be shown at the end") {
  ProgressBlock block(true);
  block.start(1, "[1/1] RUN x", kStart);
  CHECK(block.failed() == nullptr);
  block.output(1, "no", kStart);
  block.finish(1, Outcome::failed, after(100));
  REQUIRE(block.failed() != nullptr);
  CHECK(block.failed()->log.whole() == "0.100 no\n");
  CHECK(block.redraw(30, 24, after(100)).find("\033[31m => ERROR [1/1] RUN x") != std::string::npos);
}
