#!/usr/bin/env python3
"""Several processes share the work on one broker: each ends by itself when all is done, each has done something, and the sorted exports
equal those of one process on the embedded bus, but for the customers' ids.

    share_test.py BINARY CONFIG --kafka SERVERS [--processes N] [--as-of DATE] [--work DIR]
"""
from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from exports import KINDS, exports, first_difference
from kill_test import copy_config, put_on_kafka, run_to_end

TRANSFORMED = re.compile(r"^ *(\d+) records through the transforms", re.MULTILINE)


def run_together(binary: Path, configs: list[Path], as_of: str) -> list[int]:
    """How many records each of the processes has put through the transforms."""
    command = [str(binary), "run", "--until-idle", "--as-of", as_of, "-C"]
    running = [subprocess.Popen([*command, str(config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for config in configs]
    counts = []
    for process in running:
        summary, _ = process.communicate(timeout=300)
        if process.returncode != 0:
            sys.exit(f"one of the processes ended with {process.returncode}")
        counts.append(int(TRANSFORMED.search(summary)[1]))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("config", type=Path)
    parser.add_argument("--kafka", required=True)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--as-of", default="2026-10-31")
    parser.add_argument("--work", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        calm = copy_config(args.config, Path(folder) / "calm")
        run_to_end(args.binary, calm, args.as_of)
        expected = exports(args.binary, calm)
        configs = [copy_config(args.config, Path(folder) / f"process{number}") for number in range(args.processes)]
        for config in configs:
            put_on_kafka(config, args.kafka, f"share-{os.getpid()}")
        counts = run_together(args.binary, configs, args.as_of)
        if min(counts) == 0:
            sys.exit(f"a process had nothing to do: {counts} records")
        for config in configs:  # each has read models of its own
            got = exports(args.binary, config)
            for kind in KINDS:
                if expected[kind] != got[kind]:
                    sys.exit(f"{config.name}: {kind} differ\n  {first_difference(expected[kind], got[kind])}")
        print(f"{args.processes} processes put {counts} records through the transforms: all exports equal")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
