"""The peers' programs: fetched once by Maven into the user's cache, as deploy/kafka does with the broker; Java of our own is compiled beside them."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from broker import HERE, TOP, Broker, answer_of

from common.measure import Cost, cpu_of, memory_of

JAVA = str(Path(os.environ["JAVA_HOME"], "bin", "java")) if os.environ.get("JAVA_HOME") else "java"


def class_path() -> str:
    """All jars and our own classes."""
    for tool in ("mvn", "javac"):
        if shutil.which(tool) is None:
            sys.exit(f"bench/kafka: no {tool}: run tools/install-deps bench, or leave the peers out with --no-peers")
    sources = sorted((HERE / "java").glob("*.java"))
    recipe = hashlib.sha256(b"".join(file.read_bytes() for file in [TOP / "deploy/kafka/pom.xml", HERE / "pom.xml", *sources])).hexdigest()
    root = Path(os.environ.get("CROSSBILL_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crossbill")
    cache = root / "kafka-peers"
    if not (cache / "recipe").exists() or (cache / "recipe").read_text() != recipe:
        print("bench/kafka: fetching the peers' jars (once)", file=sys.stderr)
        root.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=root, prefix="kafka-peers."))
        subprocess.run(["mvn", "-q", "-B", "-C", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies", "-DincludeScope=runtime",
                        f"-DoutputDirectory={fresh}/jars"], check=True, stdout=sys.stderr)
        subprocess.run(["javac", "-d", str(fresh / "classes"), "-cp", f"{fresh}/jars/*", *map(str, sources)], check=True, stdout=sys.stderr)
        (fresh / "recipe").write_text(recipe)
        shutil.rmtree(cache, ignore_errors=True)
        fresh.rename(cache)
    return f"{cache}/jars/*:{cache}/classes"


class JavaProcess:
    """Ends with the `with`. Heap and collector as Kafka's own scripts have them."""

    def __init__(self, work: Path, name: str, main: str, arguments: list[str]) -> None:
        self.log = work / f"{name}.log"
        self.command = [JAVA, "-Xms256m", "-Xmx2g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent",
                        "-Djava.awt.headless=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", class_path(), main, *arguments]

    def __enter__(self) -> JavaProcess:
        self.process = subprocess.Popen(self.command, stdout=self.log.open("w"), stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu(self) -> float:
        return cpu_of(self.process.pid)

    def peak_mb(self) -> float:
        return memory_of(self.process.pid, "VmHWM")

    def must_run(self) -> None:
        if self.process.poll() is not None:
            sys.exit(f"{self.command[-2]} ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


class Worker(JavaProcess):
    """A Kafka Connect worker, distributed, exactly once for sources."""

    def __init__(self, broker: Broker, work: Path, name: str) -> None:
        self.broker, self.port = broker, free_port()
        properties = {"bootstrap.servers": broker.servers, "group.id": name, "listeners": f"http://127.0.0.1:{self.port}",
                      "exactly.once.source.support": "enabled", "plugin.discovery": "only_scan",
                      "key.converter": "org.apache.kafka.connect.storage.StringConverter", "value.converter": "org.apache.kafka.connect.storage.StringConverter"}
        for store in ("config", "offset", "status"):
            properties[f"{store}.storage.topic"] = f"{name}-{store}"
            properties[f"{store}.storage.replication.factor"] = "1"
        file = work / f"{name}.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
        super().__init__(work, name, "org.apache.kafka.connect.cli.ConnectDistributed", [str(file)])

    def __enter__(self) -> Worker:
        super().__enter__()
        end = time.monotonic() + 180
        while time.monotonic() < end:
            self.must_run()
            try:
                self.call("GET", "/connectors")
                return self
            except OSError:
                time.sleep(0.2)
        sys.exit("Kafka Connect did not come up within 180 s")

    def call(self, method: str, path: str, body: dict | None = None) -> object:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=90) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def create(self, name: str, config: dict[str, str]) -> None:
        for _ in range(50):  # a worker that has just come up is still joining its group
            try:
                self.call("PUT", f"/connectors/{name}/config", config)
                return
            except urllib.error.HTTPError as error:
                if error.code not in (404, 409, 500, 503):
                    sys.exit(f"Kafka Connect refuses {name}: {error.read().decode()}")
                time.sleep(0.2)
        sys.exit(f"Kafka Connect does not take {name}")

    def measure(self, name: str, topic: str, records: range, config: dict[str, str]) -> tuple[Cost, float]:
        """From the connector's creation until its last record is committed. `records`: how many may be there then."""
        cpu, broker_cpu, began = self.cpu(), self.broker.cpu(), time.time()
        self.create(name, {"tasks.max": "1", "topic.creation.default.partitions": "4", "topic.creation.default.replication.factor": "1"} | config)
        settled, there = {"end": records.start - 1}, 0
        while there < records.start:  # ends of transactions take places too, so the first answer may be early
            cpu_then, broker_cpu_then, settled = self.settle(name, topic, settled["end"] + 1)
            there = self.broker.ask("count", topic)["messages"]
        self.call("DELETE", f"/connectors/{name}")
        if there not in records:
            sys.exit(f"Kafka Connect, {name}: {there} records, {records.start} to {records.stop - 1} expected")
        return Cost(settled["last"] - began, cpu_then - cpu, self.peak_mb()), broker_cpu_then - broker_cpu

    def settle(self, name: str, topic: str, least: int) -> tuple[float, float, dict]:
        """Waits until the topic has so many records and grows no more; the CPU-seconds of the worker and the broker then."""
        settle = self.broker.start("settle", topic, "--least", str(least), "--patience", "120")
        while settle.poll() is None:
            self.must_run()
            self.must_not_fail(name)
            time.sleep(0.5)
        return self.cpu(), self.broker.cpu(), answer_of(settle)

    def must_not_fail(self, name: str) -> None:
        try:
            status = self.call("GET", f"/connectors/{name}/status")
        except urllib.error.HTTPError:
            return
        for part in [status["connector"], *status["tasks"]]:
            if part["state"] == "FAILED":
                sys.exit(f"Kafka Connect, {name}: {part['trace'][:2000]}")
