#pragma once

// Variable substitution as a Dockerfile has it: $v ${v} ${v:-w} ${v-w} ${v:+w} ${v+w} ${v:?e} ${v?e} ${v#p} ${v##p}
// ${v%p}
// ${v%%p} ${v/p/r} ${v//p/r}; w may hold substitutions again. Quotes are taken off: '…' is literal, in "…" only the
// escape character before '"', '$' and itself counts, elsewhere it makes the next character literal.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// The value of a variable; nullopt when it is unset.
using Variables = std::function<std::optional<std::string>(std::string_view name)>;

struct ExpandOptions {
  char escape = '\\';
  bool quotes = true;         // false: a quote is a character like any other, as in the body of a heredoc
  bool keep_quotes = false;   // quotes count, and stay in the result
  bool keep_escapes = false;  // escape characters count, and stay in the result
  bool keep_unset = false;    // a substitution of an unset variable stays as it is written
};

// Kind::usage for text that is no valid substitution, and for ${v:?e} when it fails.
Result<std::string> expand(std::string_view text, const Variables& variables, const ExpandOptions& options = {});

// The same, split at the blanks that are not quoted; a blank that came out of a variable splits too.
Result<std::vector<std::string>> expand_words(std::string_view text, const Variables& variables,
                                              const ExpandOptions& options = {});

}  // namespace aictr::images
