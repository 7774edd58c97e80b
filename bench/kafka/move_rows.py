"""Rows of CSV, SQLite and PostgreSQL to Kafka, exactly once; beside them librdkafka's own producer and Kafka Connect."""
from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from broker import Broker
from peers import Worker, free_port

from common import postgres, rows
from common.measure import Cost, figures, say

LIMITS = {
    "librdkafka, 300 bytes, commit each 100 ms": ["--bytes", "300", "--commit-ms", "100"],
    "librdkafka, 300 bytes, commit each 5,000": ["--bytes", "300", "--commit-messages", "5000"],
    "librdkafka, the same messages, lz4, commit each 100 ms": ["--like", "SAMPLE", "--set", "compression.codec=lz4", "--commit-ms", "100"],
}
TUNED = {"transaction.boundary": "interval", "transaction.boundary.interval.ms": "100", "producer.override.batch.size": "262144",
         "producer.override.linger.ms": "5", "producer.override.compression.type": "lz4"}
JSON_VALUE = {"value.converter": "org.apache.kafka.connect.json.JsonConverter"}
FILE_BATCH = 5000
NO_SCHEMA = {"value.converter.schemas.enable": "false"}


@dataclass
class Runs:
    costs: list[Cost] = field(default_factory=list)
    broker_cpu: list[float] = field(default_factory=list)

    def add(self, cost: Cost, broker_cpu: float) -> None:
        self.costs.append(cost)
        self.broker_cpu.append(broker_cpu)

    def figures(self, count: int, what: str) -> dict:
        return figures(count, what, self.costs) | {"broker_cpu_seconds_per_million": round(statistics.median(self.broker_cpu) / count * 1e6, 2)}

    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.costs)


@dataclass
class Source:
    """One kind of source: Crossbill's connector for it, and the connectors of Kafka Connect that read the same."""
    name: str
    source: str
    stream: str
    typed: bool
    peers: dict[str, dict[str, str]]
    left_over: int = 0  # of a connector's batch: Connect's file source keeps the last lines back until more come
    header: int = 0


def csv_source(work: Path, count: int) -> Source:
    data = work / "csv"
    data.mkdir()
    rows.write_csv(data / "orders.csv", count)
    file = {"connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector", "file": str(data / "orders.csv"), "topic": "TOPIC"}
    return Source("csv", f"{{kind: csv, path: {data}}}", 'files: "*.csv"', False,
                  {"Kafka Connect file source, no mapping, defaults": file, "Kafka Connect file source, no mapping, tuned": file | TUNED | {"batch.size": str(FILE_BATCH)}}, FILE_BATCH, 1)


def jdbc_peers(url: str) -> dict[str, dict[str, str]]:
    jdbc = {"connector.class": "crossbill.bench.JdbcSource", "url": url, "table": "orders", "key": "order_no", "topic": "TOPIC"} | JSON_VALUE
    return {"Kafka Connect JDBC source, no mapping, defaults": jdbc, "Kafka Connect JDBC source, no mapping, tuned": jdbc | NO_SCHEMA | TUNED | {"batch.max.rows": "2000"}}


def sqlite_source(work: Path, count: int) -> Source:
    path = work / "orders.sqlite"
    rows.write_sqlite(path, count)
    return Source("sqlite", f"{{kind: sqlite, path: {path}}}", "table: orders", False, jdbc_peers(f"jdbc:sqlite:{path}"))


def postgres_source(server: postgres.Postgres, port: int, count: int) -> Source:
    rows.load_postgres(server.dsn, count)
    os.environ["BENCH_DSN"] = server.dsn
    debezium = {"connector.class": "io.debezium.connector.postgresql.PostgresConnector", "database.hostname": "127.0.0.1", "database.port": str(port),
                "database.user": "bench", "database.password": "none", "database.dbname": "postgres", "topic.prefix": "PREFIX", "table.include.list": "public.orders",
                "plugin.name": "pgoutput", "slot.name": "SLOT", "publication.name": "SLOT", "snapshot.mode": "initial_only"} | JSON_VALUE
    peers = jdbc_peers(server.jdbc) | {
        "Debezium PostgreSQL snapshot, no mapping, defaults": debezium,
        "Debezium PostgreSQL snapshot, no mapping, tuned": debezium | NO_SCHEMA | TUNED | {"max.batch.size": "8192", "max.queue.size": "32768", "snapshot.fetch.size": "10240"}}
    return Source("postgres", '{kind: postgres, dsn: "${BENCH_DSN}"}', "table: orders", True, peers)


def run_crossbill(binary: Path, folder: Path, roles: str) -> list[str]:
    return [str(binary), "run", "--until-idle", "--quiet", "--as-of", "2026-10-31", "--roles", roles, "-C", str(folder)]


def measure_ours(broker: Broker, binary: Path, work: Path, source: Source, count: int, repeat: int) -> tuple[Runs, dict[str, Runs], dict]:
    """Ours and the limits take turns, so that a minute in which the machine is slow is one for all of them."""
    ours, limits, stands = Runs(), {name: Runs() for name in LIMITS}, {}
    sample = work / f"{source.name}.sample"
    for turn in range(repeat):
        prefix = f"{source.name}{turn}"
        folder = rows.connector(work / f"config-{prefix}", "shop", source.source, source.stream, source.typed, broker.project(prefix))
        ours.add(*broker.measured(run_crossbill(binary, folder, "connectors")))
        stands = broker.expect(f"{prefix}.source.order", count, "--sample", str(sample))
        for number, (name, options) in enumerate(LIMITS.items()):
            options = [str(sample) if option == "SAMPLE" else option for option in options]
            limits[name].add(*broker.measured(broker.command("produce", f"limit-{prefix}-{number}", "--messages", str(count), *options)))
    return ours, limits, stands


def measure_peers(broker: Broker, work: Path, source: Source, count: int, repeat: int) -> dict[str, Runs]:
    measured = {}
    records = range(max(1, count + source.header - source.left_over), count + source.header + 1)
    for number, (name, config) in enumerate(source.peers.items()):
        measured[name] = Runs()
        with Worker(broker, work, f"connect-{source.name}-{number}") as worker:
            for turn in range(repeat):
                own = f"peer_{source.name}_{number}_{turn}"
                topic = f"{own}.public.orders" if "topic.prefix" in config else own
                filled = {key: value.replace("TOPIC", topic).replace("PREFIX", own).replace("SLOT", own) for key, value in config.items()}
                measured[name].add(*worker.measure(own, topic, records, filled))
    return measured


def bench(broker: Broker, binary: Path, work: Path, source: Source, count: int, repeat: int, with_peers: bool) -> None:
    ours, limits, stands = measure_ours(broker, binary, work, source, count, repeat)
    peers = measure_peers(broker, work, source, count, repeat) if with_peers else {}
    title = f"{source.name} to Kafka"
    row = ours.figures(count, "rows") | {"key_and_value_bytes": round(stands["key_and_value_bytes"] / count), "header_bytes": round(stands["header_bytes"] / count),
                                         "of_limit": {name: round(runs.seconds() / ours.seconds(), 3) for name, runs in limits.items()}}
    if peers:
        row["times_the_peer"] = {name: round(runs.seconds() / ours.seconds(), 2) for name, runs in peers.items()}
    say(title, row)
    for name, runs in (limits | peers).items():
        say(f"{title}: {name}", runs.figures(count, "rows"))


def bench_rows(kind: str, binary: Path, build: Path, work: Path, count: int, repeat: int, with_peers: bool) -> None:
    with Broker(work / f"broker-{kind}", build) as broker:
        if kind == "csv":
            bench(broker, binary, work, csv_source(work, count), count, repeat, with_peers)
        elif kind == "sqlite":
            bench(broker, binary, work, sqlite_source(work, count), count, repeat, with_peers)
        elif not postgres.is_installed():
            print("postgres: skipped, the server is not installed")
        else:
            port = free_port()
            server = postgres.Postgres(work / "pg", port, "-c wal_level=logical")
            try:
                bench(broker, binary, work, postgres_source(server, port, count), count, repeat, with_peers)
            finally:
                server.close()
