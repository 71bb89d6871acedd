#!/bin/bash
# --host-ca, with an authority and a TLS server of the test's own: curl in a step and in a container trusts it when the host
# does, and nothing of it stays in an image.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need openssl python3 curl
own_store
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# authority NAME: NAME.crt and NAME.key, and a server certificate of it, NAME-server.pem.
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.crt"
  openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$work/$1-server.key" -out "$work/$1-server.csr"
  printf 'subjectAltName=DNS:localhost\n' >"$work/$1-server.ext"
  openssl x509 -req -in "$work/$1-server.csr" -CA "$work/$1.crt" -CAkey "$work/$1.key" -CAcreateserial -days 2 \
    -extfile "$work/$1-server.ext" -out "$work/$1-server.crt"
  cat "$work/$1-server.crt" "$work/$1-server.key" >"$work/$1-server.pem"
}
authority ours >/dev/null 2>&1
authority other >/dev/null 2>&1

# An image of busybox and this machine's curl with its libraries, which trusts another authority than ours.
busybox_rootfs "$work/rootfs"
cp "$(command -v curl)" "$work/rootfs/bin/curl"
ldd "$(command -v curl)" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$work/rootfs$(dirname "$library")"
  cp -L "$library" "$work/rootfs$library"
done
mkdir -p "$work/rootfs/etc/ssl/certs"
cp "$work/other.crt" "$work/rootfs/etc/ssl/certs/ca-certificates.crt"
tar -C "$work/rootfs" -cf "$work/curl.tar" .
aictr import "$work/curl.tar" curl >/dev/null
run aictr run --rm curl curl --version
[ "$status" -eq 0 ] || skip "this machine's curl does not run in a container: $errors"

python3 -c '
import http.server, os, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"trusted\n")
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(sys.argv[1])
server.socket = tls.wrap_socket(server.socket, server_side=True)
with open(sys.argv[2] + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()' "$work/ours-server.pem" "$work/port" &
at_exit "kill $! 2>/dev/null"
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
url=https://localhost:$(cat "$work/port")/

export SSL_CERT_FILE=$work/ours.crt
run aictr run --rm curl curl -sS "$url"
check "a container trusts whom the host trusts" equals trusted "$output"
run aictr run --rm --host-ca always curl curl -sS "$url"
check "also when it always shall" equals trusted "$output"
run aictr run --rm --host-ca never curl curl -sS "$url"
check "and not when it never shall: curl ends with its code for certificates" equals 60 "$status"
run aictr run --rm --host-ca never curl sh -c 'ls -d /dev/aictr; env | grep -c -e CERT -e CA_BUNDLE'
check "then there is nothing of it" equals 0 "$output"
SSL_CERT_FILE=$work/other.crt run aictr run --rm curl curl -sS "$url"
check "another authority does not do" equals 60 "$status"
run aictr run --rm -e CURL_CA_BUNDLE=/none curl sh -c 'echo $CURL_CA_BUNDLE'
check "a variable of the user's stays" equals /none "$output"
run aictr run --rm curl sh -c 'cat "$SSL_CERT_FILE" "$REQUESTS_CA_BUNDLE" "$PIP_CERT" "$NODE_EXTRA_CA_CERTS" | grep -c BEGIN
  cat "$APT_CONFIG"'
check "pip, requests and node are told, and apt" equals $'4\nAcquire::https::CAInfo "/dev/aictr/host-ca.crt";' "$output"
run aictr run --rm curl sh -c 'echo x > "$SSL_CERT_FILE"'
check "a container cannot change it" contains "Read-only" "$errors"

context=$work/context
mkdir "$context"
printf 'FROM curl\nRUN curl -sS %s > /answer\n' "$url" >"$context/Dockerfile"
run aictr build --progress plain --host-ca never "$context"
check "a step without it fails as curl does" contains "ended with exit code 60" "$errors"
run aictr build --progress plain -t built "$context"
check "a step trusts whom the host trusts" equals 0 "$status"
check "its answer is in the image" equals trusted "$(aictr run --rm --host-ca never built cat /answer)"
SSL_CERT_FILE=$work/other.crt run aictr build --progress plain "$context"
check "another authority is no reason to run it again" contains CACHED "$errors"
check "nor is any step run" lacks DONE "$errors"
run aictr run --rm --host-ca never built sh -c 'find / -xdev -name "*host-ca*" -o -xdev -path /dev/aictr; env'
check "no file and no variable of it is in the image" lacks host-ca "$output"
check "nor is a variable of the tools" lacks CERT "$output"
run aictr history --no-trunc built
check "nor is anything in the history" lacks host-ca "$output"
run grep -rlF "$(sed -n 2p "$work/ours.crt")" "$AICTR_ROOT"
check "nowhere in the store is the certificate" equals "" "$output"
