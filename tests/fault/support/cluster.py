"""Brokers of the suite's own, by deploy/kafka. Cases that want the same number share them."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from support.codec import REPOSITORY

DEPLOY = REPOSITORY / "deploy" / "kafka"


class Cluster:
    def __init__(self, folder: Path, brokers: int, options: tuple[str, ...] = ()):
        self.folder = folder
        self.brokers = brokers
        told = self._deploy("start", "--brokers", str(brokers), "--port", "0", *options)
        self.told = dict(line.split("=", 1) for line in told.splitlines())
        self.servers = self.told["bootstrap.servers"]

    def _deploy(self, what: str, *arguments: str) -> str:
        done = subprocess.run([str(DEPLOY / what), "--dir", str(self.folder), *arguments], capture_output=True, text=True, timeout=180)
        if done.returncode != 0:
            raise RuntimeError(f"deploy/kafka/{what} {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def kill(self, broker: int) -> None:
        self._deploy("stop", "--broker", str(broker), "--kill")

    def stop(self, broker: int) -> None:
        self._deploy("stop", "--broker", str(broker))

    def start(self, broker: int) -> None:
        """Again, with its data and its properties."""
        self._deploy("start", "--broker", str(broker))

    def copy_logs(self, folder: Path) -> None:
        for broker in range(self.brokers):
            shutil.copy(self.folder / f"broker-{broker}" / "log", folder / f"broker-{broker}.log")

    def delete(self) -> None:
        self._deploy("stop", "--delete")
