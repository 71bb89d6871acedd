#include "base/random.h"

#include <sys/random.h>

namespace aictr {

Result<std::string> random_hex(std::size_t digits) {
  std::string raw((digits + 1) / 2, '\0');
  if (::getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(raw.size())) return sys_error("get random bytes");
  std::string hex;
  for (char byte : raw) {
    auto value = static_cast<unsigned char>(byte);
    hex += "0123456789abcdef"[value >> 4];
    hex += "0123456789abcdef"[value & 15];
  }
  hex.resize(digits);
  return hex;
}

}  // namespace aictr
