"""A build of many files and a large RUN step: aictr, BuildKit in Docker, buildah. Once from nothing, once unchanged."""

import os
import random

from . import contest, machine, table
from .bundle import make_root
from .contest import Contestant
from .daemon import CLIENT, docker_daemon
from .shell import quietly

IMAGE = "bench-busybox"
FILES, FOLDERS, BYTES = 12000, 120, 270 * 10**6

DOCKERFILE = f"""FROM {IMAGE}
COPY . /data
RUN dd if=/dev/zero of=/written bs=1M count=100
"""


# A cold build is one of another tree each time: a layer that is there already would only be thrown away.
STAMPED = ["sh", "-c", 'date +%s.%N >"$0/stamp" && exec "$@"']


def make_context(directory):
    """12,000 files of 270 MB together, most of them small."""
    numbers = random.Random(1)
    sizes = [numbers.paretovariate(1.2) for _ in range(FILES)]
    scale = BYTES / sum(sizes)
    for number, size in enumerate(sizes):
        folder = os.path.join(directory, f"folder{number % FOLDERS}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"file{number}"), "wb") as file:
            file.write(numbers.randbytes(int(size * scale)))
    with open(os.path.join(directory, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write(DOCKERFILE)


def aictr(directory, archive):
    environment = {"AICTR_ROOT": os.path.join(directory, "aictr"), "AICTR_RUNROOT": os.path.join(directory, "aictr-run")}
    quietly(["aictr", "import", archive, IMAGE], env={**os.environ, **environment})
    return lambda flags, context, _: Contestant("aictr", ["aictr", "build", "-q", *flags, context], environment=environment)


def docker(socket, archive):
    quietly([CLIENT, "-H", socket, "import", archive, IMAGE])
    name = f"docker {machine.version('dockerd')} (BuildKit)"
    command = [CLIENT, "-H", socket, "build", "-q", "--network", "none"]
    return lambda flags, context, target: Contestant(
        name, [*command, *flags, context], target, {"DOCKER_BUILDKIT": "1"}, in_children=False
    )


def buildah(directory, archive):
    places = ["--root", os.path.join(directory, "buildah"), "--runroot", os.path.join(directory, "buildah-run")]
    quietly(["podman", *places, "import", archive, IMAGE])
    command = ["buildah", *places, "bud", "-q", "--layers", "--network", "none", "--cgroup-parent", f"/{machine.CGROUP}/buildah"]
    # Its defaults raise hard limits, which not every root may.
    command += ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    name = f"buildah {machine.version('buildah')}"
    return lambda flags, context, target: Contestant(name, [*command, *flags, context], target)


def run(directory, rounds, markdown):
    root, context = os.path.join(directory, "root"), os.path.join(directory, "context")
    make_root(root)
    make_context(context)
    archive = os.path.join(directory, "root.tar")
    quietly(["tar", "-C", root, "-cf", archive, "."])
    with docker_daemon(directory) as socket:
        makers = [aictr(directory, archive), docker(socket, archive), buildah(directory, archive)]
        for title, cold, targets in (("cold", True, (None, 0.5, 0.3)), ("nothing changed", False, (None, 0.3, 0.05))):
            contestants = [make(["--no-cache"] if cold else [], context, target) for make, target in zip(makers, targets)]
            for contestant in contestants if cold else []:
                contestant.command = [*STAMPED, context, *contestant.command]
            contest.hold(contestants, rounds, directory, count_calls=False, warm_up=1)
            table.show(f"build of 12,000 files, 270 MB, and a RUN writing 100 MB, {title}, {rounds} rounds", contestants, markdown)
