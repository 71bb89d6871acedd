#include "base/error.h"

#include <cstring>

namespace aictr {

Error Error::context(std::string_view what) && {
  message.insert(0, ": ");
  message.insert(0, what);
  return std::move(*this);
}

Error Error::with_hint(std::string text) && {
  hint = std::move(text);
  return std::move(*this);
}

Error Error::with_kind(Kind other) && {
  kind = other;
  return std::move(*this);
}

Error Error::with_excerpt(std::string lines) && {
  excerpt = std::move(lines);
  return std::move(*this);
}

Error make_error(Kind kind, std::string message, std::string hint) {
  return {kind, 0, std::move(message), std::move(hint)};
}

Kind kind_of_errno(int code) {
  switch (code) {
    case ENOENT:
    case ESRCH:
    case ENODEV:
    case ENXIO:
      return Kind::not_found;
    case EPERM:
    case EACCES:
    case EROFS:
      return Kind::denied;
    case EEXIST:
      return Kind::exists;
    case EBUSY:
    case ETXTBSY:
      return Kind::busy;
    case ENOSYS:
    case EOPNOTSUPP:
      return Kind::unsupported;
    default:
      return Kind::internal;
  }
}

Error sys_error(std::string_view what, int code) {
  std::string message(what);
  message += ": ";
  message += std::strerror(code);
  return {kind_of_errno(code), code, std::move(message), {}};
}

}  // namespace aictr
