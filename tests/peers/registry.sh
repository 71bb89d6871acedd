# shellcheck shell=bash
# Registries on loopback for the tests: the distribution's docker-registry. Sourced after lib.sh.
work=${work:-}

# own_registry NAME [htpasswd] [tls]: starts one and leaves its address in $registry. With htpasswd the user is `ann` with
# the password `secret word`; with tls the authority's certificate is $work/NAME/ca.crt.
own_registry() {
  own_work
  need docker-registry curl
  local directory=$work/$1 want
  shift
  mkdir -p "$directory/data"
  registry=127.0.0.1:$(free_port)
  {
    printf 'version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n'
    printf 'storage: {filesystem: {rootdirectory: "%s"}, delete: {enabled: true}}\n' "$directory/data"
    printf 'http:\n  addr: %s\n' "$registry"
    for want in "$@"; do
      case $want in
        tls)
          make_certificate "$directory"
          printf '  tls: {certificate: "%s", key: "%s"}\n' "$directory/server.crt" "$directory/server.key"
          ;;
        htpasswd) ;;
        *) echo "own_registry: no '$want'" && exit 1 ;;
      esac
    done
    if [[ " $* " == *" htpasswd "* ]]; then
      need htpasswd
      htpasswd -Bbn ann "secret word" >"$directory/htpasswd"
      printf 'auth: {htpasswd: {realm: test, path: "%s"}}\n' "$directory/htpasswd"
    fi
  } >"$directory/config.yml"
  docker-registry serve "$directory/config.yml" >"$directory/log" 2>&1 &
  at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  wait_for_registry "$directory"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

wait_for_registry() {
  local tries
  for tries in $(seq 100); do
    if curl -sko /dev/null "http://$registry/v2/"; then return 0; fi
    sleep 0.1
  done
  echo "the registry does not start after $tries tries:" && cat "$1/log"
  return 1
}

# An authority, and a certificate of it for 127.0.0.1.
make_certificate() {
  need openssl
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=test authority" -keyout "$1/ca.key" -out "$1/ca.crt" \
    2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=registry" -keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null
  openssl x509 -req -in "$1/server.csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName=IP:127.0.0.1") -out "$1/server.crt" 2>/dev/null
}

# sample_layers: two layers in $work/layers: base.tar with a shell and files of every kind, top.tar that changes it.
sample_layers() {
  own_work
  local base=$work/layers/base top=$work/layers/top
  mkdir -p "$base" "$top/etc" "$top/new"
  busybox_rootfs "$base"
  chmod 4755 "$base/bin/busybox"
  mkdir -p "$base/data/old" "$base/data/gone"
  echo old >"$base/data/old/file"
  echo gone >"$base/data/gone/file"
  ln "$base/data/old/file" "$base/data/link"
  mkfifo "$base/data/pipe"
  mknod "$base/data/null" c 1 3
  setfattr -n user.note -v text "$base/data/old/file" 2>/dev/null || true
  echo top >"$top/etc/top"
  echo "$RANDOM$RANDOM" >"$top/new/number"
  mkdir -p "$top/data/old"
  : >"$top/data/.wh.gone"
  : >"$top/data/old/.wh..wh..opq"
  find "$base" "$top" -exec touch -h -d @1600000000 {} +
  tar -C "$base" --xattrs -cf "$work/layers/base.tar" .
  tar -C "$top" -cf "$work/layers/top.tar" .
  gzip -nk "$work/layers/base.tar" "$work/layers/top.tar"
  rm -rf "$base" "$top"
}

# faulty_server PROGRAM [ARG...]: starts one that prints its port, and leaves its address in $registry; what it has to
# complain about is in $work/registry-errors.
faulty_server() {
  "$@" >"$work/port" 2>"$work/registry-errors" &
  at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  for _ in $(seq 100); do
    [ ! -s "$work/port" ] || break
    sleep 0.05
  done
  registry=127.0.0.1:$(cat "$work/port")
}
