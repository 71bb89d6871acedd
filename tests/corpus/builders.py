"""aictr and its judges, each with a store of its own: load the base images, build a case, save what was built."""

import os
import subprocess

from benchmarks.daemon import CLIENT

PATIENCE = 120  # seconds for one build


def quietly(command, **options):
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} {command[1]} fails: {done.stderr.strip()}")


class Builder:
    command = []  # in front of `save`
    build_command = []
    saving = ["save", "-o"]
    environment = {}
    plain = True  # whether it gets the plain words of a case

    def build(self, case, context):
        """Whether it was built, and what was said."""
        line = " ".join([*self.build_command, "-t", case.name, case.args, context])
        environment = {**os.environ, **self.environment, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["sh", "-c", line], cwd=context, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE, text=True, errors="replace", check=False)
        return done.returncode == 0, done.stdout

    def save(self, names, path):
        quietly([*self.command, *self.saving, path, *map(self.saved_name, names)], env={**os.environ, **self.environment})

    def saved_name(self, name):
        return name


class Aictr(Builder):
    name = "aictr"
    command = ["aictr"]
    build_command = ["aictr", "build", "--progress", "plain"]
    plain = False

    def __init__(self, directory, bases):
        self.environment = {"AICTR_ROOT": os.path.join(directory, "aictr"), "AICTR_RUNROOT": os.path.join(directory, "aictr-run")}
        quietly(["aictr", "load", "-i", bases], env={**os.environ, **self.environment})


class Docker(Builder):
    name = "docker"

    def __init__(self, socket, bases):
        self.environment = {"DOCKER_BUILDKIT": "1", "DOCKER_HOST": socket}
        self.command = [CLIENT]
        self.build_command = [CLIENT, "build", "--progress", "plain", "--network", "none"]
        quietly([CLIENT, "load", "-i", bases], env={**os.environ, **self.environment})


class Buildah(Builder):
    name = "buildah"
    saving = ["save", "--multi-image-archive", "--format", "docker-archive", "-o"]

    def __init__(self, directory, bases):
        places = ["--root", os.path.join(directory, "buildah"), "--runroot", os.path.join(directory, "buildah-run")]
        self.command = ["podman", *places]
        # Its defaults raise hard limits, which not every root may.
        self.build_command = ["buildah", *places, "bud", "--format", "docker", "--isolation", "chroot"]
        self.build_command += ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000", "--pull-never", "--identity-label=false"]
        quietly(["podman", *places, "load", "-i", bases])

    def saved_name(self, name):
        return f"localhost/{name}"
