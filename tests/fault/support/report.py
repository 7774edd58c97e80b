"""The figure behind the promise: what all runs of a file of results make together."""
from __future__ import annotations

import json
from collections import Counter
from pathlib import Path


def print_sum(path: Path) -> int:
    """1 when anything was lost, doubled or found."""
    runs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    sums: Counter = Counter()
    faults: Counter = Counter()
    for run in runs:
        faults.update(run["faults"])
        for name in ("documents", "dead_letters", "lost", "doubled", "findings"):
            sums[name] += run[name]
    worst: dict[str, float] = {}
    for run in runs:
        if run["recovery_p99_s"] is not None:
            worst[run["case"]] = max(worst.get(run["case"], 0.0), run["recovery_p99_s"])
    print(f"{len(runs)} runs, {sums['documents']:,} documents, {sums['dead_letters']:,} dead letters")
    print(f"{faults.total():,} faults: " + ", ".join(f"{count:,} × {name}" for name, count in sorted(faults.items())))
    print(f"{sums['lost']:,} lost, {sums['doubled']:,} doubled, {sums['findings']:,} findings")
    print("slowest p99 of recovery: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(worst.items())))
    return 1 if sums["lost"] or sums["doubled"] or sums["findings"] else 0
