#!/usr/bin/env python3
"""Writes an image as an OCI layout, for skopeo to push and for the scripted registry to serve.

  make_layout.py LAYOUT TAG LAYER...      LAYER: a tar, plain, .gz or .zst, lowest first

Prints the digest of the manifest. The same layers give the same image.
"""

import gzip
import hashlib
import json
import os
import subprocess
import sys

LAYER = "application/vnd.oci.image.layer.v1.tar"


def plain_bytes(path):
    if path.endswith(".gz"):
        return gzip.open(path).read()
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dc", path], check=True, stdout=subprocess.PIPE).stdout
    return open(path, "rb").read()


def media_type(path):
    return LAYER + ("+gzip" if path.endswith(".gz") else "+zstd" if path.endswith(".zst") else "")


class Layout:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(os.path.join(directory, "blobs/sha256"), exist_ok=True)
        with open(os.path.join(directory, "oci-layout"), "w") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')

    def add_blob(self, data, kind):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(self.directory, "blobs/sha256", digest), "wb") as file:
            file.write(data)
        return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}

    def add_image(self, tag, layers, architecture="amd64"):
        diff_ids = ["sha256:" + hashlib.sha256(plain_bytes(layer)).hexdigest() for layer in layers]
        config = {"architecture": architecture, "os": "linux", "config": {"Cmd": ["/bin/sh"], "Env": ["PATH=/bin"]},
                  "created": "2024-01-02T03:04:05Z", "rootfs": {"type": "layers", "diff_ids": diff_ids}}
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                    "config": self.add_blob(json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
                    "layers": [self.add_blob(open(layer, "rb").read(), media_type(layer)) for layer in layers]}
        entry = self.add_blob(json.dumps(manifest).encode(), manifest["mediaType"])
        self.add_name(tag, entry)
        return entry

    def add_name(self, tag, entry):
        path = os.path.join(self.directory, "index.json")
        index = {"schemaVersion": 2, "manifests": []}
        if os.path.exists(path):
            with open(path) as file:
                index = json.load(file)
        index["manifests"].append({**entry, "annotations": {"org.opencontainers.image.ref.name": tag}})
        with open(path, "w") as file:
            json.dump(index, file)


if __name__ == "__main__":
    print(Layout(sys.argv[1]).add_image(sys.argv[2], sys.argv[3:])["digest"])
