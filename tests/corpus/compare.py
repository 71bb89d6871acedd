"""What differs between two images, and which of it is known and explained."""

import re


def differences(ours, theirs):
    """Lines that say what differs; nothing is left out."""
    found = []
    for subject in sorted(ours.keys() | theirs.keys()):
        if subject not in theirs:
            found.append(f"{subject} is only ours")
        elif subject not in ours:
            found.append(f"{subject} is only theirs")
        else:
            mine, other = ours[subject], theirs[subject]
            for name in sorted(mine.keys() | other.keys()):
                if mine.get(name) != other.get(name):
                    found.append(f"{subject} {name}: {mine.get(name, 'none')} ours, {other.get(name, 'none')} theirs")
    return found


def fits(pattern, text):
    """'*' stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


class Explanations:
    """A file of paragraphs: lines of 'JUDGE CASE: DIFFERENCE', and then the reason, indented."""

    def __init__(self, path):
        self.rules = []  # judge, case, difference
        self.used = set()
        with open(path, encoding="utf-8") as file:
            paragraphs = file.read().split("\n\n")
        for paragraph in paragraphs:
            lines = [line for line in paragraph.splitlines() if line and not line.startswith("#")]
            rules = [line for line in lines if not line.startswith(" ")]
            if rules and len(rules) == len(lines):
                raise ValueError(f"{path}: '{rules[0]}' has no reason")
            for rule in rules:
                where, _, difference = rule.partition(": ")
                judge, _, case = where.partition(" ")
                self.rules.append((judge, case, difference))

    def explains(self, judge, case, difference):
        hit = False
        for rule in self.rules:
            if rule[0] == judge and fits(rule[1], case) and fits(rule[2], difference):
                self.used.add(rule)
                hit = True
        return hit

    def unused(self):
        return [f"{judge} {case}: {difference}" for judge, case, difference in self.rules if (judge, case, difference) not in self.used]
