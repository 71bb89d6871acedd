#include "hooks/network_attachment.h"

namespace aictr::hooks {

std::string_view mode_word(NetworkMode mode) {
  switch (mode) {
    case NetworkMode::host:
      return "host";
    case NetworkMode::none:
      return "none";
    case NetworkMode::bridge:
      return "bridge";
    case NetworkMode::container:
      return "container";
  }
  return "";
}

NetworkMode mode_of_word(std::string_view word) {
  for (NetworkMode mode : {NetworkMode::none, NetworkMode::bridge, NetworkMode::container}) {
    if (word == mode_word(mode)) return mode;
  }
  return NetworkMode::host;
}

}  // namespace aictr::hooks
