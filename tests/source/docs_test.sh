#!/bin/bash
# A link in the documentation leads somewhere, and every page is found from the index.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tree.sh
. "$(dirname "$0")/tree.sh"
own_work

# FILE: TARGET for links to files that are not there; links to the web and inside the page are left alone.
dead_links() {
  project_files "$1" | grep '\.md$' | while read -r page; do
    { grep -oE '\]\([^)# ]+' "$1/$page" || true; } | sed 's/^](//' | grep -vE '^[a-z]+:' | while read -r target; do
      [ -e "$1/$(dirname "$page")/$target" ] || echo "$page: $target"
    done || true
  done
}

pages_without_link() {
  local index=$1/docs/README.md
  project_files "$1" | sed -n 's|^docs/\(.*\.md\)$|\1|p' | grep -vx README.md | while read -r page; do
    grep -qF "($page)" "$index" 2>/dev/null || echo "$page"
  done || true
}

check "every link leads to a file" equals "" "$(dead_links "$AICTR_SOURCE")"
check "the index of docs/ names every page" equals "" "$(pages_without_link "$AICTR_SOURCE")"
finds "a link to nothing is found" dead_links docs/x.md 'see [there](../nothing.md#part)'
accepts "a link to the web is left alone" dead_links docs/x.md 'see [there](https://example.org/x.md)'
finds "a page that nobody finds is found" pages_without_link docs/x.md '# x'
