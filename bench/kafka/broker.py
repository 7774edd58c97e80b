"""A Kafka broker of a benchmark's own, and the probe that looks at it from outside."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
from common.measure import Cost, cpu_of, measured  # noqa: E402

WARM_UP = 200_000  # messages: a broker's first ones are much slower, whoever sends them


class Broker:
    """Runs within a `with`; its data goes with it."""

    def __init__(self, folder: Path, build: Path) -> None:
        self.folder = folder
        self.probe = build / "bench" / "kafka" / "kafka_probe"

    def __enter__(self) -> Broker:
        started = subprocess.run([str(TOP / "deploy/kafka/start"), "--dir", str(self.folder), "--port", "0"], stdout=subprocess.PIPE, text=True, check=True)
        self.servers = started.stdout.split("bootstrap.servers=")[1].split()[0]
        self.pid = int((self.folder / "broker-0" / "pid").read_text())
        self.ask("produce", "warm-up", "--messages", str(WARM_UP), "--commit-messages", str(WARM_UP // 20))
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([str(TOP / "deploy/kafka/stop"), "--dir", str(self.folder), "--delete"], check=True)

    def cpu(self) -> float:
        return cpu_of(self.pid)

    def project(self, prefix: str) -> str:
        """Lines of crossbill.yaml. Each run has a prefix of its own: it begins with empty topics."""
        return f"prefix: {prefix}\nstate: state-{prefix}\nbus: {{kafka: {{bootstrap.servers: \"{self.servers}\"}}}}\n"

    def command(self, what: str, topics: str, *options: str) -> list[str]:
        return [str(self.probe), what, self.servers, topics, *options]

    def ask(self, what: str, topics: str, *options: str) -> dict:
        done = subprocess.run(self.command(what, topics, *options), stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"kafka_probe {what} {topics} ended with {done.returncode}")
        return json.loads(done.stdout)

    def start(self, what: str, topics: str, *options: str) -> subprocess.Popen:
        return subprocess.Popen(self.command(what, topics, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def expect(self, topics: str, records: int, *options: str) -> dict:
        """Exactly once: every record is there, and none twice."""
        counted = self.ask("count", topics, *options)
        if counted["messages"] != records:
            sys.exit(f"{topics}: {counted['messages']} records, {records} expected")
        return counted

    def measured(self, command: list[str]) -> tuple[Cost, float]:
        """What the process took, and the broker's CPU-seconds meanwhile."""
        before = self.cpu()
        cost = measured(command)
        return cost, self.cpu() - before


def answer_of(process: subprocess.Popen) -> dict:
    out, complaint = process.communicate()
    if process.returncode != 0:
        sys.exit(f"{' '.join(process.args)} ended with {process.returncode}: {complaint}")
    return json.loads(out.splitlines()[-1])
