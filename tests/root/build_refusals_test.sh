#!/bin/bash
# Builds that cannot be: what is printed, word by word, and the exit code. What the plan alone finds wrong with a Dockerfile is
# in tests/unit/images/broken_dockerfile_test.cpp.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
context=$work/context
mkdir -p "$context/dir"
cd "$context"
echo text >file
echo text >dir/inside
echo ignored >left-out
ln -s nowhere dangling
echo left-out >.dockerignore

# refused INSTRUCTION CODE MESSAGE HINT [FLAG...]: a Dockerfile with INSTRUCTION on its second line is not built, with these
# last lines, and leaves nothing.
refused() {
  local code=$2 lines="aictr: build: $3"
  printf 'FROM busybox\n%b\n' "$1" >Dockerfile
  [ -z "$4" ] || lines+=$'\n'"hint: $4"
  run aictr build --progress plain "${@:5}" .
  check "'$1' ends with $code" equals "$code" "$status"
  check "says why" equals "$lines" "$(tail -n "$(wc -l <<<"$lines")" <<<"$errors")"
  check "prints no result" equals "" "$output"
  check "and leaves nothing" equals "" "$(find "$AICTR_ROOT/drafts" "$AICTR_RUNROOT/steps" -mindepth 1 2>/dev/null)$(mounts_below "$work")"
}

echo "# the lines around the place"
printf 'FROM busybox\n# one\nRUN true\n\nCOPPY \\\n  a b\nRUN true\nRUN true\nRUN true\n' >Dockerfile
run aictr build .
check "the lines are shown" equals "Dockerfile:5
--------------------
   3 |     RUN true
   4 |     
   5 | >>> COPPY \\
   6 | >>>   a b
   7 |     RUN true
   8 |     RUN true
--------------------
aictr: build: Dockerfile:5: unknown instruction 'COPPY'
hint: did you mean 'COPY'?" "$errors"
check "it is the Dockerfile's fault" equals 1 "$status"
run aictr build -q .
check "a quiet build says the same" contains "aictr: build: Dockerfile:5: unknown instruction 'COPPY'" "$errors"
mkdir sub && mv Dockerfile sub/other
run aictr build -f sub/other .
check "another Dockerfile is called by its name" contains "aictr: build: sub/other:5: unknown instruction" "$errors"

echo "# the context"
here="is not in the build context '$context'"
refused 'COPY fil /x' 1 "Dockerfile:2: 'fil' $here" "did you mean 'file'?"
refused 'COPY ../../etc/shadow /x' 1 "Dockerfile:2: '../../etc/shadow' $here" ""
refused 'COPY file/x /x' 1 "Dockerfile:2: 'file/x' $here" ""
refused 'COPY left-out /x' 1 "Dockerfile:2: 'left-out' $here: 'left-out' in .dockerignore:1 leaves it out" \
  "add '!left-out' at the end of .dockerignore"
refused 'COPY dangling /x' 1 "Dockerfile:2: 'dangling' is a link to 'nowhere', which $here" ""
refused 'RUN --mount=src=none,target=/x true' 1 "Dockerfile:2: mount '/x': 'none' $here" ""

echo "# what is in the way"
refused 'COPY dir /etc/passwd' 1 "Dockerfile:2: '/etc/passwd' is not a directory" ""
refused 'COPY file dir /etc/passwd' 1 "Dockerfile:2: '/etc/passwd' is not a directory, and several files come there" \
  "write '/etc/passwd/'"
refused 'WORKDIR /etc/passwd' 1 "Dockerfile:2: '/etc/passwd' is not a directory" ""

echo "# users"
refused 'COPY --chown=ann file /x' 1 "Dockerfile:2: --chown: unable to find user ann: no matching entries in passwd file" ""
refused 'USER ann\nRUN true' 1 "Dockerfile:3: unable to find user ann: no matching entries in passwd file" ""

echo "# steps"
refused 'RUN echo out; exit 7' 1 "Dockerfile:2: '/bin/sh -c echo out; exit 7' ended with exit code 7" ""
check "with what it printed" matches '#2 [0-9.]+ out' "$errors"
refused 'RUN ["/missing"]' 1 "Dockerfile:2: execute '/missing': No such file or directory" ""
refused 'RUN --mount=type=secret,id=key,required true' 1 \
  "Dockerfile:2: mount '/run/secrets/key': secret 'key' is required and was not given" "add --secret id=key,src=FILE to the command"

echo "# the command line"
refused 'FROM busybox AS last' 1 "Dockerfile: there is no stage 'lats'" "did you mean 'last'?" --target lats
refused 'RUN true' 125 "--tag 'UPPER': invalid image name 'UPPER': it must be lower case" "" -t UPPER
refused 'RUN true' 125 "--build-arg '=x' has no name" "" --build-arg =x
