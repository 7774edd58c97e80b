#!/usr/bin/env python3
"""Compares the exported dead letters with the planted bad rows of the systems that are read: each must be there with its file and line (or its
key), and nothing else may be.

    check_dead_letters.py TRUTH_DIR DEADLETTERS.jsonl
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

# The first folder of a truth file's path is the system; of these, all streams are read.
SYSTEMS = ("crm", "erp", "finance", "oms")


def planted(truth: Path) -> set[tuple[str, ...]]:
    rows = set()
    for line in (truth / "bad_rows.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        system, _, file = row["file"].partition("/")
        if system not in SYSTEMS:
            continue
        if "table" in row:
            rows.add((system, row["table"], row["key"].replace("/", "|")))
        else:
            rows.add((system, file, str(row["line"])))
    return rows


def exported(path: Path) -> dict[tuple[str, ...], str]:
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        source = row["source"]
        place = (source["system"], source["file"], str(source["line"])) if "file" in source else (source["system"], source["stream"], source["key"])
        rows[place] = f"{row['code']} {row['why']}"
    return rows


def main() -> None:
    wanted, got = planted(Path(sys.argv[1])), exported(Path(sys.argv[2]))
    missing = sorted(wanted - got.keys())
    extra = sorted(got.keys() - wanted)
    for place in missing[:20]:
        print("not in the dead letters:", *place)
    for place in extra[:20]:
        print("a good row in the dead letters:", *place, "-", got[place])
    print(f"{len(wanted)} planted bad rows, {len(missing)} missed; {len(extra)} good rows rejected")
    sys.exit(1 if missing or extra else 0)


if __name__ == "__main__":
    main()
