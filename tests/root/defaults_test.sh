#!/bin/bash
# What `run` chooses by itself, how it shows that, and how it is switched off.

. "$(dirname "$0")/../lib.sh"
need_root
own_store
busybox_image busybox

run aictr -v run --rm --network none --cpus 1.9 busybox sh -c 'echo $OMP_NUM_THREADS $MKL_NUM_THREADS $TORCH_NUM_THREADS'
check "thread counts follow --cpus, rounded down" equals "1 1 1" "$output"
check "and -v shows the choice" contains "1 threads, from --cpus" "$errors"
run aictr run --rm --network none --cpus 1 -e OMP_NUM_THREADS=5 busybox sh -c 'echo $OMP_NUM_THREADS $MKL_NUM_THREADS'
check "a variable of the user's wins" equals "5 1" "$output"
run aictr run --rm --network none --cpus 1 --no-default threads busybox sh -c 'echo "<$OMP_NUM_THREADS>"'
check "--no-default threads sets none" equals "<>" "$output"
run aictr run --rm --network none busybox sh -c 'echo "<$OMP_NUM_THREADS>"'
check "without --cpus there is none either" equals "<>" "$output"
run aictr run --rm --network none --no-default nonsense busybox true
check "an unknown default is refused" equals 125 "$status"

run aictr -v run --rm --network none --memory 64m busybox sh -c 'df -k /dev/shm | tail -1'
check "/dev/shm is half of --memory" contains "32768" "$output"
run aictr -v run --rm --network none --memory 64m --no-default shm busybox sh -c 'df -k /dev/shm | tail -1'
check "--no-default shm leaves it as the kernel makes it" lacks " 32768 " "$output"
