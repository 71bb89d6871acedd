"""Makes an OCI bundle as an engine would: busybox, all namespaces, limits, and the default seccomp profile."""

import json
import os
import platform
import subprocess

from .machine import CGROUP

# The profile of Docker and Podman, as the latter's packages install it.
PROFILE = "/usr/share/containers/seccomp.json"

CAPABILITIES = [
    "CAP_" + name
    for name in (
        "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID "
        "SYS_CHROOT"
    ).split()
]

MOUNTS = [
    ("/proc", "proc", ["nosuid", "noexec", "nodev"]),
    ("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    ("/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
    ("/dev/shm", "tmpfs", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
    ("/dev/mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
    ("/sys", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
]

MASKED = ["acpi", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi"]
READ_ONLY = ["asound", "bus", "fs", "irq", "sys", "sysrq-trigger"]

ARCHITECTURES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}


def applies(rule):
    """Whether a rule of the profile holds for these capabilities, this architecture and this kernel."""
    architecture = ARCHITECTURES[platform.machine()][0]
    kernel = [int(number) for number in platform.release().split("-")[0].split(".")[:2]]
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    if not set(includes.get("caps") or []) <= set(CAPABILITIES) or set(excludes.get("caps") or []) & set(CAPABILITIES):
        return False
    if architecture not in (includes.get("arches") or [architecture]) or architecture in (excludes.get("arches") or []):
        return False
    return [int(number) for number in includes.get("minKernel", "0.0").split(".")] <= kernel


def seccomp():
    with open(PROFILE, encoding="utf-8") as file:
        profile = json.load(file)
    rules = []
    for rule in profile["syscalls"]:
        if applies(rule):
            kept = {key: rule[key] for key in ("names", "action", "args", "errnoRet") if rule.get(key)}
            rules.append(kept)
    return {
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile.get("defaultErrnoRet", 1),
        "architectures": [ARCHITECTURES[platform.machine()][1]],
        "syscalls": rules,
    }


def config(name):
    return {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0},
            "args": ["/bin/true"],
            "env": ["PATH=/usr/bin:/bin"],
            "cwd": "/",
            "capabilities": {kind: CAPABILITIES for kind in ("bounding", "effective", "permitted")},
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs", "readonly": False},
        "hostname": "bench",
        "mounts": [
            {"destination": where, "type": kind, "source": kind, "options": options} for where, kind, options in MOUNTS
        ],
        "linux": {
            "cgroupsPath": f"/{CGROUP}/{name}",
            "resources": {
                "devices": [{"allow": False, "access": "rwm"}],
                "memory": {"limit": 512 * 2**20},
                "cpu": {"shares": 1024},
                "pids": {"limit": 1024},
            },
            "namespaces": [{"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount")],
            "seccomp": seccomp(),
            "maskedPaths": [f"/proc/{name}" for name in MASKED] + ["/sys/firmware"],
            "readonlyPaths": [f"/proc/{name}" for name in READ_ONLY],
        },
    }


def make_root(directory):
    """A root file system of busybox and links to it."""
    for name in ("bin", "dev", "etc", "proc", "sys", "tmp"):
        os.makedirs(os.path.join(directory, name))
    busybox = subprocess.run(["sh", "-c", "command -v busybox"], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(["cp", "-L", busybox, os.path.join(directory, "bin/busybox")], check=True)
    for applet in ("sh", "true", "sleep", "cat", "echo"):
        os.symlink("busybox", os.path.join(directory, "bin", applet))


def make_bundle(directory, name, args=("/bin/true",), root=None):
    """directory/config.json and, unless a root is given, directory/rootfs: what `OCI-RUNTIME run --bundle` takes."""
    os.makedirs(directory, exist_ok=True)
    made = config(name)
    made["process"]["args"] = list(args)
    if root:
        made["root"]["path"] = root
    else:
        make_root(os.path.join(directory, "rootfs"))
    with open(os.path.join(directory, "config.json"), "w", encoding="utf-8") as file:
        json.dump(made, file)
