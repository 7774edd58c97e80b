"""Whole processes, measured from outside: time, CPU, peak memory; and a line of JSON for what came out."""
from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    seconds: float
    cpu: float
    peak_mb: float


def measured(command: list[str], stdout=subprocess.DEVNULL) -> Cost:
    """Runs a command; the CPU time and peak memory are those of that process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=stdout)
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def cpu_of(pid: int) -> float:
    """CPU-seconds that a running process has used."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def memory_of(pid: int, what: str) -> float:
    """MB of a running process: VmHWM (the peak so far), VmRSS (now)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def figures(count: int, what: str, runs: list[Cost]) -> dict:
    """Of several runs: medians, the best rate, the highest peak of memory."""
    seconds = statistics.median(run.seconds for run in runs)
    return {f"{what}_per_second": round(count / seconds), "best": round(count / min(run.seconds for run in runs)),
            "cpu_seconds_per_million": round(statistics.median(run.cpu for run in runs) / count * 1e6, 2), "peak_mb": round(max(run.peak_mb for run in runs))}


def say(name: str, row: dict) -> None:
    print(json.dumps({"benchmark": name} | row), flush=True)


def report(name: str, count: int, what: str, runs: list[Cost], limit: Cost | None = None, limit_name: str = "") -> None:
    row = figures(count, what, runs)
    if limit is not None:
        seconds = statistics.median(run.seconds for run in runs)
        row |= {"limit": limit_name, "limit_per_second": round(count / limit.seconds), "of_limit": round(limit.seconds / seconds, 3)}
    say(name, row)
