#!/usr/bin/env python3
"""The comparator finds what is planted: one thing changed in an image is one difference, and nothing changed is none."""

import io
import json
import os
import sys
import tarfile
import tempfile
import unittest

sys.dont_write_bytecode = True

import verdict  # noqa: E402
from compare import Explanations, differences  # noqa: E402
from image_facts import Archive  # noqa: E402

CONFIG = {"Env": ["A=1", "B=2"], "Cmd": ["x"], "Labels": {"a": "b"}, "ExposedPorts": {"80/tcp": {}}, "WorkingDir": "/w"}


def entry(name, kind=tarfile.REGTYPE, data=b"", xattrs=None, **attributes):
    member = tarfile.TarInfo(name)
    member.type, member.size, member.mtime, member.mode = kind, len(data), 1000, 0o644
    for key, value in attributes.items():
        setattr(member, key, value)
    member.pax_headers = {f"SCHILY.xattr.{key}": value for key, value in (xattrs or {}).items()}
    return member, data


def folder(name, **attributes):
    return entry(name, tarfile.DIRTYPE, **{"mode": 0o755, **attributes})


def layer_of(entries):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member, content in entries:
            tar.addfile(member, io.BytesIO(content))
    return data.getvalue()


def facts_of(layers, config=None, **image):
    """The facts of an image with these layers, each a list of entries."""
    image = {"architecture": "amd64", "os": "linux", "config": CONFIG if config is None else config, **image}
    files = {f"{number}.tar": layer_of(entries) for number, entries in enumerate(layers)}
    manifest = [{"Config": "config.json", "RepoTags": ["image:latest"], "Layers": list(files)}]
    files |= {"config.json": json.dumps(image).encode(), "manifest.json": json.dumps(manifest).encode()}
    with tempfile.NamedTemporaryFile() as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name, data in files.items():
                tar.addfile(*(lambda member: (member[0], io.BytesIO(data)))(entry(name, data=data)))
        file.flush()
        with Archive(file.name) as archive:
            return archive.facts("image")


def some_layer():
    return {
        "d": folder("d"),
        "f": entry("d/f", data=b"text", uid=1, gid=2, xattrs={"user.a": "v"}),
        "hard": entry("d/hard", tarfile.LNKTYPE, linkname="d/f"),
        "link": entry("link", tarfile.SYMTYPE, linkname="d/f"),
        "null": entry("null", tarfile.CHRTYPE, devmajor=1, devminor=3),
        "pipe": entry("pipe", tarfile.FIFOTYPE),
    }


class Planted(unittest.TestCase):
    def setUp(self):
        self.facts = facts_of([some_layer().values()])

    def found(self, layers, config=None, **image):
        return differences(facts_of(layers, config, **image), self.facts)

    def with_entry(self, name, changed):
        return self.found([{**some_layer(), name: changed}.values()])

    def test_nothing(self):
        self.assertEqual([], self.found([some_layer().values()]))

    def test_mode_with_all_its_bits(self):
        for mode in (0o600, 0o4644, 0o2644, 0o1644):
            changed = self.with_entry("null", entry("null", tarfile.CHRTYPE, devmajor=1, devminor=3, mode=mode))
            self.assertEqual([f"/null mode: {mode:04o} ours, 0644 theirs"], changed)

    def test_attributes(self):
        plain = {"data": b"text", "uid": 1, "gid": 2, "xattrs": {"user.a": "v"}}
        for change, expected in (
            ({"uid": 3}, ["/d/f owner: 3:2 ours, 1:2 theirs"]),
            ({"gid": 3}, ["/d/f owner: 1:3 ours, 1:2 theirs"]),
            ({"mtime": 1001}, ["/d/f time: 1001 ours, 1000 theirs"]),
            ({"mtime": 1900000000}, ["/d/f time: of a step ours, 1000 theirs"]),
            ({"xattrs": {"user.a": "w"}}, ["/d/f xattr user.a: 77 ours, 76 theirs"]),
            ({"xattrs": {}}, ["/d/f xattr user.a: none ours, 76 theirs"]),
            ({"xattrs": {"user.a": "v", "security.capability": "x"}}, ["/d/f xattr security.capability: 78 ours, none theirs"]),
        ):
            found = self.with_entry("f", entry("d/f", **{**plain, **change}))
            self.assertEqual(expected, [line for line in found if not line.startswith("/d/hard")])

    def test_content_of_the_same_size(self):
        found = self.with_entry("f", entry("d/f", data=b"texT", uid=1, gid=2, xattrs={"user.a": "v"}))
        self.assertEqual(["/d/f content", "/d/hard content"], [line.partition(":")[0] for line in found])

    def test_links(self):
        self.assertEqual(["/link target: d/x ours, d/f theirs"], self.with_entry("link", entry("link", tarfile.SYMTYPE, linkname="d/x")))
        copy = entry("d/hard", data=b"text", uid=1, gid=2, xattrs={"user.a": "v"})
        self.assertEqual(["/d/f links: none ours, /d/hard theirs", "/d/hard links: none ours, /d/f theirs"], self.with_entry("hard", copy))

    def test_types_and_devices(self):
        self.assertIn("/pipe type: directory ours, fifo theirs", self.with_entry("pipe", folder("pipe")))
        self.assertEqual(["/null device: 1:5 ours, 1:3 theirs"], self.with_entry("null", entry("null", tarfile.CHRTYPE, devmajor=1, devminor=5)))

    def test_files_too_many_and_too_few(self):
        self.assertEqual(["/new is only ours"], self.with_entry("new", entry("new")))
        fewer = some_layer()
        del fewer["pipe"]
        self.assertEqual(["/pipe is only theirs"], self.found([fewer.values()]))

    def test_configuration(self):
        layer = [some_layer().values()]
        for key, value, expected in (
            ("Env", ["B=2", "A=1"], 'config Env: ["B=2", "A=1"] ours, ["A=1", "B=2"] theirs'),
            ("User", "me", 'config User: "me" ours, none theirs'),
            ("Labels", {}, 'config Labels a: none ours, "b" theirs'),
            ("ExposedPorts", {"80/tcp": {}, "81/tcp": {}}, "config ExposedPorts 81/tcp: {} ours, none theirs"),
            ("Cmd", None, 'config Cmd: none ours, ["x"] theirs'),
            ("Healthcheck", {"Test": ["NONE"]}, 'config Healthcheck: {"Test": ["NONE"]} ours, none theirs'),
            ("SomethingNew", True, "config SomethingNew: true ours, none theirs"),
        ):
            self.assertEqual([expected], self.found(layer, {**CONFIG, key: value}))
        self.assertEqual(['config author: "Ann" ours, none theirs'], self.found(layer, author="Ann"))

    def test_ways_to_say_the_same(self):
        wiped = [*some_layer().values(), folder("gone"), entry("gone/x")]
        self.assertEqual([], self.found([wiped, [entry(".wh.gone")]]))
        self.assertEqual(["/gone is only ours"], self.found([wiped, [folder("gone"), entry("gone/.wh..wh..opq")]]))
        self.assertEqual(["/gone is only ours"], self.found([wiped, [folder("gone"), entry("gone/.wh.x")]]))
        again = [entry("d/.wh.f"), folder("d"), some_layer()["f"], some_layer()["hard"]]
        self.assertEqual([], self.found([some_layer().values(), again]))

    def test_a_folder_that_became_a_file_holds_nothing(self):
        below = [folder("x"), entry("x/y"), *some_layer().values()]
        self.assertEqual(["/x is only ours"], self.found([below, [entry("x")]]))

    def test_a_layer_without_folders(self):
        with self.assertRaises(ValueError):
            facts_of([[entry("no/folder")]])


class Kept(unittest.TestCase):
    def test_verdicts_say_all(self):
        base = facts_of([[entry("bin"), folder("bin2"), entry("bin2/x")]])
        with_busybox = [folder("bin"), entry("bin/busybox"), entry("a b"), entry("tab\there")]
        base = facts_of([with_busybox])
        changed = facts_of([[*with_busybox, *some_layer().values()], [entry(".wh.a b")]], {"User": "me"})
        lines = verdict.write(changed, base)
        self.assertEqual(changed, verdict.read(lines, base))
        self.assertEqual([], verdict.write(base, base))
        whole = facts_of([some_layer().values()])
        self.assertEqual(whole, verdict.read(verdict.write(whole, base), base))

    def test_verdicts_in_a_file(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "verdicts")
            cases = {"one": ["/x\tmode=0644", "config User\t\"me\""], "two": verdict.FAILS, "three": []}
            verdict.write_file(path, "about", cases)
            self.assertEqual(cases, verdict.read_file(path))

    def test_explanations(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "differences")
            with open(path, "w", encoding="utf-8") as file:
                file.write("# about\n\nit case-*: /x mode: * ours, * theirs\nit other: [a] is only ours\n  Because.\n")
            known = Explanations(path)
            self.assertTrue(known.explains("it", "case-1", "/x mode: 1 ours, 2 theirs"))
            self.assertFalse(known.explains("it", "case-1", "/x owner: 1 ours, 2 theirs"))
            self.assertFalse(known.explains("another", "case-1", "/x mode: 1 ours, 2 theirs"))
            self.assertFalse(known.explains("it", "other", "a is only ours"))
            self.assertEqual(["it other: [a] is only ours"], known.unused())
            with open(path, "w", encoding="utf-8") as file:
                file.write("it case: difference\n")
            with self.assertRaises(ValueError):
                Explanations(path)


if __name__ == "__main__":
    unittest.main()
