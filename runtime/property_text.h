#pragma once

#include <string_view>

#include "base/result.h"
#include "runtime/unit_property.h"

namespace aictr::runtime {

// A value as GVariant's text format writes it ("GVariant Text Format" of GLib), of the types that properties of units
// have: true, -5, uint64 5, 0.5, 'text', "text", ['a', 'b']. A number without a type is an int32 or a double.
// Kind::usage for anything else.
Result<UnitProperty::Value> parse_property_value(std::string_view text);

}  // namespace aictr::runtime
