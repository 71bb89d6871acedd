"""The images that the corpus builds on, the same for every builder: `base`, `furnished`, which has a configuration, and `triggers`."""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import tarfile

from cases import CONTEXT_TIME

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
PASSWD = """root:x:0:0:root:/root:/bin/sh
app:x:1000:1000:app:/people/app:/bin/sh
other:x:1001:100:other:/:/bin/sh
"""
GROUP = """root:x:0:
users:x:100:
app:x:1000:
extra:x:2000:app,other
staff:x:50:
"""
FILES = {
    "etc/passwd": PASSWD,
    "etc/group": GROUP,
    "data/old": "old\n",
    "data/more/one": "1\n",
    "data/more/two": "2\n",
    "real/inside": "inside\n",
    "srv/file": "a file\n",
}
LINKS = {"link": "real", "absolute": "/real", "dangling": "/nowhere", "escape": "../../../real", "data/alias": "old"}
FOLDERS = {"tmp": 0o1777, "root": 0o700, "people/app": 0o755, "shared": 0o2775, "proc": 0o755, "dev": 0o755, "sys": 0o755, "run": 0o755}
FURNITURE = {
    "User": "app",
    "ExposedPorts": {"80/tcp": {}},
    "Env": ["PATH=/usr/bin:/bin", "FIRST=1", "SECOND=two words"],
    "Entrypoint": ["/bin/sh", "-c"],
    "Cmd": ["echo base"],
    "Volumes": {"/data": {}},
    "WorkingDir": "/srv",
    "Labels": {"kept": "yes", "changed": "before"},
    "StopSignal": "SIGINT",
    "Healthcheck": {"Test": ["CMD", "true"], "Interval": 5000000000},
    "Shell": ["/bin/sh", "-e", "-c"],
}

BARE = {"Env": ["PATH=/usr/bin:/bin"], "Cmd": ["sh"]}
TRIGGERS = {"Env": ["PATH=/usr/bin:/bin"], "OnBuild": ["COPY a /app/a", "RUN echo triggered >/trigger", "WORKDIR /app"]}


class Root:
    def __init__(self):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode="w", format=tarfile.PAX_FORMAT)
        self.folders = set()

    def add(self, name, kind, mode, data=b"", target="", owner=0):
        folder = os.path.dirname(name)
        if folder and folder not in self.folders:
            self.add(folder, tarfile.DIRTYPE, 0o755)
        if kind == tarfile.DIRTYPE:
            self.folders.add(name)
        member = tarfile.TarInfo(name)
        member.type, member.mode, member.size, member.linkname = kind, mode, len(data), target
        member.uid = member.gid = owner
        member.mtime = CONTEXT_TIME
        self.tar.addfile(member, io.BytesIO(data))

    def finish(self):
        self.tar.close()
        return self.bytes.getvalue()


def make_root():
    busybox = shutil.which("busybox")
    with open(busybox, "rb") as file:
        program = file.read()
    root = Root()
    for name, mode in FOLDERS.items():
        root.add(name, tarfile.DIRTYPE, mode, owner=1000 if name == "people/app" else 0)
    root.add("bin/busybox", tarfile.REGTYPE, 0o755, program)
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    for applet in applets:
        if applet != "busybox":
            root.add(f"bin/{applet}", tarfile.SYMTYPE, 0o777, target="busybox")
    for name, text in FILES.items():
        root.add(name, tarfile.REGTYPE, 0o644, text.encode())
    for name, target in LINKS.items():
        root.add(name, tarfile.SYMTYPE, 0o777, target=target)
    root.add("real/twin", tarfile.LNKTYPE, 0o644, target="real/inside")
    root.add("srv/setuid", tarfile.REGTYPE, 0o4755, b"#!/bin/sh\n", owner=1000)
    root.add("usr/bin", tarfile.SYMTYPE, 0o777, target="../bin")
    return root.finish()


def write_archive(path):
    layer = make_root()
    digest = hashlib.sha256(layer).hexdigest()
    files, manifest = {"layer.tar": layer}, []
    for name, config in (("base", BARE), ("furnished", FURNITURE), ("triggers", TRIGGERS)):
        image = {
            "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": config,
            "created": "2001-02-03T04:05:06Z",
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
            "history": [{"created": "2001-02-03T04:05:06Z", "created_by": "made for the corpus"}],
        }
        data = json.dumps(image).encode()
        files[hashlib.sha256(data).hexdigest() + ".json"] = data
        manifest.append({"Config": hashlib.sha256(data).hexdigest() + ".json", "RepoTags": [f"{name}:latest"], "Layers": ["layer.tar"]})
    files["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
