#!/bin/bash
# RUN --mount: what a step sees through it, and that no layer keeps anything of it.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
context=$work/context
mkdir -p "$context/sub/deep"
cd "$context"
echo one >sub/file
echo two >sub/deep/other
echo no >sub/ignored
echo sub/ignored >.dockerignore
chown -R 1234:1234 sub

# Builds the Dockerfile on standard input; what the steps print is in $output.
build() {
  cat >Dockerfile
  run aictr build --progress plain -t mounts "$@" .
  output=$(sed -n 's/^#[0-9]* [0-9.]* //p' <<<"$errors")
}

# Everything that the image has beyond its base: changes of the layers of its last N history lines.
layers() {
  local image
  image=$(aictr inspect --format '{{range .RootFS.Layers}}{{.}} {{end}}' mounts)
  for layer in $image; do (cd "$AICTR_ROOT/layers/${layer#sha256:}/fs" && find . -mindepth 1); done
}

base=$(aictr inspect --format '{{range .RootFS.Layers}}{{.}} {{end}}' busybox | wc -w)
own_layers() {
  aictr inspect --format '{{range .RootFS.Layers}}{{.}} {{end}}' mounts | wc -w | awk -v base="$base" '{ print $1 - base }'
}

build <<'END'
FROM busybox
WORKDIR /src
RUN --mount=target=. find . | sort | xargs; cat sub/file; stat -c %u:%g sub/file; touch sub/new 2>&1 | grep -o Read-only
END
check "the context is bound" contains "one" "$output"
check "without what .dockerignore leaves out" contains ". ./.dockerignore ./Dockerfile ./sub ./sub/deep ./sub/deep/other ./sub/file" "$output"
check "as root's" contains "0:0" "$output"
check "read-only" contains "Read-only" "$output"
check "and leaves no layer but WORKDIR's" equals 1 "$(own_layers)"

build <<'END'
FROM busybox
RUN --mount=target=/x/y,src=sub/file --mount=type=bind,src=sub,target=/opt/deep/er,rw \
    cat /x/y; echo mine >/opt/deep/er/mine; cat /opt/deep/er/mine; echo kept >/kept
END
check "a file is bound" contains "one" "$output"
check "what is written to a writable one is there" contains "mine" "$output"
check "and gone afterwards" fails test -e sub/mine
check "nothing of the mounts is in the layer" equals "./kept" "$(layers | grep -E 'kept|mine|opt/deep|^./x')"

chown -R 0:0 .
build <<'END'
FROM busybox
RUN --mount=src=sub/deep,target=/m cat /m/other
END
check "a directory of root's is bound as it is" contains "two" "$output"
build <<'END'
FROM busybox
RUN --mount=src=sub/deep,target=/m cat /m/other
END
check "the same content is cached" contains CACHED "$errors"
echo three >sub/deep/other
build <<'END'
FROM busybox
RUN --mount=src=sub/deep,target=/m cat /m/other
END
check "other content is not" contains "three" "$output"

build <<'END'
FROM busybox AS tools
RUN mkdir -p /tools/bin && echo tool >/tools/bin/tool && chown 7:8 /tools/bin/tool
FROM busybox
RUN --mount=from=tools,source=/tools,target=/t cat /t/bin/tool; stat -c %u:%g /t/bin/tool
RUN --mount=from=busybox,target=/b ls /b/bin | grep -c busybox
END
check "a stage is bound" contains "tool" "$output"
check "with its owners" contains "7:8" "$output"
check "an image is bound" equals 0 "$status"

for round in 1 2; do
  build --no-cache <<'END'
FROM busybox
RUN --mount=type=cache,target=/var/pip,mode=0750,uid=3 echo x >>/var/pip/count; \
    wc -l </var/pip/count; stat -c %a:%u /var/pip
END
  check "round $round finds what the rounds before left in the cache" equals "$round" "$(head -n 1 <<<"$output")"
done
check "the cache has the mode and the owner that were asked for" contains "750:3" "$output"
check "the cache is in no layer" equals 0 "$(own_layers)"
build <<'END'
FROM busybox
RUN --mount=type=cache,target=/var/pip wc -l </var/pip/count
RUN --mount=type=cache,target=/c,id=/var/pip wc -l </c/count
RUN --mount=type=cache,target=/c ls /c | wc -l
END
check "the cache is known by its id" equals "2 2 0" "$(xargs <<<"$output")"

locked=$work/locked
mkdir "$locked"
cat >"$locked/Dockerfile" <<'END'
FROM busybox
RUN --mount=type=cache,target=/a,id=held,sharing=locked test ! -e /a/busy; touch /a/busy; sleep 0.5; rm /a/busy
END
aictr build -q --no-cache "$locked" >/dev/null &
first=$!
run aictr build -q --no-cache "$locked"
check "a locked cache is had by one build at a time" equals 0 "$status"
check "both builds succeed" wait "$first"

build --secret id=token,src=<(printf xyzzy5) <<'END'
FROM busybox
RUN --mount=type=secret,id=token cat /run/secrets/token; stat -c %a:%u:%s /run/secrets/token
RUN --mount=type=secret,id=token,env=TOKEN echo "in $TOKEN"; test ! -e /run/secrets
RUN --mount=type=secret,id=other ls /run/secrets/other 2>&1 | grep -o 'No such file'
END
check "a secret is a file" contains "xyzzy5" "$output"
check "for root alone" contains "400:0:6" "$output"
check "or a variable" contains "in xyzzy5" "$output"
check "one that is not given is not there" contains "No such file" "$output"
check "no layer, record or history has it" fails grep -rq xyzzy5 "$AICTR_ROOT"
check "nor anything else" equals 0 "$(own_layers)"
build <<'END'
FROM busybox
RUN --mount=type=secret,id=need,required true
END
check "one that is required is missed" contains "Dockerfile:2: mount '/run/secrets/need': secret 'need' is required and was not given" "$errors"
check "with what to add" contains "add --secret id=need,src=FILE" "$errors"

build <<'END'
FROM busybox
RUN --mount=type=tmpfs,target=/fast,size=1m df -k /fast | awk 'END { print $2, $NF }'; echo x >/fast/x
END
check "a tmpfs has its size" contains "1024 /fast" "$output"
check "and leaves nothing" equals 0 "$(own_layers)"

python3 - "$work/agent" <<'END' &
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
while True:
    server.accept()
END
agent=$!
at_exit "kill $agent"
for ((tries = 0; tries < 50; tries++)); do
  [ -S "$work/agent" ] && break
  sleep 0.1
done
build --ssh "default=$work/agent" <<'END'
FROM busybox
RUN --mount=type=ssh echo "$SSH_AUTH_SOCK"; test -S "$SSH_AUTH_SOCK" && echo socket
END
check "an agent's socket is shown" contains "/run/buildkit/ssh_agent.0" "$output"
check "and named" contains "socket" "$output"

build <<'END'
FROM busybox
RUN --mount=src=nothing,target=/m true
END
check "a source that is missing is named" contains "'nothing' is not in the build context" "$errors"
check "with its line" contains "Dockerfile:2" "$errors"
check "nothing is left" equals "" "$(find "$AICTR_ROOT/drafts" "$AICTR_RUNROOT/steps" -mindepth 1)$(mounts_below "$work")"
