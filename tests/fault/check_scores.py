#!/usr/bin/env python3
"""Prints the scores of a run over the group's small data as a table, and fails when one falls below what was once reached.

    check_scores.py SCORE.json
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

# Pairwise F1, a little below what was measured (examples/group/README.md): to notice when something breaks, not a goal.
LEAST = {"customers": 0.98, "orders": 0.995, "shipments": 0.99, "invoices": 0.995, "payments": 0.99, "chains": 0.97}


def main() -> None:
    score = json.loads(Path(sys.argv[1]).read_text())
    low = []
    print(f"{'':34} precision  recall      F1")
    for kind, least in LEAST.items():
        pairs = score[kind]["pairwise"]
        print(f"{kind:34} {pairs['precision']:9.3f} {pairs['recall']:7.3f} {pairs['f1']:7.3f}")
        if pairs["f1"] < least:
            low.append(f"{kind}: pairwise F1 {pairs['f1']:.3f} is below {least}")
    for kind, row in score["exceptions"]["by_type"].items():
        print(f"{kind:34} {row['precision']:9.3f} {row['recall']:7.3f} {row['f1']:7.3f}  ({row['right']} of {row['truth']})")
    for line in low:
        print(line, file=sys.stderr)
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
