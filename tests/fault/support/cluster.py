"""Brokers of the suite's own, by deploy/kafka. Cases that want the same number share them."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from support.codec import REPOSITORY
from support.proxy import Proxy

DEPLOY = REPOSITORY / "deploy" / "kafka"


class Cluster:
    def __init__(self, folder: Path, brokers: int, options: tuple[str, ...] = (), proxied: bool = False):
        self.folder = folder
        self.brokers = brokers
        self.proxy = Proxy() if proxied else None
        through = ("--listener-advertised", str(self.proxy.port)) if proxied else ()
        told = dict(line.split("=", 1) for line in self._deploy("start", "--brokers", str(brokers), "--port", "0", *through, *options).splitlines())
        self.servers = told["bootstrap.servers"]
        self.workers_servers = f"127.0.0.1:{self.proxy.port}" if proxied else self.servers
        if proxied:
            self.proxy.do(f"target 0 {told['proxied.bind']}")

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
        if self.proxy is not None:
            self.proxy.stop()
