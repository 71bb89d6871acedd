"""Runs commands that do the same work in turns, and compares what they took."""

import dataclasses
import os
import re
import statistics
import subprocess
import tempfile

from .shell import quietly


@dataclasses.dataclass
class Contestant:
    """One way to do the work. The first of a contest is ours, and the ratios are ours over the others'."""

    name: str
    command: list
    target: float = None  # the ratio that ours is to reach against this one
    environment: dict = dataclasses.field(default_factory=dict)
    before: list = None  # run before each round, not measured
    store: str = None  # a directory; what it takes on the disk after the last round is told
    disk: int = None  # bytes
    in_children: bool = True  # the work is done by the command's own processes, so its memory and calls say something
    walls: list = dataclasses.field(default_factory=list)  # seconds
    peaks: list = dataclasses.field(default_factory=list)  # KiB
    system_calls: int = None

    def median(self):
        return statistics.median(self.walls)

    def spread(self):
        """The tenth and the ninetieth percentile of the wall times."""
        ordered = sorted(self.walls)
        return ordered[len(ordered) // 10], ordered[len(ordered) * 9 // 10]

    def peak(self):
        return statistics.median(self.peaks)


class Stopwatch:
    """Times one run of a command with the small program beside this file."""

    def __init__(self, directory):
        self.program = os.path.join(directory, "stopwatch")
        source = os.path.join(os.path.dirname(__file__), "stopwatch.c")
        subprocess.run(["cc", "-O2", "-static", "-o", self.program, source], check=True)

    def run(self, contestant):
        """Wall time in seconds and peak memory in KiB; a run that fails ends the benchmark."""
        read, write = os.pipe()
        with tempfile.TemporaryFile() as said:  # not a pipe: a container that stays would hold it open
            subprocess.run(
                ["bash", "-c", f'exec "$@" 3>&{write} {write}>&-', "bash", self.program, *contestant.command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=[write],
                env={**os.environ, **contestant.environment},
                check=False,
            )
            said.seek(0)
            printed = said.read().decode(errors="replace").strip()
        os.close(write)
        with os.fdopen(read) as results:
            words = results.read().split()
        if len(words) != 3 or words[2] != "0":
            raise SystemExit(f"bench: {contestant.name} failed: {' '.join(contestant.command)}\n{printed}")
        return int(words[0]) / 1e9, int(words[1])


def count_system_calls(contestant, directory):
    """System calls of one run, all processes together."""
    log = os.path.join(directory, "strace")
    subprocess.run(
        ["strace", "-f", "-c", "-o", log, *contestant.command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **contestant.environment},
        check=False,
    )
    with open(log, encoding="utf-8") as file:
        total = re.search(r"^\s*100\.00\s+\S+\s+(?:\d+\s+)?(\d+)(?:\s+\d+)?\s+total$", file.read(), re.M)
    return int(total[1]) if total else None


def hold(contestants, rounds, directory, count_calls=True, warm_up=3):
    """Measures everybody once a round, a different one first each time, so that a slow moment of the machine hits all."""
    stopwatch = Stopwatch(directory)
    for number in range(-warm_up, rounds):
        first = number % len(contestants)
        for contestant in contestants[first:] + contestants[:first]:
            if contestant.before:
                quietly(contestant.before, env={**os.environ, **contestant.environment})
            wall, peak = stopwatch.run(contestant)
            if number >= 0:
                contestant.walls.append(wall)
                contestant.peaks.append(peak)
    for contestant in contestants:
        if contestant.store:
            usage = subprocess.run(["du", "-s", "--block-size=1", contestant.store], stdout=subprocess.PIPE, check=True)
            contestant.disk = int(usage.stdout.split()[0])
        if contestant.in_children and count_calls:
            contestant.system_calls = count_system_calls(contestant, directory)
