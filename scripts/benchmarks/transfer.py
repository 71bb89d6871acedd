"""Pull and push of one image with a registry on loopback: aictr, Podman, containerd and Docker, each with a store of its own.

The image is Debian with PyTorch (pytorch.py), or the first AICTR_BENCH_IMAGE_MB megabytes of this machine's /usr when that
is set; as one gzip layer, as ten, or as one in zstd.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tarfile
import time
import urllib.request

from . import contest, machine, pytorch, table
from .containerd import containerd_daemon
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


def entries_in_parts(archive, parts):
    """The members of the archive in parts of about the same size."""
    room = os.path.getsize(archive.name) / parts
    part, filled = [], 0
    for member in archive:
        part.append(member)
        filled += member.size
        if filled >= room:
            yield part
            part, filled = [], 0
    if part:
        yield part


def write_part(whole, members, path):
    """A layer of some members. A hard link to a file of another layer becomes a file."""
    names = {member.name for member in members}
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as out:
        for member in members:
            if member.islnk() and member.linkname not in names:
                target = whole.getmember(member.linkname)
                member.type, member.size = target.type, target.size
                out.addfile(member, whole.extractfile(target))
            else:
                out.addfile(member, whole.extractfile(member) if member.isreg() else None)


def import_layers(archive, parts, directory, environment):
    """The image of the archive in so many layers."""
    context = os.path.join(directory, "context")
    os.makedirs(context)
    steps = ["FROM scratch"]
    with tarfile.open(archive) as whole:
        for number, members in enumerate(entries_in_parts(whole, parts)):
            write_part(whole, members, os.path.join(context, f"{number}.tar"))
            steps.append(f"ADD {number}.tar /")
    with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write("\n".join(steps) + "\n")
    quietly(["aictr", "build", "-q", "-t", IMAGE, context], env=environment)
    shutil.rmtree(context)


def root_archive(directory):
    megabytes = os.environ.get("AICTR_BENCH_IMAGE_MB")
    if not megabytes:
        return pytorch.archive(directory)
    archive = os.path.join(directory, "image.tar")
    write_tar(archive, int(megabytes))
    return archive


def layers_size(environment):
    """Bytes of the image's layers, uncompressed."""
    history = subprocess.run(["aictr", "inspect", "--format", "{{.Size}}", IMAGE], env=environment, check=True,
                             stdout=subprocess.PIPE, text=True)
    return int(history.stdout)


def publish(directory, address, layers=1, compression="gzip"):
    """Puts the image into the registry; gives the bytes of its layers, uncompressed."""
    archive = root_archive(directory)
    environment = {**os.environ, **aictr_environment(directory)}
    if layers == 1:
        quietly(["aictr", "import", archive, IMAGE], env=environment)
    else:
        import_layers(archive, layers, directory, environment)
    size = layers_size(environment)
    quietly(["aictr", "push", "--compression", compression, IMAGE, f"{address}/{IMAGE}"], env=environment)
    quietly(["aictr", "system", "prune", "--all", "--force"], env=environment)
    if archive != pytorch.KEPT:
        os.unlink(archive)
    return size


def pullers(directory, name, docker_socket, ctr):
    podman, docker = podman_command(directory), [CLIENT, "-H", docker_socket]
    def place(program):
        return os.path.join(directory, program)
    return [
        Contestant("aictr", ["aictr", "pull", name], environment=aictr_environment(directory), store=place("aictr"),
                   before=["aictr", "image", "prune", "--all", "--force"]),
        Contestant(f"podman {machine.version('podman')}", [*podman, "pull", "--tls-verify=false", name], target=0.25,
                   store=place("podman"), before=[*podman, "rmi", "--all", "--force"]),
        Contestant(f"containerd {machine.version('containerd')}", [*ctr, "images", "pull", "--plain-http", name],
                   target=0.25, in_children=False, store=place("containerd"),
                   before=[*ctr, "images", "rm", "--sync", name]),
        Contestant(f"docker {machine.version('dockerd')}", [*docker, "pull", name], target=0.25, in_children=False,
                   store=place("docker"), before=[*docker, "image", "prune", "--all", "--force"]),
    ]


def pushers(directory, name, data):
    empty = ["rm", "-rf", os.path.join(data, "docker")]
    podman = podman_command(directory)
    return [
        Contestant("aictr", ["aictr", "push", name], environment=aictr_environment(directory), before=empty),
        Contestant(f"podman {machine.version('podman')}", [*podman, "push", "--tls-verify=false", name], target=0.5,
                   before=empty),
    ]


def pull_as(title, layers, compression, knows=lambda contestant: True):
    def pull(directory, rounds, markdown):
        with registry(directory) as (address, _), docker_daemon(directory) as docker_socket, \
                containerd_daemon(directory) as ctr:
            size = publish(directory, address, layers, compression)
            contestants = [one for one in pullers(directory, f"{address}/{IMAGE}:latest", docker_socket, ctr) if knows(one)]
            contest.hold(contestants, rounds, directory, count_calls=False, warm_up=0)
        table.show(f"pull of an image, {title}, {rounds} rounds", contestants, markdown)
        print(f"\nThe layers are {size / 1e9:.2f} GB, uncompressed; aictr's store takes {contestants[0].disk / size:.3f} times that "
              "(to reach: 1.05).")
    return pull


pull_one = pull_as("one gzip layer", 1, "gzip")
pull_ten = pull_as("ten gzip layers", 10, "gzip")
pull_zstd = pull_as("one zstd layer", 1, "zstd", lambda contestant: not contestant.name.startswith("docker"))


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
