#!/bin/bash
# ADD of a URL, from a server on loopback.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need python3
own_store
context=$work/context
mkdir -p "$context" "$work/served/inner"
cd "$context"
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY

cat >"$work/server.py" <<'END'
import http.server, os, sys
served, log = sys.argv[1], sys.argv[2]

class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self): self.answer(False)
    def do_GET(self): self.answer(True)
    def log_message(self, *arguments): pass
    def answer(self, with_body):
        path = self.path.split("?")[0]
        with open(log, "a") as file: print(self.command, path, file=file)
        if path == "/moved":
            self.send_response(302)
            self.send_header("Location", "file.bin")
            self.end_headers()
            return
        if path == "/local":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        try:
            with open(served + path.replace("/plain", ""), "rb") as file: body = file.read()
        except OSError:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
        if not path.startswith("/plain"): self.send_header("ETag", '"%s"' % hash(body))
        self.end_headers()
        if with_body: self.wfile.write(body)

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(served + ".port", "w") as file: file.write(str(server.server_port))
server.serve_forever()
END
echo content >"$work/served/file.bin"
echo inside >"$work/served/inner/member"
tar -C "$work/served/inner" -czf "$work/served/tree.tgz" member
python3 "$work/server.py" "$work/served" "$work/log" &
server=$!
at_exit "kill $server"
for ((tries = 0; tries < 100; tries++)); do
  [ -s "$work/served.port" ] && break
  sleep 0.1
done
url=http://127.0.0.1:$(cat "$work/served.port")

# Builds an image of scratch and the lines on standard input.
build() {
  : >"$work/log"
  { echo "FROM scratch" && cat; } >Dockerfile
  run aictr build --progress plain -t got .
}
# The tree of the image's only layer.
tree() {
  local layer
  layer=$(aictr inspect --format '{{range .RootFS.Layers}}{{.}}{{end}}' got)
  echo "$AICTR_ROOT/layers/${layer#sha256:}/fs"
}

build <<<"ADD $url/file.bin?a=b /data/"
check "a file is fetched into a directory by its name" equals content "$(cat "$(tree)/data/file.bin")"
check "for root alone, with the server's time" equals "600 784111777" "$(stat -c '%a %Y' "$(tree)/data/file.bin")"
build <<<"ADD $url/file.bin?a=b /data/"
check "while the server's tag stays, nothing is fetched again" equals "HEAD /file.bin" "$(cat "$work/log")"
check "and the step is cached" contains CACHED "$errors"
echo other >"$work/served/file.bin"
build <<<"ADD $url/file.bin?a=b /data/"
check "another tag is another file" equals other "$(cat "$(tree)/data/file.bin")"
build <<<"ADD $url/plain/file.bin /x"
check "without a tag the file is fetched" equals other "$(cat "$(tree)/x")"
build <<<"ADD $url/plain/file.bin /x"
check "and its content decides" contains CACHED "$errors"

sum=sha256:$(sha256sum "$work/served/file.bin" | cut -d' ' -f1)
build <<<"ADD --checksum=$sum $url/file.bin /summed"
check "a file of the right checksum is taken" equals 0 "$status"
build <<<"ADD --checksum=$sum $url/file.bin /summed"
check "which decides without asking" equals "" "$(cat "$work/log")"
build <<<"ADD --checksum=sha256:$(printf '%064d' 0) $url/file.bin /wrong"
check "a wrong checksum is refused" equals 1 "$status"
check "with both" contains "'$url/file.bin' is $sum, not sha256:0000" "$errors"

build <<<"ADD $url/tree.tgz /tree.tgz"
check "an archive is not unpacked" test -f "$(tree)/tree.tgz"
build <<<"ADD --unpack=true $url/tree.tgz /tree"
check "unless that is asked for" equals inside "$(cat "$(tree)/tree/member")"
build <<<"ADD --chmod=755 --chown=3:4 $url/moved /moved"
check "a redirection is followed" equals "other 755 3" "$(cat "$(tree)/moved") $(stat -c '%a %u' "$(tree)/moved")"

build <<<"ADD $url/local /x"
check "but not to a file" contains "redirects to 'file:///etc/passwd'" "$errors"
build <<<"ADD $url/nothing /x"
check "what is not there is named" contains "'$url/nothing' answers 404" "$errors"
build <<<"ADD $url/ /x/"
check "a URL without a name is refused" contains "does not end in a file's name" "$errors"
build <<<"COPY $url/file.bin /x"
check "COPY fetches nothing" equals "1:" "$status:$(cat "$work/log")"
check "nothing is left" equals "" "$(ls -A "$AICTR_ROOT/drafts")"
