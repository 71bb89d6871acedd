"""Facts of images as text that people read and git compares: one line a file, and only what is not the same in a base."""

FAILS = ["fails"]
WHOLE = "whole"  # the first line where the image is not made from the base


def write(facts, base):
    """The lines; '-' stands behind what the base has and this has not."""
    if "/bin/busybox" not in facts:
        return [WHOLE, *write_changes(facts, {})]
    return write_changes(facts, base)


def write_changes(facts, base):
    lines = [f"{subject}\t-" for subject in base if subject not in facts]
    for subject, attributes in facts.items():
        before = base.get(subject, {})
        if subject == "config":
            lines += [f"config {name}\t-" for name in before if name not in attributes]
            lines += [f"config {name}\t{value}" for name, value in attributes.items() if value != before.get(name)]
        elif attributes != before:
            lines.append("\t".join([subject] + [f"{name}={value}" for name, value in sorted(attributes.items())]))
    return sorted(lines)


def read(lines, base):
    """The facts again."""
    if lines[:1] == [WHOLE]:
        lines, base = lines[1:], {"config": {}}
    facts = {subject: dict(attributes) for subject, attributes in base.items()}
    for line in lines:
        subject, *attributes = line.split("\t")
        if subject.startswith("config "):
            facts["config"].pop(subject[7:], None)
            if attributes != ["-"]:
                facts["config"][subject[7:]] = attributes[0]
        else:
            facts.pop(subject, None)
            if attributes != ["-"]:
                facts[subject] = dict(attribute.split("=", 1) for attribute in attributes)
    return facts


def read_file(path):
    """The lines by the name of the case that they are about."""
    cases, lines = {}, []
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for line in file.read().splitlines():
            if line.startswith("== "):
                lines = cases.setdefault(line[3:], [])
            elif line and not line.startswith("#"):
                lines.append(line)
    return cases


def write_file(path, about, cases):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"# {about}\n")
        for name, lines in sorted(cases.items()):
            file.write("\n".join([f"== {name}", *lines, ""]))
