"""Says where a benchmark ran, and gives it a quiet corner of that machine."""

import contextlib
import ctypes
import glob
import os
import re
import subprocess
import sys
import tempfile

MARKER = "AICTR_BENCH_NAMESPACE"
CGROUP = "aictr-bench"  # everybody's containers get groups below this one
CGROUPS = "/sys/fs/cgroup"
CLONE_NEWNET = 0x40000000  # linux/sched.h


def first_match(path, pattern):
    with open(path, encoding="utf-8") as file:
        found = re.search(pattern, file.read(), re.M)
    return found[1] if found else "unknown"


def describe():
    cpu = first_match("/proc/cpuinfo", r"^model name\s*:\s*(.*)$")
    memory = int(first_match("/proc/meminfo", r"^MemTotal:\s*(\d+)")) / 2**20
    system = first_match("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)')
    kernel = os.uname().release
    cgroups = "v2" if os.path.exists("/sys/fs/cgroup/cgroup.controllers") else "v1"
    return f"{cpu}, {os.cpu_count()} CPUs, {memory:.0f} GiB, {system}, Linux {kernel}, cgroup {cgroups}"


def enter_private_namespace():
    """Starts the program again in a mount namespace of its own, in which everybody is measured."""
    if MARKER not in os.environ:
        os.environ[MARKER] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
    if os.path.ismount(os.path.join(CGROUPS, "unified")):
        hide_unified_cgroups()


def hide_unified_cgroups():
    """On a host with cgroup v1 and an extra v2 tree crun refuses to run; with that tree out of sight it does.

    Unmounting the tree is not enough: programs would then write into the directory below it, which the host shares.
    """
    controllers = [name for name in os.listdir(CGROUPS) if name != "unified"]
    with tempfile.TemporaryDirectory(prefix="aictr-bench.") as aside:
        subprocess.run(["mount", "--rbind", CGROUPS, aside], check=True)
        subprocess.run(["umount", "--recursive", CGROUPS], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", CGROUPS], check=True)
        for name in controllers:
            source, target = os.path.join(aside, name), os.path.join(CGROUPS, name)
            if os.path.islink(source):
                os.symlink(os.readlink(source), target)
            elif os.path.ismount(source):
                os.mkdir(target)
                subprocess.run(["mount", "--bind", source, target], check=True)
        subprocess.run(["umount", "--recursive", aside], check=True)


@contextlib.contextmanager
def private_network():
    """A network namespace with a loopback alone for this process and its children: bridges and firewalls end with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net", "rb") as before:
        if libc.unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare the network")
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            libc.setns(before.fileno(), CLONE_NEWNET)


def remove_cgroups():
    """Takes away the groups that the contestants left, in every hierarchy."""
    for top in glob.glob(f"{CGROUPS}/{CGROUP}") + glob.glob(f"{CGROUPS}/*/{CGROUP}"):
        for directory, _, _ in os.walk(top, topdown=False):
            os.rmdir(directory)


def version(program, *arguments):
    """The first version number that a program prints."""
    done = subprocess.run([program, *(arguments or ["--version"])], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return found[0] if found else "unknown"
