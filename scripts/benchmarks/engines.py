"""`run --rm IMAGE true` of aictr, Podman and Docker, each with a store of its own: without a network, and on a bridge."""

import os

from . import contest, machine, table
from .bundle import make_root
from .contest import Contestant
from .daemon import docker_daemon
from .shell import quietly

IMAGE = "bench-busybox"
RUN = ["run", "--rm", "--network"]


def aictr(directory, archive, network):
    environment = {"AICTR_ROOT": os.path.join(directory, "aictr"), "AICTR_RUNROOT": os.path.join(directory, "aictr-run")}
    quietly(["aictr", "import", archive, IMAGE], env={**os.environ, **environment})
    return Contestant("aictr", ["aictr", *RUN, network, IMAGE, "true"], environment=environment)


def podman(directory, archive, network):
    command = ["podman", "--root", os.path.join(directory, "podman"), "--runroot", os.path.join(directory, "podman-run")]
    command += ["--cgroup-manager", "cgroupfs"]
    quietly([*command, "import", archive, IMAGE])
    # Its defaults raise hard limits, which not every root may.
    run = [*command, *RUN, network, "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    run += ["--cgroup-parent", f"/{machine.CGROUP}/podman", IMAGE, "true"]
    return Contestant(f"podman {machine.version('podman')}", run, target=0.1 if network == "none" else None)


def docker(socket, archive, network):
    command = ["docker", "-H", socket]
    quietly([*command, "import", archive, IMAGE])
    name = f"docker {machine.version('dockerd')}"
    return Contestant(name, [*command, *RUN, network, IMAGE, "true"], target=0.06 if network == "none" else 0.35, in_children=False)


def hold(directory, rounds, markdown, network):
    root = os.path.join(directory, "root")
    make_root(root)
    archive = os.path.join(directory, "root.tar")
    quietly(["tar", "-C", root, "-cf", archive, "."])
    with docker_daemon(directory, bridge=network != "none") as socket:
        contestants = [aictr(directory, archive, network), podman(directory, archive, network)]
        contestants.append(docker(socket, archive, network))
        contest.hold(contestants, rounds, directory)
    table.show(f"run --rm --network {network} IMAGE true, {rounds} rounds", contestants, markdown)


def run(directory, rounds, markdown):
    hold(directory, rounds, markdown, "none")


def run_on_bridge(directory, rounds, markdown):
    with machine.private_network():
        hold(directory, rounds, markdown, "bridge")
