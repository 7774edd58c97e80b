"""The proxy of tests/broker between the workers and a broker, and its control port."""
from __future__ import annotations

import socket
import subprocess
import sys

from support.codec import REPOSITORY


class Proxy:
    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, str(REPOSITORY / "tests" / "broker" / "kafka_proxy.py")], stdout=subprocess.PIPE, text=True)
        told = dict(part.split("=", 1) for part in self._process.stdout.readline().split())
        self.port = int(told["listen"])
        self._control = socket.create_connection(("127.0.0.1", int(told["control"])), timeout=30)
        self._answers = self._control.makefile("r")

    def do(self, command: str) -> str:
        self._control.sendall(f"{command}\n".encode())
        answer = self._answers.readline()
        if not answer.startswith("ok"):
            raise RuntimeError(f"the proxy: {command}: {answer}")
        return answer

    def stop(self) -> None:
        self._control.close()
        self._process.terminate()
        self._process.wait()
