#!/usr/bin/env python3
"""kill -9 at random points of a run, restart, and compare: the sorted exports must equal an undisturbed run's in everything but the
customers' ids.

    kill_test.py BINARY CONFIG [--kills N] [--seed S] [--as-of DATE] [--work DIR] [--kafka SERVERS]

CONFIG is copied for each of the two runs, with a bus and a state of its own; what it reads (GROUP_DATA, say) comes from the environment. With --kafka
the undisturbed run is on the embedded bus and the others are on that broker, each with topics of its own, so that it is compared, too. Prints
a closing count; exits with 1 on the first difference.
"""
from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from exports import KINDS, exports, first_difference


def copy_config(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("bus", "state"))
    return target


def put_on_kafka(config: Path, servers: str, prefix: str) -> None:
    with open(config / "crossbill.yaml", "a", encoding="utf-8") as file:
        file.write(f"prefix: {prefix}\nbus: {{kafka: {{bootstrap.servers: \"{servers}\"}}}}\n")


def command(binary: Path, config: Path, as_of: str) -> list[str]:
    return [str(binary), "run", "--until-idle", "--quiet", "--as-of", as_of, "-C", str(config)]


def run_to_end(binary: Path, config: Path, as_of: str) -> float:
    began = time.monotonic()
    subprocess.run(command(binary, config, as_of), check=True, timeout=600, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def kill_at(binary: Path, config: Path, as_of: str, seconds: float) -> bool:
    """Runs for so long, then kill -9. False when the run ended by itself before."""
    process = subprocess.Popen(command(binary, config, as_of), stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    if process.returncode != 0:
        sys.exit(f"the run ended with {process.returncode}")
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("config", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-of", default="2026-10-31")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--kafka")
    args = parser.parse_args()
    chance = random.Random(args.seed)
    print(f"seed {args.seed}")
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        calm = copy_config(args.config, Path(folder) / "calm")
        seconds = run_to_end(args.binary, calm, args.as_of)
        expected = exports(args.binary, calm)
        print("undisturbed: " + ", ".join(f"{len(lines)} {kind}" for kind, lines in expected.items()) + f" in {seconds:.1f} s")
        kills = rounds = 0
        while kills < args.kills:
            rounds += 1
            config = copy_config(args.config, Path(folder) / f"round{rounds}")
            if args.kafka:
                put_on_kafka(config, args.kafka, f"kill-{os.getpid()}-{rounds}")
            # A few kills a round, spread over its whole length, then to the end.
            for _ in range(chance.randint(1, 6)):
                began = time.monotonic()
                killed = kill_at(args.binary, config, args.as_of, chance.uniform(0.01, seconds))
                kills += killed
                if not killed:  # it is done by now: the undisturbed run was on a busier machine
                    seconds = min(seconds, time.monotonic() - began)
                if not killed or kills >= args.kills:
                    break
            run_to_end(args.binary, config, args.as_of)
            got = exports(args.binary, config)
            for kind in KINDS:
                if expected[kind] != got[kind]:
                    sys.exit(f"round {rounds}, after {kills} kills: {kind} differ\n  {first_difference(expected[kind], got[kind])}")
            shutil.rmtree(config)
        print(f"{kills} kills in {rounds} rounds: all exports equal")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
