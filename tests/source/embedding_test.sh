#!/bin/bash
# The snippets of docs/embedding.md that name a file of the tests are that file.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# The page with its indentation taken away, so that a file in it is found as it is.
page=$(sed 's/^    //' "$AICTR_SOURCE/docs/embedding.md")
for file in docker.json containers.conf; do
  check "docs/embedding.md shows tests/peers/$file as it is" contains "$(cat "$AICTR_SOURCE/tests/peers/$file")" "$page"
done
