#!/bin/bash
# `cmake --install` puts the programs, the completions and the man pages where the system looks for them.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_work
need cmake

prefix=$work/prefix
run cmake --install "$(dirname "$AICTR_BIN")" --prefix "$prefix"
check "the install works" equals 0 "$status"
for file in bin/aictr bin/aictr-runtime libexec/aictr/aictr-init libexec/aictr/aictr-images \
  share/man/man1/aictr.1 share/man/man1/aictr-run.1 share/bash-completion/completions/aictr \
  share/zsh/site-functions/_aictr share/fish/vendor_completions.d/aictr.fish; do
  check "$file is installed" test -s "$prefix/$file"
done

run env -u AICTR_BIN PATH=/usr/bin:/bin "$prefix/bin/aictr" --version
check "the installed program runs" equals 0 "$status"
check "the completion of bash is a script that bash accepts" bash -n "$prefix/share/bash-completion/completions/aictr"
