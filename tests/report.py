#!/usr/bin/env python3
"""Counts what ctest ran: tests/report.py BUILD=JUNIT.xml...

A ctest test holds many cases: doctest cases, or the checks of a shell test. This counts the cases, lists what failed and
what was skipped for which reason, and ends with one line: N passed, N failed, N skipped.
"""

import collections
import re
import sys
import xml.etree.ElementTree as ET

DOCTEST_SUMMARY = re.compile(r"^\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed", re.M)
CHECK_PASSED = re.compile(r"^ok: ", re.M)
CHECK_FAILED = re.compile(r"^not ok: .*", re.M)
SKIPPED = re.compile(r"^skip: (.*)$", re.M)
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")  # a test may print anything
STATUS = {"run": "passed", "notrun": "skipped", "disabled": "skipped"}

Count = collections.namedtuple("Count", "passed failed skipped reasons")


def count_cases(status, output):
    """What one ctest test counts for; `status` is passed, failed or skipped."""
    reasons = SKIPPED.findall(output)
    if status == "skipped":
        return Count(0, 0, 1, reasons or ["no reason given"])
    doctest = DOCTEST_SUMMARY.search(output)
    if doctest:
        # A case that skipped itself ended early without a failure, so doctest counts it as passed.
        passed, failed = int(doctest[1]) - len(reasons), int(doctest[2])
    else:
        passed, failed = len(CHECK_PASSED.findall(output)), len(CHECK_FAILED.findall(output))
    if status == "failed" and failed == 0:
        failed = 1  # a crash, a timeout, a command outside of a check
    if status == "passed" and passed + failed + len(reasons) == 0:
        passed = 1
    return Count(max(passed, 0), failed, len(reasons), reasons)


def read_tests(path):
    """Yields name, status and output of every test in a JUnit file of ctest."""
    with open(path, encoding="utf-8", errors="replace") as file:
        suite = ET.fromstring(NOT_XML.sub("?", file.read()))
    for case in suite.iter("testcase"):
        status = STATUS.get(case.get("status"), "failed")
        if case.find("skipped") is not None:
            status = "skipped"
        yield case.get("name"), status, case.findtext("system-out") or ""


def main(arguments):
    total = collections.Counter()
    failures, skips = [], collections.defaultdict(list)
    for argument in arguments:
        build, path = argument.split("=", 1)
        for name, status, output in read_tests(path):
            count = count_cases(status, output)
            total.update(passed=count.passed, failed=count.failed, skipped=count.skipped)
            if count.failed:
                failures.append(f"{build} {name}")
            for reason in count.reasons:
                skips[reason].append(f"{build} {name}")
    for name in failures:
        print(f"failed: {name}")
    for reason, names in sorted(skips.items()):
        print(f"skipped: {', '.join(sorted(set(names)))}: {reason}")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
