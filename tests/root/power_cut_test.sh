#!/bin/bash
# The power fails: what the kernel had not written to the disk is lost. A file system of the test's own is shut down without
# its journal (the ioctl FS_IOC_GOINGDOWN, as file systems test themselves), and mounted again: what a command has finished is
# there, and what it was about to do is done by the next one.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need mkfs.ext4 losetup python3 unshare
# A namespace of its own, in which the machine seems to start again.
[ -n "${AICTR_OWN_MOUNTS:-}" ] || exec env AICTR_OWN_MOUNTS=1 unshare --mount "$0" "$@"
own_work
rounds=${AICTR_TEST_ROUNDS:-8}
disk=$work/disk
export AICTR_ROOT=$disk/store AICTR_RUNROOT=$work/run

mkdir "$disk"
truncate -s 300M "$work/disk.img"
mkfs.ext4 -q "$work/disk.img"
mount -o loop "$work/disk.img" "$disk" 2>/dev/null || skip "needs a loop device"
cp /proc/sys/kernel/random/boot_id "$work/boot_id"
mount --bind "$work/boot_id" /proc/sys/kernel/random/boot_id
at_exit "umount /proc/sys/kernel/random/boot_id; umount -l '$disk' 2>/dev/null"

# power_off [SECONDS COMMAND...]: so long after the command has started, if one is given; fails when it had not ended by then.
power_off() {
  python3 - "$disk" "$@" <<'PY'
import fcntl, os, struct, subprocess, sys, time
GOING_DOWN, WITHOUT_JOURNAL = 0x8004587D, 2
disk, command = sys.argv[1], sys.argv[3:]
place = os.open(disk, os.O_RDONLY)
if command:
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(float(sys.argv[2]))
fcntl.ioctl(place, GOING_DOWN, struct.pack("I", WITHOUT_JOURNAL))
if command:
    running.kill()
    sys.exit(running.wait() != 0)
PY
}
power_on() {
  local tries
  for tries in $(seq 100); do
    if umount "$disk" 2>/dev/null; then break; fi
    [ "$tries" -lt 100 ] || { echo "the disk is still in use" && return 1; }
    sleep 0.05
  done
  mount -o loop "$work/disk.img" "$disk"
  cat /proc/sys/kernel/random/uuid >"$work/boot_id"
}
cut() {
  power_off
  power_on
}

# Small files, one that is larger, and links; the same for every import.
mkdir -p "$work/tree/bin"
busybox_rootfs "$work/tree"
for file in $(seq 200); do echo "$file" >"$work/tree/home/$file"; done
head -c 5000000 /dev/urandom >"$work/tree/home/large"
find "$work/tree" -exec touch -h -d @1600000000 {} +
tar -C "$work/tree" -cf "$work/tree.tar" .
printf 'FROM box\nRUN echo one >/one && head -c 3000000 /dev/urandom >/noise\nRUN rm /home/1\n' >"$work/Dockerfile"
mkdir "$work/context"

sound() { # the store has no damage, and what is in the image can be read
  aictr system check -q && aictr run --rm --network none "$1" sh -c 'cat /home/* >/dev/null && ls -R / >/dev/null'
}
left_over() {
  find "$AICTR_ROOT" -path '*/drafts/*' -o -path '*/downloads/*' -o -name '*.tmp'
}

echo "# when a command has ended"
aictr import "$work/tree.tar" box >/dev/null
cut
check "what was imported is there" sound box
aictr build -q -t app -f "$work/Dockerfile" "$work/context" >/dev/null
cut
check "what was built is there" sound app
check "with its last file" equals 200 "$(aictr run --rm --network none app cat /home/200)"
aictr tag box other
cut
check "a name is there" sound other
aictr save -o "$work/app.tar" app
aictr rmi -f app box other >/dev/null
aictr image prune -a -f >/dev/null
rm -rf "$AICTR_ROOT/cache"
for kind in tar directory; do
  export AICTR_LAYERS=$kind
  started=$(date +%s%N)
  aictr load -q -i "$work/app.tar" >/dev/null
  duration=$((($(date +%s%N) - started) / 1000)) # microseconds
  cut
  check "what was loaded is there ($kind)" sound app
  aictr rmi -f app >/dev/null
  check "nothing is left over ($kind)" equals "" "$(left_over)"
done

echo "# at any moment"
# The journal is written all the time, so that names get to the disk long before the files that they name.
journal() {
  while echo >"$disk/busy" && sync "$disk/busy"; do sleep 0.02; done 2>/dev/null
}
midway=0 unlisted=0 unsound=0 failed=0 untidy=0
for round in $(seq "$rounds"); do
  if [ $((round % 2)) -eq 0 ]; then export AICTR_LAYERS=tar; else export AICTR_LAYERS=directory; fi
  journal &
  delay=$(printf '0.%06d' $((RANDOM * (duration < 990000 ? duration : 990000) / 32768)))
  power_off "$delay" aictr load -q -i "$work/app.tar" || midway=$((midway + 1))
  wait
  power_on
  aictr images >/dev/null || unlisted=$((unlisted + 1))
  aictr system check -q || unsound=$((unsound + 1))
  aictr load -q -i "$work/app.tar" >/dev/null && sound app || failed=$((failed + 1))
  [ -z "$(left_over)" ] || untidy=$((untidy + 1))
  aictr rmi -f app >/dev/null
done
check "most cuts came midway ($midway of $rounds)" at_most "$midway" $((rounds / 2))
check "images are listed after every cut ($rounds)" equals 0 "$unlisted"
check "what is there is whole" equals 0 "$unsound"
check "and the next command does the work" equals 0 "$failed"
check "and tidies up" equals 0 "$untidy"
