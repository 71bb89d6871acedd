#include "cli/transfer_block.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/units.h"

namespace aictr::cli {
namespace {

std::string size_text(std::int64_t bytes) {
  return decimal_size(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)));
}

std::string bar(std::int64_t part, std::int64_t whole, std::size_t width) {
  double share = whole > 0 ? std::clamp(static_cast<double>(part) / static_cast<double>(whole), 0.0, 1.0) : 1.0;
  auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string text(filled, '=');
  if (filled < width) text += '>';
  text.resize(width, ' ');
  return "[" + text + "]";
}

std::string seconds_text(double seconds) {
  auto whole = static_cast<long>(seconds + 0.5);
  return whole < 60 ? fmt::format("{}s", whole) : fmt::format("{}m{:02}s", whole / 60, whole % 60);
}

}  // namespace

void TransferBlock::plan(const std::vector<images::TransferItem>& items) {
  items_.clear();
  for (const auto& item : items) items_.push_back({item.name, item.size, 0, 0, State::waiting});
}

void TransferBlock::move(std::size_t item, std::int64_t bytes) {
  Item& moved = items_.at(item);
  if (moved.state == State::waiting) moved.first = bytes;
  moved.state = State::moving;
  moved.bytes = bytes;
}

void TransferBlock::finish(std::size_t item, Outcome outcome) {
  Item& finished = items_.at(item);
  finished.state = outcome == Outcome::done      ? State::done
                   : outcome == Outcome::mounted ? State::mounted
                                                 : State::existed;
}

// What need not be moved does not count.
TransferBlock::Sum TransferBlock::sum() const {
  Sum sum;
  for (const Item& item : items_) {
    if (item.state == State::existed || item.state == State::mounted) continue;
    sum.bytes += item.bytes;
    sum.size += std::max(item.size, item.bytes);
    sum.moved += item.bytes - item.first;
  }
  return sum;
}

std::string TransferBlock::total(Clock::time_point now) const {
  Sum all = sum();
  double seconds = std::max(std::chrono::duration<double>(now - start_).count(), 0.001);
  double speed = static_cast<double>(all.moved) / seconds;
  return fmt::format("{} of {}, {}/s", size_text(all.bytes), size_text(all.size),
                     size_text(static_cast<std::int64_t>(speed)));
}

std::string TransferBlock::headline(Clock::time_point now) const {
  Sum all = sum();
  double seconds = std::max(std::chrono::duration<double>(now - start_).count(), 0.001);
  double speed = static_cast<double>(all.moved) / seconds;
  auto percent = all.size > 0 ? 100 * all.bytes / all.size : 100;
  std::string text =
      fmt::format("{} {:>3}% {}  {} of {}  {}/s", verb_, percent, bar(all.bytes, all.size, 20), size_text(all.bytes),
                  size_text(all.size), size_text(static_cast<std::int64_t>(speed)));
  if (speed >= 1 && all.bytes < all.size) {
    text += fmt::format("  {} left", seconds_text(static_cast<double>(all.size - all.bytes) / speed));
  }
  return text;
}

std::string TransferBlock::line(const Item& item) {
  switch (item.state) {
    case State::waiting:
      return fmt::format(" {}  waiting, {}", item.name, size_text(item.size));
    case State::moving:
      if (item.bytes < item.size) {
        return fmt::format(" {}  {}  {} of {}", item.name, bar(item.bytes, item.size, 10), size_text(item.bytes),
                           size_text(item.size));
      }
      return fmt::format(" {}  finishing, {}", item.name, size_text(item.size));
    case State::done:
      return fmt::format(" {}  done, {}", item.name, size_text(std::max(item.size, item.bytes)));
    case State::existed:
      return fmt::format(" {}  already there", item.name);
    case State::mounted:
      return fmt::format(" {}  taken from another repository", item.name);
  }
  return {};
}

std::string TransferBlock::outcome_of(std::size_t item) const {
  std::string text = line(items_.at(item)).substr(1);
  if (auto blanks = text.find("  "); blanks != std::string::npos) text.replace(blanks, 2, ": ");
  return text;
}

std::string TransferBlock::redraw(int columns, int rows, Clock::time_point now) {
  std::vector<std::string> lines = {headline(now)};
  for (const Item& item : items_) lines.push_back(line(item));
  auto fit = static_cast<std::size_t>(std::max(rows - 1, 2));
  if (lines.size() > fit) {  // finished layers make room for those that move
    for (std::size_t i = items_.size(); i-- > 0 && lines.size() > fit;) {
      if (items_[i].state != State::moving) lines.erase(lines.begin() + 1 + static_cast<std::ptrdiff_t>(i));
    }
    lines.resize(std::min(lines.size(), fit));
  }
  std::string text = drawn_ > 0 ? fmt::format("\033[{}A", drawn_) : "";
  auto width = static_cast<std::size_t>(std::max(columns - 1, 1));
  for (const std::string& one : lines) text += "\r" + one.substr(0, width) + "\033[K\n";
  if (lines.size() < drawn_) text += "\033[J";
  drawn_ = lines.size();
  return text;
}

}  // namespace aictr::cli
