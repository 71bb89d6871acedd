"""What an OCI runtime does all day, each with one bundle: aictr-runtime, crun, runc, and for a run a bare sandbox too."""

import os
import subprocess

from . import contest, crowd, machine, table
from .bundle import make_bundle
from .contest import Contestant

NAME = "aictr-bench"
PROGRAMS = ["aictr-runtime", "crun", "runc"]


class Runtime:
    """One runtime with a state directory of its own."""

    def __init__(self, program, directory):
        self.label = program if program == "aictr-runtime" else f"{program} {machine.version(program)}"
        self.state = os.path.join(directory, "state-" + program)
        self.program = program
        os.makedirs(self.state, exist_ok=True)

    def command(self, *words):
        return [self.program, "--root", self.state, *words]

    def do(self, *words):
        subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)

    def contestant(self, target, *words):
        """`target` is the ratio to reach against crun."""
        return Contestant(self.label, self.command(*words), target if self.program == "crun" else None)


def bubblewrap(bundle):
    """The same namespaces and mounts; no cgroup, no seccomp, no masked files."""
    return Contestant(
        f"bubblewrap {machine.version('bwrap')}",
        ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--hostname", "bench"]
        + ["--bind", os.path.join(bundle, "rootfs"), "/", "--proc", "/proc", "--dev", "/dev", "--mqueue", "/dev/mqueue"]
        + ["--ro-bind", "/sys", "/sys", "--as-pid-1", "/bin/true"],
        target=1.0,
    )


def whole_runs(runtimes, bundle, directory, rounds, markdown):
    contestants = [runtime.contestant(0.6, "run", "--bundle", bundle, NAME) for runtime in runtimes] + [bubblewrap(bundle)]
    contest.hold(contestants, rounds, directory)
    table.show(f"OCI run of /bin/true from a bundle, {rounds} rounds", contestants, markdown)
    ours, crun = contestants[:2]
    print(f"\nPeak memory: {table.ratio(ours.peak(), crun.peak())} of crun's (to reach: 1).")


def lives(runtimes, bundle, directory, rounds, markdown):
    """create, start and delete as commands of their own, and what the three cost together."""
    stopwatch = contest.Stopwatch(directory)
    steps = {"create": ("create", "--bundle", bundle, NAME), "start": ("start", NAME), "delete": ("delete", NAME)}
    measured = {step: [runtime.contestant(None, *words) for runtime in runtimes] for step, words in steps.items()}
    together = [runtime.contestant(0.6) for runtime in runtimes]
    for number in range(-1, rounds):
        for index, runtime in enumerate(runtimes):
            total, highest = 0, 0
            for step in steps:
                if step == "delete":
                    wait_until_stopped(runtime)
                wall, peak = stopwatch.run(measured[step][index])
                total, highest = total + wall, max(highest, peak)
                if number >= 0:
                    measured[step][index].walls.append(wall)
                    measured[step][index].peaks.append(peak)
            if number >= 0:
                together[index].walls.append(total)
                together[index].peaks.append(highest)
    for step in steps:
        table.show(f"{step} of a container of /bin/true, {rounds} rounds", measured[step], markdown)
    table.show(f"create, start and delete together, {rounds} rounds", together, markdown)


def wait_until_stopped(runtime):
    while b'"stopped"' not in subprocess.run(runtime.command("state", NAME), stdout=subprocess.PIPE, check=True).stdout:
        pass


def processes_inside(runtimes, bundle, directory, rounds, markdown):
    for runtime in runtimes:
        sleeper = os.path.join(directory, "sleeper-" + runtime.program)
        make_bundle(sleeper, runtime.program, ["/bin/sleep", "100000"], os.path.join(bundle, "rootfs"))
        runtime.do("create", "--bundle", sleeper, runtime.program)
        runtime.do("start", runtime.program)
    try:
        contestants = [runtime.contestant(0.5, "exec", runtime.program, "/bin/true") for runtime in runtimes]
        contest.hold(contestants, rounds, directory)
    finally:
        for runtime in runtimes:
            runtime.do("delete", "--force", runtime.program)
    table.show(f"exec of /bin/true in a container that runs, {rounds} rounds", contestants, markdown)


def steps_of_one_run(runtime, bundle):
    traced = subprocess.run(
        runtime.command("run", "--bundle", bundle, NAME),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "AICTR_TRACE": "1"},
        check=True,
    )
    print("\nSteps of one run, and when they were done:\n")
    print(traced.stderr.decode().strip(), flush=True)


def run(directory, rounds, markdown):
    bundle = os.path.join(directory, "bundle")
    make_bundle(bundle, NAME)
    runtimes = [Runtime(program, directory) for program in PROGRAMS]
    whole_runs(runtimes, bundle, directory, rounds, markdown)
    steps_of_one_run(runtimes[0], bundle)
    lives(runtimes, bundle, directory, rounds, markdown)
    processes_inside(runtimes, bundle, directory, rounds, markdown)
    crowd.run(runtimes, os.path.join(bundle, "rootfs"), directory, max(1, rounds // 40), markdown)
