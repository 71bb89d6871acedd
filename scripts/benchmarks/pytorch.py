"""The root file system of Debian trixie with python3-torch as one tar: 1.2 GB in 25,000 files, made of packages once a clone."""

import os

from .shell import quietly

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(PROJECT, "build/bench/pytorch.tar")

DOCKERFILE = """FROM debian:trixie
RUN apt-get update && apt-get install -y --no-install-recommends python3-torch && rm -rf /var/lib/apt/lists/*
"""


def archive(directory):
    """The path of the tar. What it takes to make it goes into the directory, which is thrown away."""
    if os.path.exists(KEPT):
        return KEPT
    environment = {**os.environ, "AICTR_ROOT": os.path.join(directory, "packages"),
                   "AICTR_RUNROOT": os.path.join(directory, "packages-run")}
    context = os.path.join(directory, "pytorch")
    os.makedirs(context)
    with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
        file.write(DOCKERFILE)
    quietly([os.path.join(PROJECT, "scripts/base-image"), "debian:trixie"], env=environment)
    os.makedirs(os.path.dirname(KEPT), exist_ok=True)
    quietly(["aictr", "build", "-q", "-o", f"type=tar,dest={KEPT}.tmp", context], env=environment)
    os.rename(f"{KEPT}.tmp", KEPT)
    quietly(["aictr", "system", "prune", "--all", "--force"], env=environment)
    return KEPT
