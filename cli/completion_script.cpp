// The shells ask `aictr __complete` for every word, so a script holds no list of its own. A line is a candidate, a tab
// and its explanation; the line ":files" says that names of files fit as well.
#include <fmt/core.h>

#include "cli/completion.h"

namespace aictr::cli {
namespace {

// bash parts words at its word breaks, ":" and "=" among them, and replaces only what follows the last one; so the line
// is parted at blanks here, and what stands before that break is cut from the candidates.
constexpr std::string_view kBash = R"sh(# bash completion for aictr
_aictr() {
  local line=${COMP_LINE:0:COMP_POINT} words word cut="" i candidate
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=${words[-1]}
  for ((i = ${#word}; i > 0; i--)); do
    if [[ ${word:i-1:1} == [:=] && $COMP_WORDBREAKS == *"${word:i-1:1}"* ]]; then
      cut=${word:0:i}
      break
    fi
  done
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "${word#"$cut"}")
    else
      COMPREPLY+=("${candidate#"$cut"}")
    fi
  done < <("$1" __complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _aictr aictr
)sh";

constexpr std::string_view kZsh = R"sh(#compdef aictr
_aictr() {
  local line files=0
  local -a candidates
  for line in "${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      files=1
    elif [[ -n $line ]]; then
      candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
  done
  (( $#candidates )) && _describe -V aictr candidates
  (( files )) && _files
}
if [[ $funcstack[1] == _aictr ]]; then _aictr "$@"; else compdef _aictr aictr; fi
)sh";

constexpr std::string_view kFish = R"sh(# fish completion for aictr
function __aictr_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for line in ($words[1] __complete -- $words[2..-1] "$word" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$word"
        else
            echo $line
        end
    end
end
complete -c aictr -f -a "(__aictr_complete)"
)sh";

}  // namespace

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return std::string(kBash);
  if (shell == "zsh") return std::string(kZsh);
  if (shell == "fish") return std::string(kFish);
  return make_error(Kind::usage, fmt::format("no completion for the shell '{}'", shell), "there is bash, zsh and fish");
}

}  // namespace aictr::cli
