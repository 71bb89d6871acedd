"""Prints results as plain text or as a Markdown table."""

HEADINGS = ["", "median", "p10 to p90", "peak memory", "disk", "system calls", "ratio", "to reach"]


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def ratio(ours, theirs):
    value = ours / theirs
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def row(contestant, ours):
    low, high = contestant.spread()
    return [
        contestant.name,
        milliseconds(contestant.median()),
        f"{milliseconds(low)} to {milliseconds(high)}",
        f"{contestant.peak() / 1024:.1f} MiB" if contestant.in_children else "",
        f"{contestant.disk / 1e9:.2f} GB" if contestant.disk else "",
        str(contestant.system_calls or ""),
        ratio(ours.median(), contestant.median()) if contestant is not ours else "",
        f"{contestant.target:g}" if contestant.target else "",
    ]


def lines(contestants, markdown):
    rows = [HEADINGS] + [row(contestant, contestants[0]) for contestant in contestants]
    filled = [i for i in range(len(HEADINGS)) if i == 0 or any(cells[i] for cells in rows[1:])]
    rows = [[cells[i] for i in filled] for cells in rows]
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(filled))]
    padded = [[cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(cells, widths))]
              for cells in rows]
    if not markdown:
        return ["  ".join(cells).rstrip() for cells in padded]
    ruler = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return ["| " + " | ".join(cells) + " |" for cells in [padded[0], ruler] + padded[1:]]


def show(title, contestants, markdown):
    print(f"\n{'### ' if markdown else ''}{title}\n")
    print("\n".join(lines(contestants, markdown)), flush=True)
