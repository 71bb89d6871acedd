"""Builds by aictr, BuildKit in Docker and buildah: many files and a large RUN step from nothing, unchanged, and with one
file changed; and two stages that could run at the same time."""

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


# Two stages of five seconds each that do not need each other.
STAGES = f"""FROM {IMAGE} AS one
RUN sleep 5 && echo one > /one
FROM {IMAGE} AS two
RUN sleep 5 && echo two > /two
FROM {IMAGE}
COPY --from=one /one /
COPY --from=two /two /
"""

# What is built, with which flags, whether its context is another one each time, and the goals against BuildKit and buildah.
MANY = f"build of {FILES:,} files, 270 MB, and a RUN writing 100 MB"
CASES = (
    (f"{MANY}, cold", "files", ["--no-cache"], True, (0.5, 0.3)),
    (f"{MANY}, nothing changed", "files", [], False, (0.3, 0.05)),
    (f"{MANY}, one file changed", "files", [], True, (0.3, None)),
    ("build of two stages of 5 s each", "stages", ["--no-cache"], False, (None, None)),
)


def make_stages(directory):
    os.makedirs(directory)
    with open(os.path.join(directory, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write(STAGES)


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
    root = os.path.join(directory, "root")
    contexts = {name: os.path.join(directory, name) for name in ("files", "stages")}
    make_root(root)
    make_context(contexts["files"])
    make_stages(contexts["stages"])
    archive = os.path.join(directory, "root.tar")
    quietly(["tar", "-C", root, "-cf", archive, "."])
    with docker_daemon(directory) as socket:
        makers = [aictr(directory, archive), docker(socket, archive), buildah(directory, archive)]
        for title, name, flags, stamped, goals in CASES:
            context = contexts[name]
            contestants = [make(flags, context, goal) for make, goal in zip(makers, (None, *goals))]
            for contestant in contestants if stamped else []:
                contestant.command = [*STAMPED, context, *contestant.command]
            contest.hold(contestants, rounds, directory, count_calls=False, warm_up=1)
            table.show(f"{title}, {rounds} rounds", contestants, markdown)
