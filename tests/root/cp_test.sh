#!/bin/bash
# cp: files into and out of containers that run and that ended, by Docker's rules, and containers that are hostile.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox

until_running() { # NAME
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    [ "$(aictr ps -q --filter "name=$1" --filter status=running | wc -l)" -eq 1 ] && return 0
    sleep 0.05
  done
  return 1
}

# Sets up, tells that it has by a file, and stays.
start() { # NAME SCRIPT [FLAGS OF RUN...]
  local name=$1 script=$2
  shift 2
  aictr run --name "$name" "$@" busybox sh -c "$script; sleep 600" &
  at_exit "aictr rm -f $name >/dev/null 2>&1; wait $! 2>/dev/null"
  until_running "$name"
}

has() { # NAME PATH
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    aictr cp "$1:$2" - 2>/dev/null | tar -t >/dev/null 2>&1 && return 0
    sleep 0.05
  done
  return 1
}

inside() { # NAME COMMAND: in the root of the container that runs
  local pid
  pid=$(aictr inspect --format '{{.State.Pid}}' "$1")
  nsenter -t "$pid" -a sh -c "$2"
}

names() { # of everything below a directory
  (cd "$1" && find . | sort | tr '\n' ' ')
}

aictr run --name ended busybox sh -c 'mkdir -p /d/sub; echo a >/d/a; ln -s a /d/l; ln -s /d /ld; ln /d/a /d/again
  chown 5:6 /d/a; chmod 4751 /d/a; mkfifo /d/pipe; touch -d "2001-02-03 04:05:06" /d/sub'
start works 'cp -a /etc /e; mkdir -p /d/sub; echo a >/d/a; ln -s a /d/l; ln -s /d /ld; ln /d/a /d/again
  chown 5:6 /d/a; chmod 4751 /d/a; mkfifo /d/pipe; touch -d "2001-02-03 04:05:06" /d/sub; touch /ready' \
  --tmpfs /scratch
check "the container is set up" has works /ready
cd "$work"
mkdir -p tree/sub && echo x >tree/x && ln -s x tree/lx && echo hi >file && chown 33:44 file tree/x && chmod 640 file

for box in ended works; do
  echo "# out of a container: $box"
  mkdir "$box" && cd "$box"
  run aictr cp "$box:/d" new
  check "a directory is copied to a new name" equals "0:. ./a ./again ./l ./pipe ./sub " "$status:$(names new)"
  check "nothing is told when nobody looks" equals "" "$output$errors"
  check "it is ours, without setuid" equals "0 0 751" "$(stat -c '%u %g %a' new/a)"
  check "times are kept" equals "2001-02-03 04:05:06" "$(date -u -r new/sub '+%F %T')"
  check "hard links are kept" test new/a -ef new/again
  check "links are kept" equals a "$(readlink new/l)"
  check "pipes are kept" test -p new/pipe
  run aictr cp "$box:/d" new
  check "a directory comes into one that is there" test -e new/d/a
  run aictr cp "$box:/d/." contents
  check "DIRECTORY/. makes a new directory" equals ". ./a ./again ./l ./pipe ./sub " "$(names contents)"
  mkdir into
  run aictr cp "$box:/d/." into
  check "DIRECTORY/. is what it holds" equals ". ./a ./again ./l ./pipe ./sub " "$(names into)"
  run aictr cp "$box:/d/a" one
  check "a file is copied to a new name" equals "0:a" "$status:$(cat one)"
  run aictr cp "$box:d/a" into/sub
  check "a file comes into a directory; the path starts at the root" equals "a" "$(cat into/sub/a)"
  run aictr cp "$box:/ld" link
  check "a link is copied as a link" equals "/d" "$(readlink link)"
  run aictr cp "$box:/ld/" followed
  check "a slash at the end follows it" test -e followed/a
  run aictr cp -L "$box:/ld" large
  check "-L follows it" test -e large/a
  run aictr cp -a "$box:/d/a" owned
  check "-a keeps the owner" equals "5 6" "$(stat -c '%u %g' owned)"
  for words in "$box:/nope x" "$box:/d/a nodir/x" "$box:/d/a nodir/" "$box:/d one" "$box:/d/a/ x" "$box:/d/a one/"; do
    # shellcheck disable=SC2086
    run aictr cp $words
    check "cp $words is refused in one line" equals "125:1" "$status:$(grep -c '^aictr: cp: ' <<<"$errors")"
  done
  check "nothing came of it" fails test -e x
  run sh -c "aictr cp '$box:/d' - | tar -t | sort | tr '\n' ' '"
  check "- is a tar of the directory" equals "d/ d/a d/again d/l d/pipe d/sub/ " "$output"
  run sh -c "aictr cp '$box:/d/a' - | tar -x -O"
  check "- is a tar of the file" equals a "$output"
  cd ..

  echo "# into a container: $box"
  run aictr cp file "$box:/in"
  check "a file is copied in" equals 0 "$status"
  run sh -c "aictr cp '$box:/in' - | tar -tv --numeric-owner"
  check "its owner and mode are kept" matches '-rw-r----- 33/44 .* in' "$output"
  run sh -c "aictr cp -a file '$box:/in' && aictr cp '$box:/in' - | tar -tv --numeric-owner"
  check "-a gives it to the container's user" matches '-rw-r----- 0/0 .* in' "$output"
  aictr cp tree "$box:/tree" && aictr cp tree "$box:/tree" && aictr cp tree/. "$box:/other/"
  run sh -c "aictr cp '$box:/tree' - | tar -t | sort | tr '\n' ' '"
  check "directories are copied as they are copied out" \
    equals "tree/ tree/lx tree/sub/ tree/tree/ tree/tree/lx tree/tree/sub/ tree/tree/x tree/x " "$output"
  aictr cp tree/x "$box:/ld/l"
  run sh -c "aictr cp '$box:/d/l' - | tar -tv; aictr cp '$box:/d/a' - | tar -xO"
  check "a link at the destination is followed inside" matches 'x' "$output"
  for words in "file $box:/no/x" "file $box:/no/" "tree $box:/in" "tree $box:/no/x" "nofile $box:/x" "file/ $box:/x" \
    "- $box:/in" "- $box:/nope"; do
    # shellcheck disable=SC2086
    run aictr cp $words </dev/null
    check "cp $words is refused in one line" equals "125:1" "$status:$(grep -c '^aictr: cp: ' <<<"$errors")"
  done
  run sh -c "tar -C tree -cz . | aictr cp - '$box:/d/sub' && aictr cp '$box:/d/sub' - | tar -t | sort | tr '\n' ' '"
  check "a tar is unpacked into a directory" equals "d/sub/" "d/$(cut -d' ' -f1 <<<"$output")"
  check "with all that is in it" equals "sub/ sub/lx sub/sub/ sub/x " "$output"
done

echo "# words"
for words in "file file" "works:/a ended:/b" "- -" "file nobody:/x"; do
  # shellcheck disable=SC2086
  run aictr cp $words
  check "cp $words is refused" equals "125:" "$status:$output"
done
echo odd >./a:b
aictr cp ./a:b works:/odd
check "a path with a colon is one when it begins like one" equals odd "$(inside works 'cat /odd')"

echo "# mounts of a container that runs"
aictr cp file works:/scratch/
check "what is copied into a mount is seen inside" equals hi "$(inside works 'cat /scratch/file')"
run aictr cp works:/scratch/file back
check "and comes out of it" equals hi "$(cat back)"
run aictr cp works:/ whole
check "the whole root is copied, without what only shows the kernel's state" \
  equals "0:whole/proc whole/sys " "$status:$(find whole/proc whole/sys | tr "\n" " ")"
check "device nodes are left out, and told of" contains "device nodes were left out" "$errors"
check "none has come" equals "" "$(find whole -type b -o -type c)"
run aictr cp file works:/dev/null
check "a device is no destination" equals 125 "$status"

echo "# hostile containers"
echo secret >"$work/secret"
start hostile 'ln -s /proc/1/root /p; ln -s ../../../../../../../../../../../../../../.. /up; ln -s /etc/passwd /f
  ln -s '"$work"' /host; ln -s '"$work"'/secret /s; mkdir -p /t/d; mknod /t/null c 1 3; mkfifo /t/d/pipe
  truncate -s 64G /t/sparse; printf end | dd of=/t/sparse bs=1 seek=68000000000 conv=notrunc 2>/dev/null
  ln -s '"$work"' /t/d/out; d=/deep; mkdir $d; cd $d; i=0; while [ $i -lt 450 ]; do mkdir x; cd x; i=$((i + 1)); done
  cd /; touch /ready'
check "the hostile container is set up" has hostile /ready
for path in /s /host/secret "/up$work/secret" "/p$work/secret"; do
  run aictr cp -L "hostile:$path" stolen
  check "$path leads to no file of the host" equals "125:" "$status:$(cat stolen 2>/dev/null)"
done
run aictr cp file hostile:/host/new
check "nothing is written through a link to the host" fails test -e "$work/new"
run aictr cp file hostile:/s
check "not through a link to a file either" equals secret "$(cat "$work/secret")"
run aictr cp -L hostile:/up/etc/passwd passwd
check "a link of many .. ends at the root" equals "root:x:0:0:root:/root:/bin/sh" "$(head -n 1 passwd)"
run aictr cp hostile:/t out
check "a pipe does not hold it up, nor does a huge sparse file" equals 0 "$status"
check "the sparse file has its size" equals 68719476736 "$(stat -c %s out/sparse)"
check "and its holes" at_most 100 "$(stat -c %b out/sparse)"
check "and its data" equals end "$(tail -c +68000000001 out/sparse | head -c 3)"
check "a link that leads out stays a link" equals "$work" "$(readlink out/d/out)"
run sh -c 'aictr cp hostile:/t/sparse - | wc -c'
check "in a tar its holes take no room" at_most 65536 "$output"
mkdir again && run sh -c 'aictr cp hostile:/t/sparse - | tar -C again -x'
check "tar makes it again" equals "68719476736 end" \
  "$(stat -c %s again/sparse) $(tail -c +68000000001 again/sparse | head -c 3)"
run aictr cp hostile:/deep deep
check "directories without end are an error" contains "nested more than" "$errors"
run aictr cp out hostile:/f
check "a directory does not go to a link to a file" equals 125 "$status"

start swaps 'mkdir -p /a/b /t; while :; do mv /a/b /a/c 2>/dev/null; ln -s '"$work"' /a/b 2>/dev/null; rm -f /a/b; mv /a/c /a/b
  done & touch /ready'
check "the swapping container is set up" has swaps /ready
for ((i = 0; i < 40; i++)); do aictr cp file swaps:/a/b/planted >/dev/null 2>&1 || true; done
check "a directory that is swapped for a link to the host gets nothing there" fails test -e "$work/planted"
