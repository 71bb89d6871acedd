#!/bin/bash
# aictr pull from docker-registry: with and without passwords and TLS; what skopeo has pushed runs.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=registry.sh
. "$(dirname "$0")/registry.sh"
need_root
need skopeo python3
own_store
export DOCKER_CONFIG=$work/docker XDG_RUNTIME_DIR=$work/xdg HOME=$work/home
mkdir -p "$work/home"
sample_layers
make_layout=$(dirname "$0")/make_layout.py
layout=$work/layout
digest=$("$make_layout" "$layout" two "$work/layers/base.tar.gz" "$work/layers/top.tar.gz")

own_registry plain
run skopeo copy -q --insecure-policy --dest-tls-verify=false "oci:$layout:two" "docker://$registry/team/box:two"
check "skopeo pushes the sample" equals 0 "$status"

echo "# pull"
run aictr pull "$registry/team/box:two"
check "pull succeeds" equals 0 "$status"
check "it prints the name alone on standard output" equals "$registry/team/box:two" "$output"
check "it tells the digest" contains "Digest: $digest" "$errors"
check "it tells that this is new" contains "Downloaded newer image" "$errors"
check "nothing is left of the download" equals "" "$(find "$AICTR_ROOT/downloads" "$AICTR_ROOT/drafts" -mindepth 1)"
check "the manifest is kept byte for byte" cmp "$layout/blobs/sha256/${digest#*:}" \
  "$AICTR_ROOT/blobs/sha256/${digest#*:}"
box=$registry/team/box:two
inside() { aictr run --rm --network none "$box" sh -c "$1"; }
check "the image runs" equals "top" "$(inside 'cat /etc/top')"
check "setuid bits are there" equals "-rwsr-xr-x" "$(inside 'ls -l /bin/busybox | cut -c 1-10')"
check "hard links are links" equals "2" "$(inside 'stat -c %h /data/link')"
check "devices are there" equals "character special file 1 3" "$(inside 'stat -c "%F %t %T" /data/null')"
check "what the upper layer deletes is gone" equals "gone" "$(inside 'test -e /data/gone || echo gone')"
check "what it makes opaque hides what is below" equals "" "$(inside 'ls /data/old')"
check "images tells the size of what is unpacked" matches '[0-9.]+MB' "$(aictr images --format '{{.Size}}' "$registry/team/box")"
check "inspect tells the digest that was pulled" contains "$digest" "$(aictr inspect --format '{{json .RepoDigests}}' "$box")"

run aictr pull "$registry/team/box:two"
check "another pull finds it up to date" contains "Image is up to date" "$errors"
run aictr pull -q "$registry/team/box:two"
check "pull -q prints the name alone" equals "$registry/team/box:two::" "$output:$errors:"
run aictr pull "$registry/team/box@$digest"
check "pull by digest succeeds" equals 0 "$status"
check "the image is found by that name" equals "top" "$(aictr run --rm --network none "$registry/team/box@$digest" cat /etc/top)"

echo "# build --pull"
mkdir "$work/context"
printf 'FROM %s\nRUN true\n' "$box" >"$work/context/Dockerfile"
aictr tag "$box" kept
printf 'FROM scratch\nCOPY Dockerfile /\n' | aictr build -q -t "$box" -f - "$work/context" >/dev/null
run aictr build -q "$work/context"
check "a base image that is here is taken" fails test "$status" -eq 0
run aictr build -q --pull -t pulled "$work/context"
check "--pull takes what the registry has now" equals 0 "$status"
check "the name stands for that again" equals "$(aictr inspect --format '{{.Id}}' kept)" "$(aictr inspect --format '{{.Id}}' "$box")"
run aictr build --pull -f - "$work/context" <<<"FROM $registry/team/box:missing"
check "what the registry does not have is an error" contains "team/box:missing" "$errors"
run aictr build -q --pull -f - "$work/context" <<<"FROM $(aictr inspect --format '{{.Id}}' kept)"
check "an ID is not pulled" equals 0 "$status"

echo "# what there is not"
run aictr pull "$registry/team/box:missing"
check "an unknown tag fails" equals 125 "$status"
check "the message names it" contains "team/box:missing" "$errors"
check "and what the registry says" contains "manifest unknown" "$errors"
run aictr pull "127.0.0.1:1/x"
check "a registry that is not there fails at once" contains "127.0.0.1" "$errors"
run aictr pull --platform linux/s390x "$registry/team/box:two"
check "an image for another platform is refused" contains "linux/amd64" "$errors"
run aictr pull "$registry/Team/box"
check "a bad name is refused" contains "lower case" "$errors"

echo "# several platforms, and layers in zstd and plain"
python3 - "$layout" "$(dirname "$0")" "$work/layers" <<'PY'
import json, sys
sys.path.insert(0, sys.argv[2])
sys.dont_write_bytecode = True
from make_layout import Layout
import subprocess
subprocess.run(["zstd", "-q", sys.argv[3] + "/base.tar"], check=True)
layout = Layout(sys.argv[1])
entries = []
for architecture, layer in (("amd64", "base.tar.zst"), ("arm64", "base.tar")):
    entry = layout.add_image("only-" + architecture, [f"{sys.argv[3]}/{layer}", sys.argv[3] + "/top.tar"], architecture)
    entries.append({**entry, "platform": {"os": "linux", "architecture": architecture}})
entries.append({**entries[0], "platform": {"os": "unknown", "architecture": "unknown"}})
index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries}
layout.add_name("many", layout.add_blob(json.dumps(index).encode(), index["mediaType"]))
PY
skopeo copy -q --all --insecure-policy --dest-tls-verify=false "oci:$layout:many" "docker://$registry/many:1"
run aictr pull "$registry/many:1"
check "an image of several platforms is pulled" equals 0 "$status"
check "its layers are known already" contains "already there" "$errors"
aictr rmi -f "$registry/many:1" "$box" "$registry/team/box@$digest" >/dev/null
run aictr pull "$registry/many:1"
check "zstd and plain layers are unpacked" equals "0 top" "$status $(aictr run --rm --network none "$registry/many:1" cat /etc/top)"
run aictr pull --platform linux/arm64 "$registry/many:1"
check "--platform chooses" equals "arm64" "$(aictr inspect --format '{{.Architecture}}' "$registry/many:1")"
run aictr pull --platform linux/s390x "$registry/many:1"
check "what there is not is told with what there is" contains \
  "no image for linux/s390x; there is linux/amd64, linux/arm64" "$errors"
check "attestations are no platform" lacks unknown "$errors"

echo "# manifest inspect"
json() { python3 -c "import base64, hashlib, json, sys; v = json.load(sys.stdin); print($1)" <<<"$output"; }
before=$(find "$AICTR_ROOT" | sort)
run aictr manifest inspect "$registry/many:1"
check "manifest inspect shows an index" equals "amd64 arm64 unknown" \
  "$(json "*(one['platform']['architecture'] for one in v['manifests'])")"
run aictr manifest inspect --verbose "$registry/many:1"
check "with --verbose what it names" equals "amd64 arm64 unknown" \
  "$(json "*(one['Descriptor']['platform']['architecture'] for one in v)")"
check "with its bytes" equals True \
  "$(json "all('sha256:' + hashlib.sha256(base64.b64decode(one['Raw'])).hexdigest() == one['Descriptor']['digest'] for one in v)")"
exact=$(json "v[0]['Ref']")
run aictr manifest inspect "$registry/team/box:two"
check "and a manifest" equals 2 "$(json "len(v['layers'])")"
run aictr manifest inspect "$registry/team/box:missing"
check "one that is missing is told" contains "manifest unknown" "$errors"
check "nothing of it is stored" equals "$before" "$(find "$AICTR_ROOT" | sort)"
run aictr pull -q "$exact"
check "the names that --verbose shows can be pulled" equals 0 "$status"

echo "# passwords"
own_registry secret htpasswd
skopeo copy -q --insecure-policy --dest-tls-verify=false --dest-creds "ann:secret word" "oci:$layout:two" \
  "docker://$registry/box:1"
run aictr pull "$registry/box:1"
check "without credentials it is denied" equals 125 "$status"
check "with the mend" contains "aictr login $registry" "$errors"
run aictr pull --creds "ann:wrong" "$registry/box:1"
check "with a wrong password too" equals 125 "$status"
check "the password is not shown" lacks wrong "$errors"
run aictr pull --creds "ann:secret word" "$registry/box:1"
check "with --creds it is pulled" equals 0 "$status"
mkdir -p "$DOCKER_CONFIG"
printf '{"auths":{"%s":{"auth":"%s"}}}' "$registry" "$(printf 'ann:secret word' | base64)" >"$DOCKER_CONFIG/config.json"
run aictr pull "$registry/box:1"
check "Docker's config.json is read" equals 0 "$status"
rm "$DOCKER_CONFIG/config.json"
mkdir -p "$XDG_RUNTIME_DIR/containers" "$work/helpers"
printf '{"auths":{"%s/box":{"auth":"%s"},"%s":{"auth":"eDp5"}}}' "$registry" "$(printf 'ann:secret word' | base64)" \
  "$registry" >"$XDG_RUNTIME_DIR/containers/auth.json"
run aictr pull "$registry/box:1"
check "the most specific entry of auth.json wins" equals 0 "$status"
rm "$XDG_RUNTIME_DIR/containers/auth.json"
printf '#!/bin/sh\nread -r host; echo "$1 $host" >>%s/asked\necho '\''{"Username":"ann","Secret":"secret word"}'\''\n' \
  "$work" >"$work/helpers/docker-credential-test"
chmod +x "$work/helpers/docker-credential-test"
printf '{"credHelpers":{"%s":"test"}}' "$registry" >"$DOCKER_CONFIG/config.json"
run env PATH="$work/helpers:$PATH" aictr pull "$registry/box:1"
check "a credential helper is asked" equals "0 get $registry" "$status $(tail -n 1 "$work/asked")"
run aictr pull "$registry/box:1"
check "one that is missing is named" contains "docker-credential-test" "$errors"
echo '{' >"$DOCKER_CONFIG/config.json"
run aictr pull "$registry/box:1"
check "a damaged config.json is named" contains "$DOCKER_CONFIG/config.json" "$errors"
rm "$DOCKER_CONFIG/config.json"

echo "# TLS"
own_registry tls tls
skopeo copy -q --insecure-policy --dest-tls-verify=false "oci:$layout:two" "docker://$registry/box:1"
run aictr pull "$registry/box:1"
check "an unknown authority is refused" equals 125 "$status"
check "with the mend" contains "/etc/docker/certs.d/$registry/ca.crt" "$errors"
run aictr pull --tls-verify=false "$registry/box:1"
check "--tls-verify=false trusts it" equals 0 "$status"
mkdir "$work/certs"
cp "$work/tls/ca.crt" "$work/certs/ca.crt"
run aictr pull --cert-dir "$work/certs" "$registry/box:1"
check "--cert-dir names the authority" equals 0 "$status"
run env SSL_CERT_FILE="$work/tls/ca.crt" aictr pull "$registry/box:1"
check "SSL_CERT_FILE too" equals 0 "$status"

echo "# registries.conf"
own_registry mirror
mirror=$registry
skopeo copy -q --insecure-policy --dest-tls-verify=false "oci:$layout:two" "docker://$mirror/copy/box:1"
export CONTAINERS_REGISTRIES_CONF=$work/registries.conf
names() { aictr images --format '{{.Repository}}:{{.Tag}}' | sort | paste -sd' '; }
forget() { aictr image prune -a -f >/dev/null; }
forget
cat >"$CONTAINERS_REGISTRIES_CONF" <<EOF
[[registry]]
location = "registry.invalid/team"
[[registry.mirror]]
location = "127.0.0.1:1/nobody"
[[registry.mirror]]
location = "$mirror/copy"
[[registry]]
prefix = "blocked.invalid"
blocked = true
[[registry]]
prefix = "moved.invalid"
location = "$mirror/copy"
EOF
run aictr pull -q registry.invalid/team/box:1
check "an image comes from the mirror that has it" equals 0 "$status"
check "under its own name" equals registry.invalid/team/box:1 "$(names)"
forget
run aictr pull registry.invalid/team/other:1
check "when no place has it the pull fails" equals 125 "$status"
check "with the registry's reason" contains "registry.invalid" "$errors"
check "and the mirrors'" contains "mirror '$mirror': manifest" "$errors"
check "in one line" equals 1 "$(grep -c '^aictr:' <<<"$errors")"
run aictr pull blocked.invalid/box:1
check "a blocked registry is not asked" contains "the registry 'blocked.invalid' is blocked" "$errors"
run aictr pull -q moved.invalid/box:1
check "a location stands for a prefix" equals "0 moved.invalid/box:1" "$status $(names)"
run aictr push moved.invalid/box:1 moved.invalid/pushed:1
check "in a push too" contains '"1"' "$(curl -s "http://$mirror/v2/copy/pushed/tags/list")"
forget
mkdir "$CONTAINERS_REGISTRIES_CONF.d"
printf '[[registry]]\nprefix = "moved.invalid"\nblocked = true\n' >"$CONTAINERS_REGISTRIES_CONF.d/10-block.conf"
run aictr pull -q moved.invalid/box:1
check "a file of registries.conf.d wins" contains "is blocked" "$errors"
echo '[[registry' >"$CONTAINERS_REGISTRIES_CONF"
run aictr pull "$mirror/copy/box:1"
check "a damaged file is named with its line" contains "'$CONTAINERS_REGISTRIES_CONF': line 1:" "$errors"
