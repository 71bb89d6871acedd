"""`run --rm --network none IMAGE true` of aictr, Podman and Docker, each with a store of its own."""

import os

from . import contest, machine, table
from .bundle import make_root
from .contest import Contestant
from .daemon import docker_daemon
from .shell import quietly

IMAGE = "bench-busybox"
RUN = ["run", "--rm", "--network", "none"]


def aictr(directory, archive):
    environment = {"AICTR_ROOT": os.path.join(directory, "aictr"), "AICTR_RUNROOT": os.path.join(directory, "aictr-run")}
    quietly(["aictr", "import", archive, IMAGE], env={**os.environ, **environment})
    return Contestant("aictr", ["aictr", *RUN, IMAGE, "true"], environment=environment)


def podman(directory, archive):
    command = ["podman", "--root", os.path.join(directory, "podman"), "--runroot", os.path.join(directory, "podman-run")]
    command += ["--cgroup-manager", "cgroupfs"]
    quietly([*command, "import", archive, IMAGE])
    # Its defaults raise hard limits, which not every root may.
    run = [*command, *RUN, "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    run += ["--cgroup-parent", f"/{machine.CGROUP}/podman", IMAGE, "true"]
    return Contestant(f"podman {machine.version('podman')}", run, target=0.1)


def docker(socket, archive):
    command = ["docker", "-H", socket]
    quietly([*command, "import", archive, IMAGE])
    name = f"docker {machine.version('dockerd')}"
    return Contestant(name, [*command, *RUN, IMAGE, "true"], target=0.06, in_children=False)


def run(directory, rounds, markdown):
    root = os.path.join(directory, "root")
    make_root(root)
    archive = os.path.join(directory, "root.tar")
    quietly(["tar", "-C", root, "-cf", archive, "."])
    with docker_daemon(directory) as socket:
        contestants = [aictr(directory, archive), podman(directory, archive), docker(socket, archive)]
        contest.hold(contestants, rounds, directory)
    table.show(f"run --rm --network none IMAGE true, {rounds} rounds", contestants, markdown)
