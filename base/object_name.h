#pragma once

#include <string_view>

namespace aictr {

// Whether `text` may name a container, a volume or a network, by Docker's rule: letters, digits, '_', '.' and '-',
// beginning with a letter or a digit, so that it is no option and leads nowhere as a file's name.
bool is_object_name(std::string_view text);

}  // namespace aictr
