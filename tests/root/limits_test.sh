#!/bin/bash
# The limits of `aictr run`, by what a program under them can and cannot do; and by their cgroup files where what they do
# only shows on a busy machine.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox

in_box() { run aictr run --rm --network none "$@"; }

# can FLAG...: whether this host has what the limit needs; aictr refuses a limit that it cannot enforce.
can() { aictr run --rm --network none "$@" busybox true 2>/dev/null; }

# --- memory: dd fills a buffer of 1 GiB
if can --memory 256m; then
  in_box --memory 256m busybox dd if=/dev/zero of=/dev/null bs=1024M count=1
  check "a program that takes 1 GiB of 256 MiB ends with 137" equals 137 "$status"
  check "and is told why in this line" \
    matches 'container used all of its 256 MiB \(memory\.max\); peak 256 MiB; raise --memory' "$errors"
  in_box --memory 256m busybox dd if=/dev/zero of=/dev/null bs=64M count=1
  check "a program that takes less is not" equals 0 "$status"
  check "nor is anything said" lacks "container used" "$errors"
  in_box --memory 256m busybox sh -c 'dd if=/dev/zero of=/dev/null bs=1024M count=1; echo "child: $?"; exit 3'
  check "a child alone may be killed" equals "child: 137"$'\n'3 "$output"$'\n'"$status"
  check "that is told too" contains "container used all of its 256 MiB" "$errors"
  in_box --memory 64m --shm-size 1g busybox sh -c 'dd if=/dev/zero of=/dev/shm/x bs=1M count=100; exit 4'
  check "what is in /dev/shm counts" contains "container used all of its 64 MiB" "$errors"
  run aictr run --name hungry --network none --memory 64m busybox dd if=/dev/zero of=/dev/null bs=256M count=1
  check "inspect tells it of a container that stays" equals true "$(aictr inspect --format '{{.State.OOMKilled}}' hungry)"
  aictr rm hungry >/dev/null
else
  echo "not here: --memory"
fi

# --- CPU: how much of three seconds a loop gets, in hundredths of a second
if can --cpus 0.5; then
  in_box --cpus 0.5 busybox sh -c 'while :; do :; done & sleep 3; kill $!; wait; times'
  # The second line is the children's: "0m1.520s 0m0.010s".
  used=$(awk 'NR == 2 { gsub("[ms]", " "); print int(($1 * 60 + $2 + $3 * 60 + $4) * 100) }' <<<"$output")
  check "half a CPU is half of the time (${used} of 300)" at_most 180 "$used"
  check "and not much less, when the machine has it to give" test "$used" -ge 50
fi
if [ "$(nproc)" -ge 2 ] && can --cpuset-cpus 1; then
  in_box --cpuset-cpus 1 busybox grep Cpus_allowed_list /proc/self/status
  check "--cpuset-cpus chooses the CPU" equals $'Cpus_allowed_list:\t1' "$output"
fi
in_box --cpuset-cpus 0-100000 busybox true
check "CPUs that are not there are refused" equals 125 "$status"
in_box --cpuset-cpus 0-9999 busybox true
check "with what there is" contains "this machine has $(cat /sys/devices/system/cpu/online)" "$errors"

# --- processes
if can --pids-limit 32; then
  in_box --pids-limit 32 busybox sh -c 'for i in $(seq 200); do sleep 100 & done; echo all'
  check "a fork bomb is stopped" lacks all "$output"
  check "it gets the kernel's refusal" contains "can't fork" "$errors"
  in_box --pids-limit -1 busybox sh -c 'for i in $(seq 200); do sleep 100 & done; echo all'
  check "without the limit it is not" equals all "$output"
fi

# --- disks: of a file of this test, past the page cache, on the disk where it is
disk=$(findmnt -nvo SOURCE -T "$work" 2>/dev/null || true)
mkdir "$work/data"
head -c 3000000 /dev/urandom >"$work/data/file"

# seconds COMMAND...: how long it takes in a container, in tenths.
tenths() {
  local begin end
  begin=$(date +%s%N)
  run aictr run --rm --network none -v "$work/data:/data" "$@"
  end=$(date +%s%N)
  took=$(((end - begin) / 100000000))
}

if [ -b "$disk" ] && dd if="$work/data/file" of=/dev/null iflag=direct bs=4k count=1 2>/dev/null &&
  can --device-read-bps "$disk:1mb"; then
  tenths --device-read-bps "$disk:1mb" busybox dd if=/data/file of=/dev/null iflag=direct bs=100k
  check "3 MB at 1 MB a second take two seconds at least (${took} tenths)" test "$took" -ge 20
  # Into blocks that the file has: what the file system writes to find new ones would count too.
  tenths --device-write-bps "$disk:1mb" busybox dd if=/dev/zero of=/data/file oflag=direct conv=notrunc bs=100k count=29
  check "written ones too (${took} tenths)" test "$took" -ge 20
  tenths --device-read-iops "$disk:10" busybox dd if=/data/file of=/dev/null iflag=direct bs=4k count=30
  check "30 reads at 10 a second take two seconds at least (${took} tenths)" test "$took" -ge 20
else
  echo "not here: a disk below $work that can be throttled"
fi

# --- what shows in a cgroup's files alone
# in_cgroup FILE...: the content of the first of these files in the cgroup of the container `subject`, on v2 or v1.
in_cgroup() {
  local id file found
  id=$(aictr inspect --format '{{.Id}}' subject)
  for file in "$@"; do
    found=$(find /sys/fs/cgroup -path "*/$id/$file" | head -n 1)
    [ -z "$found" ] || { cat "$found" && return 0; }
  done
  echo "none of $*"
}

# with FLAG...: starts the container `subject`.
with() {
  aictr run --rm --name subject --network none "$@" busybox sleep 100 &
  subject=$!
  for _ in $(seq 100); do aictr ps -q --filter name=subject --filter status=running | grep -q . && return 0; sleep 0.1; done
}

without_subject() {
  aictr rm -f subject >/dev/null
  wait "$subject" || true
}

if [ -b "$disk" ] && can --device-write-iops "$disk:10"; then
  with --device-write-iops "$disk:10"
  check "--device-write-iops" matches '[0-9]+:[0-9]+ (.*wiops=10|10)' \
    "$(in_cgroup io.max blkio.throttle.write_iops_device)"
  without_subject
fi
if can --cpu-shares 512; then
  with --cpu-shares 512
  check "--cpu-shares" matches '512|59' "$(in_cgroup cpu.weight cpu.shares)" # cpu.weight: on a curve
  without_subject
fi
if can --blkio-weight 500; then
  with --blkio-weight 500
  check "--blkio-weight" matches '(default )?(500|4950)' "$(in_cgroup io.bfq.weight io.weight blkio.bfq.weight blkio.weight)"
  without_subject
fi
if can --memory 64m --memory-reservation 32m; then
  with --memory 64m --memory-reservation 32m
  check "--memory-reservation" equals 33554432 "$(in_cgroup memory.low memory.soft_limit_in_bytes)"
  without_subject
fi
if can --memory 64m --memory-swap 96m; then
  with --memory 64m --memory-swap 96m
  check "--memory-swap" matches '33554432|100663296' "$(in_cgroup memory.swap.max memory.memsw.limit_in_bytes)"
  without_subject
fi
