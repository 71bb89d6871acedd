"""OCI run of /bin/true from one bundle: aictr-runtime, crun, runc, and a bare sandbox."""

import os

from . import contest, machine, table
from .bundle import make_bundle
from .contest import Contestant

NAME = "aictr-bench"


def runtime(label, program, directory, bundle, target):
    state = os.path.join(directory, "state-" + os.path.basename(program))
    os.makedirs(state)
    return Contestant(label, [program, "--root", state, "run", "--bundle", bundle, NAME], target)


def bubblewrap(bundle):
    """The same namespaces and mounts; no cgroup, no seccomp, no masked files."""
    return Contestant(
        f"bubblewrap {machine.version('bwrap')}",
        ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--hostname", "bench"]
        + ["--bind", os.path.join(bundle, "rootfs"), "/", "--proc", "/proc", "--dev", "/dev", "--mqueue", "/dev/mqueue"]
        + ["--ro-bind", "/sys", "/sys", "--as-pid-1", "/bin/true"],
        target=1.0,
    )


def run(directory, rounds, markdown):
    bundle = os.path.join(directory, "bundle")
    os.makedirs(bundle)
    make_bundle(bundle, NAME)
    contestants = [
        runtime("aictr-runtime", "aictr-runtime", directory, bundle, None),
        runtime(f"crun {machine.version('crun')}", "crun", directory, bundle, 0.6),
        runtime(f"runc {machine.version('runc')}", "runc", directory, bundle, None),
        bubblewrap(bundle),
    ]
    contest.hold(contestants, rounds, directory)
    table.show(f"OCI run of /bin/true from a bundle, {rounds} rounds", contestants, markdown)
    ours, crun = contestants[:2]
    print(f"\nPeak memory: {table.ratio(ours.peak(), crun.peak())} of crun's (to reach: 1).")
