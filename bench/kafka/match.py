"""Source events on Kafka to unified documents, and beside it the three-way match as a Kafka Streams topology."""
from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from broker import Broker, answer_of
from move_rows import Runs, run_crossbill
from peers import JavaProcess

from common import documents
from common.measure import Cost, say

TOPICS = "match-orders,match-shipments,match-invoices"
TOPOLOGIES = {"cogroup": "Kafka Streams, cogroup", "joins": "Kafka Streams, table joins"}
COMMIT_MS, THREADS = "100", "2"


def topology(work: Path, broker: Broker, name: str) -> JavaProcess:
    return JavaProcess(work, f"streams-{name}", "crossbill.bench.Match", [broker.servers, name, str(work / f"streams-{name}-{time.time_ns()}"), COMMIT_MS, THREADS])


def measure_ours(binary: Path, build: Path, work: Path, count: int, repeat: int) -> tuple[Runs, Runs]:
    transforms, totals = Runs(), Runs()
    folder = work / "config-match"
    orders = documents.write_documents(work, folder, count)

    def begin(broker: Broker, prefix: str) -> None:
        (folder / "crossbill.yaml").write_text("version: 1\n" + broker.project(prefix))

    for turn in range(repeat):
        with Broker(work / "broker-match", build) as broker:
            begin(broker, f"steps{turn}")
            subprocess.run(run_crossbill(binary, folder, "connectors"), check=True, stdout=subprocess.DEVNULL)
            transforms.add(*broker.measured(run_crossbill(binary, folder, "transforms")))
            begin(broker, f"whole{turn}")
            totals.add(*broker.measured(run_crossbill(binary, folder, "connectors,transforms")))
            unified = subprocess.run([str(binary), "export", "orders", "-C", str(folder)], capture_output=True, check=True).stdout.count(b"\n")
            if unified != orders:
                sys.exit(f"{unified} unified orders, {orders} expected")
    return transforms, totals


def measure_streams(name: str, build: Path, work: Path, count: int, repeat: int) -> Runs:
    """From the program's start until the last match is committed. What it reads stands on Kafka already."""
    runs, orders = Runs(), count // 3
    for _ in range(repeat):
        with Broker(work / "broker-match", build) as broker:
            broker.ask("feed", TOPICS, "--orders", str(orders))
            broker.ask("make", "match-matched")
            before, began = broker.cpu(), time.time()
            with topology(work, broker, name) as streams:
                watch = broker.start("watch", "match-matched", "--documents", str(orders), "--patience", "120")
                while watch.poll() is None:
                    streams.must_run()
                    time.sleep(0.05)
                seen = answer_of(watch)
                if seen["documents"] != orders:
                    sys.exit(f"{name}: {seen['documents']} matches, {orders} expected")
                runs.add(Cost(seen["last"] - began, streams.cpu(), streams.peak_mb()), broker.cpu() - before)
    return runs


def bench_match(binary: Path, build: Path, work: Path, count: int, repeat: int, with_peers: bool) -> None:
    transforms, totals = measure_ours(binary, build, work, count, repeat)
    peers = {title: measure_streams(name, build, work, count, repeat) for name, title in TOPOLOGIES.items()} if with_peers else {}
    row = transforms.figures(count, "documents")
    if peers:
        row["times_the_peer"] = {name: round(runs.seconds() / transforms.seconds(), 2) for name, runs in peers.items()}
    say("events on Kafka to unified documents", row)
    say("source rows through Kafka to unified documents, one process", totals.figures(count, "documents"))
    for name, runs in peers.items():
        say(f"three-way match: {name}", runs.figures(count, "documents"))
