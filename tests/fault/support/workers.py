"""Workers: long-running `crossbill run` processes of one configuration, each with a state folder of its own, started again when they die."""
from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from support.codec import REPOSITORY

CONFIG = REPOSITORY / "tests" / "fault" / "config"
AS_OF = "2026-10-31"
ENDS_IN_S = 60  # after SIGTERM


def make_config(folder: Path, bus: dict[str, str] | None, prefix: str, state: Path) -> Path:
    """A configuration like all others but for its state; without `bus` on the embedded one."""
    shutil.copytree(CONFIG, folder)
    with open(folder / "crossbill.yaml", "a", encoding="utf-8") as file:
        file.write(f"prefix: {prefix}\nstate: {json.dumps(str(state))}\n")
        if bus is not None:
            file.write(f"bus: {{kafka: {json.dumps(bus)}}}\n")  # JSON is YAML, too
    return folder


@dataclass
class End:
    """A worker that ended by itself."""

    worker: int
    code: int
    last_words: str


class Worker:
    def __init__(self, number: int, binary: Path, folder: Path, data: Path, bus: dict[str, str], prefix: str):
        self.number = number
        folder.mkdir()
        self.folder = folder
        self.state = folder / "state"
        self.config = make_config(folder / "config", bus, prefix, self.state)
        self.log = folder / "log"
        self._binary = binary
        self._environment = environment(data)
        self._process: subprocess.Popen | None = None
        self._wanted = False
        self.ends: list[End] = []

    def command(self) -> list[str]:
        return run_command(self._binary, self.config)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def wanted(self) -> bool:
        return self._wanted

    def set_environment(self, **variables: str) -> None:
        """From its next start on."""
        self._environment = {**self._environment, **variables}

    def start(self) -> None:
        self._wanted = True
        with open(self.log, "ab") as log:
            log.write(f"---- started at {time.strftime('%H:%M:%S')}\n".encode())
            log.flush()
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._environment)

    def look_after(self) -> None:
        """Starts it again when it ended by itself, as a service manager does."""
        if self._wanted and self._process is not None and self._process.poll() is not None:
            self.ends.append(End(self.number, self._process.returncode, self.last_words()))
            self.start()

    def signal(self, which: signal.Signals) -> bool:
        """False when it is not there: it ended by itself, or it was not started."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, which)
        return pid is not None

    def kill(self) -> bool:
        """kill -9, and it stays dead until start()."""
        self._wanted = False
        killed = self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        return killed

    def ask_to_end(self) -> int:
        """SIGTERM; its exit code. 0 also when it does not run."""
        self._wanted = False
        if not self.signal(signal.SIGTERM):
            return 0
        try:
            return self._process.wait(timeout=ENDS_IN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def last_words(self, lines: int = 6) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def log_from(self, offset: int) -> str:
        with open(self.log, "rb") as file:
            file.seek(offset)
            return file.read().decode(errors="replace")

    def program(self, *arguments: str) -> None:
        """Another command on its configuration."""
        subprocess.run([str(self._binary), *arguments, "-C", str(self.config)], check=True, capture_output=True, timeout=120, env=self._environment)


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "FAULT_DATA": str(data), "LC_ALL": "C.UTF-8"}


def run_command(binary: Path, config: Path) -> list[str]:
    return [str(binary), "run", "--roles", "connectors,transforms", "--quiet", "--as-of", AS_OF, "-C", str(config)]


def run_until_idle(binary: Path, config: Path, data: Path, log: Path, seconds: float = 600) -> None:
    with open(log, "ab") as file:
        done = subprocess.run([*run_command(binary, config), "--until-idle"], stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=environment(data), timeout=seconds)
    if done.returncode != 0:
        raise RuntimeError(f"a run until idle ended with {done.returncode}: {log.read_text(errors='replace')[-2000:]}")
