"""`run --rm --network none IMAGE true` of aictr, Podman and Docker, each with a store of its own."""

import contextlib
import os
import subprocess
import time

from . import contest, machine, table
from .bundle import make_root
from .contest import Contestant

IMAGE = "bench-busybox"
RUN = ["run", "--rm", "--network", "none"]
DAEMON_PATIENCE = 30  # seconds for dockerd to answer


def quietly(command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)} failed:\n{done.stderr.strip()}")


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


def stop(process, containerd_pid_file):
    """Ends the daemon and the containerd it started."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with contextlib.suppress(OSError, ValueError):
        with open(containerd_pid_file, encoding="utf-8") as file:
            os.kill(int(file.read()), 15)


@contextlib.contextmanager
def docker_daemon(directory):
    """A dockerd that shares nothing with one that may be running; gives its address."""
    socket = "unix://" + os.path.join(directory, "docker.sock")
    exec_root = os.path.join(directory, "docker-exec")
    command = ["dockerd", "-H", socket, "--data-root", os.path.join(directory, "docker"), "--exec-root", exec_root]
    command += ["--pidfile", os.path.join(directory, "docker.pid"), "--storage-driver", "overlay2"]
    command += ["--cgroup-parent", f"/{machine.CGROUP}/docker"]
    command += ["--bridge", "none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"]
    log_path = os.path.join(directory, "docker.log")
    with open(log_path, "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + DAEMON_PATIENCE
        while subprocess.run(["docker", "-H", socket, "info"], capture_output=True, check=False).returncode != 0:
            if process.poll() is not None or time.monotonic() > deadline:
                with open(log_path, encoding="utf-8") as log:
                    raise SystemExit("bench: dockerd does not answer:\n" + "".join(log.readlines()[-5:]))
            time.sleep(0.1)
        yield socket
    finally:
        stop(process, os.path.join(exec_root, "containerd/containerd.pid"))


def run(directory, rounds, markdown):
    root = os.path.join(directory, "root")
    make_root(root)
    archive = os.path.join(directory, "root.tar")
    quietly(["tar", "-C", root, "-cf", archive, "."])
    with docker_daemon(directory) as socket:
        contestants = [aictr(directory, archive), podman(directory, archive), docker(socket, archive)]
        contest.hold(contestants, rounds, directory)
    table.show(f"run --rm --network none IMAGE true, {rounds} rounds", contestants, markdown)
