"""What the journeys share: what must hold, what must hold soon, and where a process listens."""
from __future__ import annotations

import socket
import sys
import time
import urllib.request

LIMIT = 60.0  # seconds until a running process must have done it


def must(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"does not hold: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(holds, what: str, instead=lambda: "") -> None:
    """`instead()` tells what there is when it does not hold in time."""
    end = time.monotonic() + LIMIT
    while not holds():
        if time.monotonic() >= end:
            must(False, f"{what}: {instead()}")
        time.sleep(0.2)


def is_ready(http: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
