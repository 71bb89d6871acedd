#!/bin/bash
# Build contexts that are no folder: an archive or a Dockerfile on standard input or at a URL, a git repository; and
# ADD of a repository.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need git
need python3
own_store
mkdir -p "$work/tree/sub" "$work/served" "$work/home"
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
cd "$work/tree"
printf 'FROM scratch\nCOPY . /all/\n' >Dockerfile
printf 'FROM scratch\nCOPY file /other\n' >Dockerfile.other
echo content >file
echo inner >sub/inner
printf 'ignored\n' >.dockerignore
echo no >ignored

layer_of() { find "$AICTR_ROOT/layers" -maxdepth 1 -name "*$(aictr inspect --format '{{index .RootFS.Layers 0}}' "$1" | cut -d: -f2)*"; }
tree() { find "$(layer_of "$1")" -type f; } # the files of an image of one layer
has() { tree "$1" | grep -q "$2\$"; }
no_draft() { [ -z "$(ls "$AICTR_ROOT/drafts")" ]; }

echo "# standard input"
tar -czf "$work/context.tar.gz" .
run aictr build -q -t t - <"$work/context.tar.gz"
check "a compressed tar is the context" equals 0 "$status"
check "with its files" has t all/sub/inner
check "but for what it ignores" fails has t all/ignored
check "and nothing of it stays" no_draft
run aictr build -q -t t -f Dockerfile.other - <"$work/context.tar.gz"
check "-f names a file of it" has t /other
run aictr build -q -t t - <<<"FROM scratch
COPY <<END /written
text
END"
check "what is no archive is a Dockerfile" has t /written
run aictr build -f - - </dev/null
check "standard input is not both" contains "cannot be the context and the Dockerfile" "$errors"
run aictr build - <<<"FROM scratch
COPY file /"
check "such a Dockerfile has no files" contains "'file' is not in the build context" "$errors"
check "  and fails with 1" equals 1 "$status"

echo "# a hostile archive"
mkdir "$work/hostile"
ln -s /etc/passwd "$work/hostile/Dockerfile"
tar -C "$work/hostile" -cf "$work/hostile.tar" .
run aictr build - <"$work/hostile.tar"
check "a Dockerfile that is a link to our files is not there" contains "the context has no 'Dockerfile'" "$errors"
check "  and nothing of them is shown" lacks root: "$errors"
echo "FROM scratch" >"$work/hostile/real"
ln -s /etc/passwd "$work/hostile/.dockerignore"
tar -C "$work/hostile" -cf "$work/hostile.tar" .
run aictr build -f real - <"$work/hostile.tar"
check "nor are such rules" lacks root: "$errors"
check "  they are none" equals 0 "$status"

echo "# a URL"
cp "$work/context.tar.gz" "$work/served/context.tar.gz"
printf 'FROM scratch\nCOPY <<END /from-url\nx\nEND\n' >"$work/served/plain"
git init -q -b main "$work/repository"
cp -r . "$work/repository/"
git -C "$work/repository" add -A
git -C "$work/repository" commit -qm one
git -C "$work/repository" tag -a v1 -m v1
first=$(git -C "$work/repository" rev-parse HEAD)
echo newer >"$work/repository/file"
ln -s / "$work/repository/out"
git -C "$work/repository" add -A
git -C "$work/repository" commit -qm two
git clone -q --bare "$work/repository" "$work/served/repo.git"
git -C "$work/served/repo.git" update-server-info
python3 -u -m http.server --bind 127.0.0.1 --directory "$work/served" 0 >"$work/http" 2>&1 &
at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
for _ in $(seq 100); do
  ! grep -q port "$work/http" || break
  sleep 0.05
done
url=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/http")
run aictr build -q -t t "$url/context.tar.gz"
check "a tar at a URL is the context" has t all/sub/inner
run aictr build -q -t t "$url/plain"
check "what is no archive there is a Dockerfile" has t from-url
run aictr build -q "$url/nothing"
check "what is not there is named" contains "'$url/nothing' answers 404" "$errors"

echo "# git"
run aictr build -q -t t "$url/repo.git"
check "a repository is the context" equals 0 "$status"
check "with its files" has t all/file
check "and without .git" fails has t .git/HEAD
check "and nothing of it stays" no_draft
for ref in v1 main "$first" "${first:0:12}"; do
  run aictr build -q -t t -f Dockerfile.other "$url/repo.git#$ref"
  wanted=content
  [ "$ref" != main ] || wanted=newer
  check "#$ref" equals "$wanted" "$(cat "$(tree t | grep '/other$')")"
done
run aictr build -f - "$url/repo.git#main:sub" <<<"FROM scratch
COPY inner /
COPY file /"
check "#main:sub has the files of that folder alone" contains "'file' is not in the build context" "$errors"
check "  and these" contains "COPY inner" "$errors"
run aictr build "$url/repo.git#main:nosuch"
check "a folder that is not there" contains "has no folder 'nosuch'" "$errors"
run aictr build -f - "$url/repo.git#main:out/etc" <<<"FROM scratch"
check "a folder does not lead to the host" contains "has no folder 'out/etc'" "$errors"
run aictr build "$url/repo.git#nosuch"
check "a branch that is not there" contains "has no branch, tag or commit 'nosuch'" "$errors"
run aictr build "$url/repo.git#--upload-pack=x"
check "a branch that is an option" contains "is no branch or tag" "$errors"
run aictr build "$url/none.git"
check "a repository that is not there" contains "'$url/none.git': git:" "$errors"
check "  in one line" equals 1 "$(grep -c '^aictr:' <<<"$errors")"

echo "# contexts with names"
mkdir "$work/more" "$work/empty"
echo more >"$work/more/file"
echo hidden >"$work/more/hidden"
echo hidden >"$work/more/.dockerignore"
named='FROM scratch AS stage
COPY <<END /file
of the stage
END
FROM scratch
COPY --from=more / /more/'
run aictr build -q -t t --build-context "more=$work/more" -f - "$work/empty" <<<"$named"
check "--build-context NAME=PATH" equals more "$(cat "$(tree t | grep '/more/file$')")"
check "with its own ignore file" fails has t more/hidden
echo changed >"$work/more/file"
run aictr build -q -t t --build-context "More=$work/more" -f - "$work/empty" <<<"$named"
check "what changes in it counts" equals changed "$(cat "$(tree t | grep '/more/file$')")"
run aictr build -q -t t --build-context "stage=$work/more" -f - "$work/empty" <<<"${named/from=more/from=stage}"
check "the name comes before a stage's" equals changed "$(cat "$(tree t | grep '/more/file$')")"
run aictr build -q -t t --build-context "more=$url/repo.git#v1:sub" -f - "$work/empty" <<<"$named"
check "NAME=REPOSITORY" has t more/inner
run aictr build -q -t u --build-context more=docker-image://t -f - "$work/empty" <<<"$named"
check "NAME=docker-image://IMAGE" has u more/more/inner
run aictr build -q -t u --build-context old=docker-image://t -f - "$work/empty" <<<"FROM old
COPY <<END /x
END"
check "FROM such a name" equals 0 "$status"
run aictr build --build-context old=. -f - "$work/empty" <<<"FROM old"
check "FROM a folder is refused" contains "cannot be a base" "$errors"
for value in more =x more= more=/nowhere; do
  run aictr build --build-context "$value" -f - "$work/empty" <<<"FROM scratch"
  check "--build-context $value is refused" contains "--build-context '$value'" "$errors"
done

echo "# ADD of a repository"
cd "$work/served"
build() { run aictr build --progress plain -t t -f - .; }
build <<<"FROM scratch
ADD $url/repo.git#v1 /src"
check "its files are added" has t src/sub/inner
check "without .git" fails has t src/.git/HEAD
build <<<"FROM scratch
ADD $url/repo.git#v1 /src"
check "the same commit is cached" contains CACHED "$errors"
build <<<"FROM scratch
ADD --keep-git-dir=true --checksum=${first:0:10} $url/repo.git#v1:sub /src"
check "a folder of it" has t src/inner
build <<<"FROM scratch
ADD --keep-git-dir=true $url/repo.git /src"
check "--keep-git-dir" has t src/.git/HEAD
build <<<"FROM scratch
ADD --checksum=${first:0:10} $url/repo.git#main /src"
check "--checksum of another commit" contains "not ${first:0:10}" "$errors"
build <<<"FROM scratch
ADD --checksum=sha256:0 $url/repo.git#main /src"
check "--checksum that is no commit" contains "is no commit" "$errors"
check "nothing is left" no_draft
