#!/bin/bash
# Docker's builder and buildah build Dockerfiles of tests/corpus today as they did when their verdicts were written down, and
# aictr builds the same. AICTR_TEST_WHOLE=1 asks them about the whole corpus, which takes minutes.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need python3 busybox setfattr setcap dockerd docker buildah podman
own_work

cases=(copy-directory-contents copy-hard-links add-tar-over-files heredoc-run ignore-with-exceptions stages-copy-from-name
  variables-quotes run-replaces-directory run-as-user onbuild-of-base everything-inherited copy-missing-fails)
if [ -n "${AICTR_TEST_WHOLE:-}" ]; then cases=(); fi

# buildah leaves mounts behind; they end with their namespace.
run unshare --mount --propagation private python3 "$AICTR_SOURCE/tests/corpus/run.py" --live "$work" "${cases[@]}"
grep -v '^ok: ' <<<"$output" || true
check "aictr and its judges build as it is written" equals 0 "$status"
