"""Many containers started at the same moment: how long until the last has ended, and how many fail."""

import os
import subprocess
import time

from . import table
from .bundle import make_bundle

SIZE = 100


def bundles(directory, root):
    """A bundle for each, so that each has a cgroup of its own; the root file system is shared."""
    made = []
    for number in range(SIZE):
        bundle = os.path.join(directory, f"crowd-{number}")
        make_bundle(bundle, f"crowd-{number}", root=root)
        made.append(bundle)
    return made


def start_all(runtime, bundle_list):
    """Seconds, and how many did not end well."""
    started = time.monotonic()
    processes = [
        subprocess.Popen(
            runtime.command("run", "--bundle", bundle, os.path.basename(bundle)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for bundle in bundle_list
    ]
    failures = sum(process.wait() != 0 for process in processes)
    return time.monotonic() - started, failures


def run(runtimes, root, directory, rounds, markdown):
    bundle_list = bundles(directory, root)
    contestants = [runtime.contestant(0.6) for runtime in runtimes]
    failures = [0] * len(runtimes)
    for _ in range(rounds):
        for index, runtime in enumerate(runtimes):
            wall, failed = start_all(runtime, bundle_list)
            contestants[index].walls.append(wall)
            failures[index] += failed
    for contestant in contestants:
        contestant.in_children = False  # memory is not looked at
    table.show(f"{SIZE} runs of /bin/true at once, {rounds} rounds", contestants, markdown)
    print("\nFailed: " + ", ".join(f"{c.name} {n} of {SIZE * rounds}" for c, n in zip(contestants, failures)), flush=True)
