"""Pull and push of one image with a registry on loopback: aictr, Podman and Docker, each with a store of its own.

The image is one gzip layer with the first AICTR_BENCH_IMAGE_MB megabytes (1200 unless set) of this machine's /usr.
"""

import contextlib
import os
import socket
import subprocess
import tarfile
import time
import urllib.request

from . import contest, machine, table
from .contest import Contestant
from .daemon import CLIENT, docker_daemon
from .shell import quietly

IMAGE = "bench-image"


def write_tar(path, megabytes):
    left = megabytes * 1000000
    with tarfile.open(path, "w") as tar:
        for top in ("/usr/bin", "/usr/share", "/usr/lib"):
            for folder, _, names in sorted(os.walk(top)):
                for name in sorted(names):
                    file = os.path.join(folder, name)
                    if left > 0 and (os.path.islink(file) or os.path.isfile(file)):
                        tar.add(file, recursive=False)
                        left -= os.lstat(file).st_size


@contextlib.contextmanager
def registry(directory):
    """Gives its address and the folder of its data."""
    data = os.path.join(directory, "registry")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    config = os.path.join(directory, "registry.yml")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n"
                   f"storage: {{filesystem: {{rootdirectory: {data}}}}}\nhttp: {{addr: {address}}}\n")
    with subprocess.Popen(["docker-registry", "serve", config], stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://{address}/v2/").close()
                    break
                time.sleep(0.1)
            yield address, data
        finally:
            server.terminate()


def aictr_environment(directory):
    return {"AICTR_ROOT": os.path.join(directory, "aictr"), "AICTR_RUNROOT": os.path.join(directory, "aictr-run")}


def podman_command(directory):
    return ["podman", "--root", os.path.join(directory, "podman"), "--runroot", os.path.join(directory, "podman-run"),
            "--cgroup-manager", "cgroupfs"]


def publish(directory, address):
    """Puts the image into the registry, as gzip."""
    archive = os.path.join(directory, "image.tar")
    write_tar(archive, int(os.environ.get("AICTR_BENCH_IMAGE_MB", "1200")))
    environment = {**os.environ, **aictr_environment(directory)}
    quietly(["aictr", "import", archive, IMAGE], env=environment)
    quietly(["aictr", "push", IMAGE, f"{address}/{IMAGE}"], env=environment)
    quietly(["aictr", "rmi", IMAGE], env=environment)
    os.unlink(archive)


def pullers(directory, name, docker_socket):
    podman, docker = podman_command(directory), [CLIENT, "-H", docker_socket]
    return [
        Contestant("aictr", ["aictr", "pull", name], environment=aictr_environment(directory),
                   before=["aictr", "image", "prune", "--all", "--force"]),
        Contestant(f"podman {machine.version('podman')}", [*podman, "pull", "--tls-verify=false", name], target=0.25,
                   before=[*podman, "rmi", "--all", "--force"]),
        Contestant(f"docker {machine.version('dockerd')}", [*docker, "pull", name], target=0.25, in_children=False,
                   before=[*docker, "image", "prune", "--all", "--force"]),
    ]


def pushers(directory, name, data):
    empty = ["rm", "-rf", os.path.join(data, "docker")]
    podman = podman_command(directory)
    return [
        Contestant("aictr", ["aictr", "push", name], environment=aictr_environment(directory), before=empty),
        Contestant(f"podman {machine.version('podman')}", [*podman, "push", "--tls-verify=false", name], target=0.5,
                   before=empty),
    ]


def pull(directory, rounds, markdown):
    with registry(directory) as (address, _), docker_daemon(directory) as docker_socket:
        publish(directory, address)
        contestants = pullers(directory, f"{address}/{IMAGE}:latest", docker_socket)
        contest.hold(contestants, rounds, directory, count_calls=False, warm_up=0)
    table.show(f"pull of an image, {rounds} rounds", contestants, markdown)


def push(directory, rounds, markdown):
    with registry(directory) as (address, data):
        publish(directory, address)
        name = f"{address}/{IMAGE}:latest"
        environment = {**os.environ, **aictr_environment(directory)}
        quietly(["aictr", "pull", name], env=environment)
        quietly([*podman_command(directory), "pull", "--tls-verify=false", name])
        contestants = pushers(directory, name, data)
        contest.hold(contestants, rounds, directory, count_calls=False, warm_up=0)
    table.show(f"push of an image, {rounds} rounds", contestants, markdown)
