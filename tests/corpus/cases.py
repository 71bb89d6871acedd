"""The corpus: Dockerfiles with their contexts, many to a file.

    === name-of-the-case
    --- context           a shell script that fills the context; every file in it gets an old time afterwards
    --- Dockerfile        becomes the context's Dockerfile
    --- plain             the same build in words that older builders know too; the judges get this one
    --- args              flags of the build, for the shell
    --- only docker       the judge that knows the words, where just one does
    --- fails             the build is to fail
"""

import os
import subprocess

CONTEXT_TIME = 981173106  # 2001-02-03
ENCODING = {"encoding": "utf-8", "errors": "surrogateescape"}

# What the scripts may use beside the usual commands.
PRELUDE = """set -eu
file() { mkdir -p "$(dirname "$1")"; printf '%s\\n' "${2-text of $1}" >"$1"; }
"""


class Case:
    def __init__(self, name):
        self.name = name
        self.sections = {}

    def text(self, section):
        return self.sections.get(section, "")

    @property
    def args(self):
        return self.text("args").strip()

    @property
    def fails(self):
        return "fails" in self.sections

    def judged_by(self, judge):
        others = [section for section in self.sections if section.startswith("only ")]
        return not others or f"only {judge}" in others

    def make_context(self, directory, plain):
        """Fills a new directory. Its path is to be given to Docker, which takes what has one path for versions of one context."""
        context = os.path.join(directory, self.name)
        os.makedirs(context)
        script = PRELUDE + self.text("context")
        subprocess.run(["sh", "-c", script], cwd=context, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
        dockerfile = self.sections["plain"] if plain and "plain" in self.sections else self.text("Dockerfile")
        with open(os.path.join(context, "Dockerfile"), "w", newline="", **ENCODING) as file:
            file.write(dockerfile)
        os.chmod(os.path.join(context, "Dockerfile"), 0o644)
        for folder, folders, files in os.walk(context, topdown=False):
            for name in folders + files:
                os.utime(os.path.join(folder, name), (CONTEXT_TIME, CONTEXT_TIME), follow_symlinks=False)
        os.utime(context, (CONTEXT_TIME, CONTEXT_TIME))
        return context


def read_cases(directory):
    cases = {}
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), newline="", **ENCODING) as file:
            for case in parse(file.read()):
                if case.name in cases:
                    raise ValueError(f"{name}: there are two cases '{case.name}'")
                cases[case.name] = case
    return cases


def parse(text):
    case, section = None, None
    for line in text.splitlines(keepends=True):
        if line.startswith("=== "):
            if case:
                yield case
            case, section = Case(line[4:].strip()), None
        elif line.startswith("--- "):
            section = line[4:].strip()
            case.sections[section] = ""
        elif section:
            case.sections[section] += line
    if case:
        yield case
