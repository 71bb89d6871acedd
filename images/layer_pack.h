#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace aictr::images {

// The version of the encoding: a change of any byte that pack_layer writes for any tree raises it.
inline constexpr int kLayerEncoder = 1;

using TarSink = std::function<Result<void>(std::string_view)>;

// Writes the upper directory of an overlay as an uncompressed layer tar (image-spec, layer.md), in large pieces. The
// same tree always gives the same bytes: names are in bytewise order, parents first, times are whole seconds, owners
// numbers, and the device and inode numbers do not matter.
//
// Whiteouts become .wh. names; hard links inside the tree stay links; security.capability, user.* and POSIX ACLs go
// along; sockets do not. The root itself is an entry only where it differs from a root directory of mode 0755.
// Kind::unsupported for what a layer cannot say: a name that begins with .wh., a renamed directory of an overlay that
// was mounted with redirect_dir or metacopy.
Result<void> pack_layer(int tree, const TarSink& sink);

}  // namespace aictr::images
