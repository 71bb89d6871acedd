#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

// A fuzzer's input as a row of choices. When it is used up, every further choice is the first one.
class Bytes {
 public:
  explicit Bytes(std::string_view input) : left_(input) {}

  bool any() const { return !left_.empty(); }

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
  }

  // Of eight bytes at most, behind one that says how many.
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int bytes = byte() % 9; bytes > 0; --bytes) value = value << 8 | byte();
    return value;
  }

  std::size_t below(std::size_t end) { return (std::size_t{byte()} << 8 | byte()) % end; }
  bool yes() { return byte() % 2 == 1; }

  template <class Table>
  const auto& one_of(const Table& table) {
    return table[byte() % std::size(table)];
  }

  std::string text() {
    std::string_view taken = left_.substr(0, byte());
    left_.remove_prefix(taken.size());
    return std::string(taken);
  }

 private:
  std::string_view left_;
};
