#!/usr/bin/env python3
"""Builds the corpus with aictr and compares what comes out with what the judges made of it.

  run.py WORK [--live] [--write] [CASE...]     WORK: an empty directory on a file system that takes an overlay's upper directory

The judges' verdicts are kept beside this file. --live asks Docker's builder and buildah again, and fails where they have
changed their mind; --write keeps what they say now. Without CASE, all of them. buildah leaves mounts behind: run it in a
mount namespace of its own (`unshare --mount --propagation private`).
"""

import argparse
import concurrent.futures
import contextlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "../../scripts"))
sys.dont_write_bytecode = True

import base_images  # noqa: E402  (needs the path)
import verdict  # noqa: E402
from benchmarks import machine  # noqa: E402
from benchmarks.daemon import docker_daemon  # noqa: E402
from builders import Aictr, Buildah, Docker  # noqa: E402
from cases import read_cases  # noqa: E402
from compare import Explanations, differences  # noqa: E402
from image_facts import Archive  # noqa: E402

JUDGES = ("docker", "buildah")
AT_ONCE = 4  # builds of one builder; they mostly wait for the disk


def build_all(builder, cases, directory):
    """The lines of every case's verdict, the builds' logs, and the facts of the base."""
    place = os.path.join(directory, "contexts", builder.name)

    def build(case):
        context = case.make_context(place, builder.plain)
        return builder.build(case, context)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = dict(zip([case.name for case in cases], pool.map(build, cases)))
    built = [name for name, (good, _) in results.items() if good]
    archive_path = os.path.join(directory, f"{builder.name}.tar")
    builder.save(["base", *built], archive_path)
    with Archive(archive_path) as archive:
        base = archive.facts("base")
        lines = {name: verdict.write(archive.facts(name), base) if name in built else verdict.FAILS for name in results}
    os.unlink(archive_path)
    return lines, {name: log for name, (_, log) in results.items()}, base


@contextlib.contextmanager
def judges(directory, bases):
    machine.CGROUP = f"aictr-corpus-{os.getpid()}"
    try:
        with docker_daemon(directory) as socket:
            yield [Docker(socket, bases), Buildah(directory, bases)]
    finally:
        machine.remove_cgroups()


def verdict_path(judge):
    return os.path.join(HERE, "verdicts", judge)


def compare_case(ours, theirs, base):
    if verdict.FAILS in (ours, theirs):
        return [] if ours == theirs else ["the build fails with us" if ours == verdict.FAILS else "the build fails with them"]
    return differences(verdict.read(ours, base), verdict.read(theirs, base))


class Report:
    def __init__(self):
        self.failed = 0

    def check(self, sentence, problems, log=""):
        if not problems:
            return print(f"ok: {sentence}")
        self.failed += 1
        print(f"not ok: {sentence}")
        for problem in problems:
            print(f"  {problem}")
        if log:
            print("  | " + "\n  | ".join(log.splitlines()[-15:]))
        return None


def run(options):
    everything = read_cases(os.path.join(HERE, "cases"))
    cases = [everything[name] for name in options.case] if options.case else list(everything.values())
    bases = os.path.join(options.work, "bases.tar")
    base_images.write_archive(bases)
    explanations = Explanations(os.path.join(HERE, "differences"))
    report = Report()
    ours, logs, base = build_all(Aictr(options.work, bases), cases, options.work)
    stored = {judge: verdict.read_file(verdict_path(judge)) for judge in JUDGES}
    if options.live or options.write:
        with judges(options.work, bases) as builders:
            for judge in builders:
                fresh, judge_logs, _ = build_all(judge, [case for case in cases if case.judged_by(judge.name)], options.work)
                check_fresh(options, report, judge.name, stored[judge.name], fresh, judge_logs)
    for case in cases:
        check_case(report, explanations, stored, case, ours[case.name], logs[case.name], base)
    if not options.case:
        report.check("every explanation is needed", explanations.unused())
    print(f"{len(cases)} cases, {report.failed} failed checks")
    return 1 if report.failed else 0


def check_fresh(options, report, judge, stored, fresh, logs):
    if options.write:
        stored.update(fresh)
        verdict.write_file(verdict_path(judge), f"What {judge} makes of the corpus; run.py --write wrote it.", stored)
    for name, lines in fresh.items():
        kept = stored.get(name, [])
        changes = [f"now {line}" for line in lines if line not in kept] + [f"was {line}" for line in kept if line not in lines]
        report.check(f"{judge} judges {name} as it did", changes, logs[name])


def check_case(report, explanations, stored, case, lines, log, base):
    as_expected = (lines == verdict.FAILS) == case.fails
    report.check(f"{case.name} {'fails' if case.fails else 'is built'}", [] if as_expected else ["it is not so"], log)
    for judge in JUDGES:
        if not case.judged_by(judge):
            continue
        theirs = stored[judge].get(case.name)
        if theirs is None:
            report.check(f"{judge} has judged {case.name}", ["there is no verdict"])
            continue
        found = [line for line in compare_case(lines, theirs, base) if not explanations.explains(judge, case.name, line)]
        report.check(f"{case.name} comes out as with {judge}", found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("case", nargs="*")
    return run(parser.parse_intermixed_args())


if __name__ == "__main__":
    sys.exit(main())
