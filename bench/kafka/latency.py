"""How long from a commit in the source until the unified document can be read, at a steady pace; and how much memory that takes in the long run."""
from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from broker import Broker, answer_of
from match import TOPICS, TOPOLOGIES, topology

from common import documents
from common.measure import cpu_of, memory_of, say

KINDS = ("orders", "shipments", "invoices")
WARM_UP_SECONDS = 5
PATIENCE = 60
FIRST = 10  # documents that go ahead: the pace begins when the first of them came through


@dataclass
class Pace:
    rate: int                # documents a second
    seconds: int             # after the warm-up
    commit_ms: int = 10      # the source's transactions: so many milliseconds' documents each
    poll: str = "40ms"       # how often Crossbill looks
    orders_a_customer: int = 10
    customers: int = 0       # all of them before the pace begins, taking turns; 0: a new one every so many orders

    def warm_up(self) -> int:
        return self.rate * WARM_UP_SECONDS

    def documents(self) -> int:
        return self.warm_up() + self.rate * self.seconds


class Shop:
    """A SQLite database that grows: customers, their orders, a second later the shipments, another second later the invoices.

    Each document says in its text when it was written, at most a few milliseconds before its transaction was committed.
    """

    def __init__(self, path: Path, pace: Pace) -> None:
        self.pace, self.serial, self.latest = pace, 0, 0.0
        self.next = dict.fromkeys(KINDS, 0)
        self.customers = 0
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=NORMAL")
        for name in documents.SYSTEMS["erp"]:
            self.database.execute(f"CREATE TABLE {name}(id INTEGER PRIMARY KEY, {', '.join(c + ' TEXT' for c in documents.STREAMS[name][1].split(','))}, note TEXT)")

    def statement(self, name: str) -> str:
        columns = documents.STREAMS[name][1].split(",") + ["note"]
        return f"INSERT INTO {name}({','.join(columns)}) VALUES({','.join('?' * len(columns))})"

    def row(self, kind: str, number: int, note: str) -> tuple[str, ...]:
        customer, order, day, amount = f"c{self.customer_of(number)}", f"45{number:08d}", f"2026-10-{number % 28 + 1:02d}", f"{number % 9973 + 1}.50"
        return {"orders": (order, customer, day, amount, note), "shipments": (f"80{number:08d}", order, day, note),
                "invoices": (f"90{number:08d}", order, customer, day, amount, note)}[kind]

    def customer_of(self, order: int) -> int:
        return order % self.pace.customers if self.pace.customers else order // self.pace.orders_a_customer

    def register(self, customers: int) -> None:
        """Writes the parties of the next customers, up to so many in all."""
        for customer in range(self.customers, customers):
            self.database.execute(self.statement("parties"), (f"c{customer}", f"Company {customer} Ltd", f"office{customer}@company{customer}.example", "Bristol", ""))
        self.customers = max(self.customers, customers)

    def kind_of_next(self) -> str:
        """Orders, shipments and invoices take turns; an order's shipment and invoice come one and two seconds after it."""
        apart = max(1, self.pace.rate // len(KINDS))
        if self.next["invoices"] + apart < self.next["shipments"]:
            return "invoices"
        return "shipments" if self.next["shipments"] + apart < self.next["orders"] else "orders"

    def write(self, count: int) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        for _ in range(count):
            kind = self.kind_of_next()
            number = self.next[kind]
            if kind == "orders":
                self.register(max(self.customer_of(number) + 1, self.pace.customers))
            self.database.execute(self.statement(kind), self.row(kind, number, f"@{time.time_ns() // 1000}-{self.serial}@"))
            self.next[kind] += 1
            self.serial += 1
        self.database.execute("COMMIT")

    def run(self) -> None:
        began = time.monotonic() - self.serial / self.pace.rate
        while self.serial < self.pace.documents():
            ahead = began + self.serial / self.pace.rate - time.monotonic()
            self.latest = max(self.latest, -ahead)
            time.sleep(max(self.pace.commit_ms / 1000, ahead))
            due = int((time.monotonic() - began) * self.pace.rate) - self.serial
            self.write(max(1, min(due, self.pace.documents() - self.serial)))


def project(folder: Path, database: Path, broker: Broker, pace: Pace) -> Path:
    (folder / "connectors").mkdir(parents=True)
    (folder / "crossbill.yaml").write_text("version: 1\npartitions: 2\n" + broker.project("pace"))
    streams = ""
    for name in documents.SYSTEMS["erp"]:
        kind, columns, mapping = documents.STREAMS[name]
        text = "      text: note\n" if name in KINDS else ""
        streams += (f"  - name: {name}\n    table: {name}\n    cursor: {{columns: [id], lookback: \"0\"}}\n    poll: {pace.poll}\n    key: [{columns.split(',')[0]}]\n"
                    f"    publish: {kind}\n    map:\n{mapping}{text}")
    (folder / "connectors" / "erp.yaml").write_text(f"version: 1\nsystem: erp\nsource: {{kind: sqlite, path: {database}}}\nstreams:\n{streams}")
    return folder


def watch(broker: Broker, topics: str, count: int, warm_up: int) -> subprocess.Popen:
    process = broker.start("watch", topics, "--documents", str(count), "--warm-up", str(warm_up), "--patience", str(PATIENCE))
    hear(process)
    return process


def hear(process: subprocess.Popen) -> None:
    """The watcher says when it is ready, and when it saw the first document."""
    if not process.stdout.readline():
        answer_of(process)  # says why


def figures(pace: Pace, seen: dict, expected: int, cpu: float, broker_cpu: float, peak_mb: float) -> dict:
    if seen["documents"] != expected:
        sys.exit(f"{seen['documents']} documents appeared, {expected} expected")
    return {"documents_per_second": pace.rate, "seconds": pace.seconds, "p50_ms": seen["p50_ms"], "p90_ms": seen["p90_ms"], "p99_ms": seen["p99_ms"], "max_ms": seen["max_ms"],
            "cpu_seconds_per_thousand": round(cpu / pace.documents() * 1000, 3), "broker_cpu_seconds_per_thousand": round(broker_cpu / pace.documents() * 1000, 3),
            "peak_mb": round(peak_mb)}


def run_ours(binary: Path, build: Path, work: Path, pace: Pace, beside: Callable[[int], None] | None = None) -> dict:
    """`beside` is called with the process's id on a thread of its own; it ends by itself when the process does."""
    with Broker(work / "broker-pace", build) as broker:
        shop = Shop(work / "shop.sqlite", pace)
        folder = project(work / "config-pace", work / "shop.sqlite", broker, pace)
        ours = subprocess.Popen([str(binary), "run", "--quiet", "--as-of", "2026-10-31", "--roles", "connectors,transforms", "-C", str(folder)])
        try:
            looking = watch(broker, ",".join(f"pace.unified.{kind[:-1]}" for kind in KINDS), pace.documents(), pace.warm_up())
            shop.write(FIRST)
            hear(looking)
            if beside is not None:
                threading.Thread(target=beside, args=(ours.pid,), daemon=True).start()
            cpu, broker_cpu = cpu_of(ours.pid), broker.cpu()
            shop.run()
            seen = answer_of(looking)
            row = figures(pace, seen, pace.documents(), cpu_of(ours.pid) - cpu, broker.cpu() - broker_cpu, memory_of(ours.pid, "VmHWM"))
            return row | {"source_late_ms": round(shop.latest * 1000)}
        finally:
            ours.send_signal(signal.SIGTERM)
            ours.wait(60)


def run_streams(name: str, build: Path, work: Path, pace: Pace) -> dict:
    with Broker(work / "broker-pace", build) as broker:
        orders, warm_up = pace.documents() // len(KINDS), pace.warm_up() // len(KINDS)
        broker.ask("make", TOPICS + ",match-matched")
        with topology(work, broker, name) as streams:
            looking = watch(broker, "match-matched", orders, warm_up)
            broker.ask("feed", TOPICS, "--orders", str(FIRST))
            hear(looking)
            cpu, broker_cpu = streams.cpu(), broker.cpu()
            broker.ask("feed", TOPICS, "--first", str(FIRST), "--orders", str(orders - FIRST), "--rate", str(pace.rate), "--apart", str(max(1, pace.rate // len(KINDS))))
            seen = answer_of(looking)
            streams.must_run()
            return figures(pace, seen, orders, streams.cpu() - cpu, broker.cpu() - broker_cpu, streams.peak_mb())


def bench_latency(binary: Path, build: Path, work: Path, pace: Pace, with_peers: bool) -> None:
    say("from a commit in SQLite through Kafka to the unified document, one process", run_ours(binary, build, work, pace))
    for name, title in TOPOLOGIES.items() if with_peers else ():
        say(f"from Kafka to the matched output: {title}", run_streams(name, build, work, pace))
