#!/bin/bash
# examples/my-app as its README says: built, run, run with limits, edited and built again.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=images.sh
. "$(dirname "$0")/images.sh"
need_root
need mmdebstrap aictr
shared_store
base_image python:3.9

cp -a "$AICTR_SOURCE/examples/my-app" "$work/my-app"
at_exit 'aictr rmi -f my-app >/dev/null'

run aictr build --progress=plain -t my-app "$work/my-app"
check "my-app builds" equals 0 "$status"

run aictr run --rm my-app
check "my-app runs" equals 0 "$status"
check "it is Python 3.9 with the numpy of its requirements" contains "Python 3.9" "$output"
check "its loss falls" falls "$(losses "$output")"
check "it sees no GPU that nobody gave it" contains "GPUs: none" "$output"
check "it sees no limit where there is none" contains "memory: no limit" "$output"

run aictr run --rm --memory 256m --cpus 0.5 my-app
check "my-app runs with limits" equals 0 "$status"
check "it sees its memory limit" contains "memory: limited to 256 MiB" "$output"
check "it sees its CPU limit" contains "limited to 0.5" "$output"

run aictr build --progress=plain -t my-app "$work/my-app"
check "an unchanged tree builds again" equals 0 "$status"
check "and nothing is run" contains CACHED "$output$errors"
check "not even pip" lacks "Collecting" "$output$errors"

sed -i 's/^def main():/&\n    print("edited")/' "$work/my-app/main.py"
run aictr build --progress=plain -t my-app "$work/my-app"
check "an edited main.py builds" equals 0 "$status"
check "without installing packages again" lacks "Collecting" "$output$errors"
run aictr run --rm my-app
check "the edited program is in the image" contains "edited" "$output"
