"""What an image is: the tree of its root file system and its configuration, as facts that can be compared.

Facts are texts by subject and name: facts["/etc/passwd"]["mode"] is "0644", facts["config"]["Env"] is '["PATH=/bin"]'. What
a kind of file does not have is no fact.
"""

import hashlib
import json
import tarfile

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
XATTR = "SCHILY.xattr."
# What has a time before this was copied from a context or a base, whose times are old. The rest was made by a step.
OLD = 1577836800  # 2020

TYPES = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "symlink",
    tarfile.FIFOTYPE: "fifo",
    tarfile.CHRTYPE: "character",
    tarfile.BLKTYPE: "block",
}
# Of the container that the image was once committed from; they mean nothing.
BUILDERS_KEYS = ("Image", "Hostname", "Domainname", "MacAddress", "AttachStdin", "AttachStdout", "AttachStderr")
MAPS = ("Labels", "ExposedPorts", "Volumes")
IMAGE_KEYS = ("architecture", "os", "variant", "author")


class Node:
    """A file of the tree; hard links are one node at several paths."""

    def __init__(self, member, content):
        self.facts = {
            "type": TYPES[member.type],
            "mode": f"{member.mode & 0o7777:04o}",
            "owner": f"{member.uid}:{member.gid}",
        }
        time = "folder time" if member.isdir() else "time"
        self.facts[time] = str(int(member.mtime)) if member.mtime < OLD else "of a step"
        if member.isreg():
            self.facts["size"] = str(member.size)
            self.facts["content"] = hashlib.sha256(content).hexdigest()[:16]
        if member.issym():
            self.facts["target"] = member.linkname
            del self.facts["mode"]  # of a link it means nothing
        if member.isdev():
            self.facts["device"] = f"{member.devmajor}:{member.devminor}"
        for name, value in member.pax_headers.items():
            if name.startswith(XATTR):
                data = value.encode("utf-8", "surrogateescape")
                self.facts["xattr " + name.removeprefix(XATTR)] = data.hex()

    def is_directory(self):
        return self.facts["type"] == "directory"


def clean(name):
    return "/" + "/".join(part for part in name.split("/") if part not in ("", "."))


def parent_of(path):
    return path.rpartition("/")[0] or "/"


class Tree:
    """Paths to nodes, as the layers leave them (https://github.com/opencontainers/image-spec/blob/main/layer.md)."""

    def __init__(self):
        self.nodes = {}

    def remove_below(self, path):
        inside = path.rstrip("/") + "/"
        for other in [other for other in self.nodes if other.startswith(inside)]:
            del self.nodes[other]

    def remove(self, path):
        self.remove_below(path)
        self.nodes.pop(path, None)

    def apply(self, layer):
        members = list(layer)
        for member in members:
            folder, _, name = clean(member.name).rpartition("/")
            if name == OPAQUE:
                self.remove_below(folder)
            elif name.startswith(WHITEOUT):
                self.remove(f"{folder}/{name.removeprefix(WHITEOUT)}")
        for member in members:
            path = clean(member.name)
            if path.rpartition("/")[2].startswith(WHITEOUT):
                continue
            if path != "/" and parent_of(path) != "/" and not self.is_directory(parent_of(path)):
                raise ValueError(f"a layer has '{path}' without its folder")
            self.add(path, member, layer)

    def is_directory(self, path):
        return path in self.nodes and self.nodes[path].is_directory()

    def add(self, path, member, layer):
        if member.islnk():
            node = self.nodes[clean(member.linkname)]
        else:
            node = Node(member, layer.extractfile(member).read() if member.isreg() else b"")
        if path in self.nodes and not (node.is_directory() and self.nodes[path].is_directory()):
            self.remove(path)
        self.nodes[path] = node

    def facts(self):
        names = {}
        for path, node in self.nodes.items():
            names.setdefault(id(node), []).append(path)
        facts = {}
        for path, node in self.nodes.items():
            if path == "/":
                continue  # some builders' layers have an entry for what is above all layers
            facts[printable(path)] = dict(node.facts)
            others = sorted(printable(other) for other in names[id(node)] if other != path)
            if others:
                facts[printable(path)]["links"] = " ".join(others)
        return facts


def printable(path):
    return path.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def config_facts(image):
    facts = {}
    config = image.get("config") or {}
    for name, value in config.items():
        if name in BUILDERS_KEYS:
            continue
        if name == "WorkingDir":
            value = value or "/"  # both mean the same
        if name in MAPS:
            facts.update({f"{name} {printable(key)}": json.dumps(one) for key, one in (value or {}).items()})
        elif value:
            facts[name] = json.dumps(value, sort_keys=True)
    facts.setdefault("WorkingDir", '"/"')
    for name in IMAGE_KEYS:
        if image.get(name):
            facts[name] = json.dumps(image[name])
    return {"config": facts}


class Archive:
    """What `docker save` writes, and the others in its format."""

    def __init__(self, path):
        self.tar = tarfile.open(path)
        self.images = {}
        for image in self.json("manifest.json"):
            for name in image["RepoTags"] or []:
                self.images[name.rpartition("/")[2].removesuffix(":latest")] = image

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tar.close()

    def json(self, name):
        return json.load(self.tar.extractfile(name))

    def facts(self, name):
        image = self.images[name]
        tree = Tree()
        for layer in image["Layers"]:
            with tarfile.open(fileobj=self.tar.extractfile(layer)) as opened:
                tree.apply(opened)
        return tree.facts() | config_facts(self.json(image["Config"]))
