#include "runtime/unit_property.h"

#include <bit>

namespace aictr::runtime {
namespace {

struct ValueWriter {
  DbusWriter& writer;

  void operator()(bool value) {
    one("b", [&] { writer.boolean(value); });
  }
  void operator()(std::int32_t value) {
    one("i", [&] { writer.u32(static_cast<std::uint32_t>(value)); });
  }
  void operator()(std::uint32_t value) {
    one("u", [&] { writer.u32(value); });
  }
  void operator()(std::int64_t value) {
    one("x", [&] { writer.u64(static_cast<std::uint64_t>(value)); });
  }
  void operator()(std::uint64_t value) {
    one("t", [&] { writer.u64(value); });
  }
  void operator()(double value) {
    one("d", [&] { writer.u64(std::bit_cast<std::uint64_t>(value)); });
  }
  void operator()(const std::string& value) {
    one("s", [&] { writer.string(value); });
  }
  void operator()(const std::vector<std::uint8_t>& list) {
    each("ay", 1, list, [&](std::uint8_t value) { writer.byte(value); });
  }
  void operator()(const std::vector<std::uint32_t>& list) {
    each("au", 4, list, [&](std::uint32_t value) { writer.u32(value); });
  }
  void operator()(const std::vector<std::string>& list) {
    each("as", 4, list, [&](const std::string& value) { writer.string(value); });
  }
  void operator()(const UnitProperty::Pairs& list) {
    each("a(ss)", 8, list, [&](const auto& pair) {
      writer.structure();
      writer.string(pair.first);
      writer.string(pair.second);
    });
  }
  void operator()(const UnitProperty::Amounts& list) {
    each("a(st)", 8, list, [&](const auto& pair) {
      writer.structure();
      writer.string(pair.first);
      writer.u64(pair.second);
    });
  }

 private:
  template <class Write>
  void one(std::string_view type, Write write) {
    writer.signature(type);
    write();
  }
  template <class List, class Write>
  void each(std::string_view type, std::size_t alignment, const List& list, Write write) {
    writer.signature(type);
    writer.array(alignment, [&] {
      for (const auto& value : list) write(value);
    });
  }
};

}  // namespace

void write_properties(DbusWriter& writer, const std::vector<UnitProperty>& properties) {
  writer.array(8, [&] {
    for (const UnitProperty& property : properties) {
      writer.structure();
      writer.string(property.name);
      std::visit(ValueWriter{writer}, property.value);
    }
  });
}

}  // namespace aictr::runtime
