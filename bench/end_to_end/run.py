#!/usr/bin/env python3
"""End to end, as a user runs it: rows of CSV, SQLite and PostgreSQL into the embedded bus, and source events to unified documents.

    run.py BINARY [--rows N] [--documents N] [--repeat N] [--work DIR] [--only csv,sqlite,postgres,documents]

Each is measured --repeat times, anew; the median and the best of the rates are given. For each: rows (or documents) a second, CPU-seconds a million, peak memory, and in the same run the limit: the source's own fastest way to give
the same rows (COPY for PostgreSQL, the sqlite3 shell, cut for CSV), as a ratio. Data is generated, from a fixed seed.
"""
from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = ("order_no", "customer_id", "order_date", "currency", "net", "tax", "gross", "status", "clerk", "remark", "customer_po", "branch", "changed_at")
REPEAT = 1
PG_BIN = "/usr/lib/postgresql/15/bin"


class Cost:
    def __init__(self, seconds: float, cpu: float, peak_mb: float) -> None:
        self.seconds, self.cpu, self.peak_mb = seconds, cpu, peak_mb


def measured(command: list[str], stdout=subprocess.DEVNULL) -> Cost:
    """Runs a command; the CPU time and peak memory are those of that process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=stdout)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def order_row(number: int, chance: random.Random) -> tuple[str, ...]:
    net = chance.randint(100, 99999999)
    tax = net * 13 // 100
    day = f"2026-{chance.randint(1, 10):02d}-{chance.randint(1, 28):02d}"
    return (f"{number:010d}", f"{chance.randint(1, 50000):010d}", day, chance.choice(("CNY", "EUR", "JPY", "USD")), f"{net // 100}.{net % 100:02d}",
            f"{tax // 100}.{tax % 100:02d}", f"{(net + tax) // 100}.{(net + tax) % 100:02d}", "OPEN", chance.choice(("Weber", "陈志强", "佐藤健一")),
            chance.choice(("", "urgent", "同上", "as agreed")), f"PO-{chance.randint(1, 10**6):06d}", chance.choice(("HQ", "B1", "B2")), f"{day} 10:{chance.randint(0, 59):02d}:00")


MAP = """
    publish: order
    map:
      number: trim_zeros(order_no)
      references: [{type: CUSTOMER_PO, number: customer_po}]
      customer.id: trim_zeros(customer_id)
      ordered_on: DATE
      currency: currency
      total: money(NET, currency)
      tax: money(TAX, currency)
      gross: money(GROSS, currency)
      status: status
      org_unit: branch
      entered_by: clerk
      changed_at: CHANGED
      text: remark
"""


def connector(folder: Path, system: str, source: str, stream: str, typed: bool) -> Path:
    mapping = MAP.replace("DATE", "order_date" if typed else "date(order_date)").replace("CHANGED", "changed_at" if typed else "datetime(changed_at)")
    for name in ("NET", "TAX", "GROSS"):
        mapping = mapping.replace(name, name.lower())
    (folder / "connectors").mkdir(parents=True, exist_ok=True)
    (folder / "crossbill.yaml").write_text("version: 1\n")
    (folder / "connectors" / f"{system}.yaml").write_text(
        f"version: 1\nsystem: {system}\nsource: {source}\nstreams:\n  - name: orders\n    {stream}\n    key: [order_no]{mapping}")
    return folder


def report(name: str, count: int, what: str, runs: list[Cost], limit: Cost | None, limit_name: str) -> None:
    """Of several runs: medians, the best rate, the highest peak of memory."""
    seconds = statistics.median(run.seconds for run in runs)
    row = {"benchmark": name, f"{what}_per_second": round(count / seconds), "best": round(count / min(run.seconds for run in runs)),
           "cpu_seconds_per_million": round(statistics.median(run.cpu for run in runs) / count * 1e6, 2), "peak_mb": round(max(run.peak_mb for run in runs))}
    if limit is not None:
        row |= {"limit": limit_name, "limit_per_second": round(count / limit.seconds), "of_limit": round(limit.seconds / seconds, 3)}
    print(json.dumps(row), flush=True)


def run_roles(binary: Path, folder: Path, roles: str) -> Cost:
    return measured([str(binary), "run", "--until-idle", "--quiet", "--as-of", "2026-10-31", "--roles", roles, "-C", str(folder)])


def connectors_only(binary: Path, folder: Path) -> list[Cost]:
    runs = []
    for _ in range(REPEAT):
        shutil.rmtree(folder / "bus", ignore_errors=True)
        runs.append(run_roles(binary, folder, "connectors"))
    return runs


def bench_csv(binary: Path, work: Path, rows: int, encoding: str) -> None:
    data = work / f"csv-{encoding}"
    data.mkdir()
    chance = random.Random(1)
    with (data / "orders.csv").open("w", encoding=encoding, newline="") as out:
        out.write(",".join(COLUMNS) + "\n")
        for number in range(rows):
            out.write(",".join(order_row(number, chance)) + "\n")
    os.utime(data / "orders.csv", (1, 1))
    folder = connector(work / f"config-csv-{encoding}", "shop", f"{{kind: csv, path: {data}, encoding: {encoding}}}", 'files: "*.csv"', False)
    limit = measured(["cut", "-d,", "-f1-13", str(data / "orders.csv")])
    report(f"csv ({encoding}) to the embedded bus", rows, "rows", connectors_only(binary, folder), limit, "cut")


def bench_sqlite(binary: Path, work: Path, rows: int) -> None:
    path = work / "orders.sqlite"
    chance = random.Random(1)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE orders({', '.join(c + ' TEXT' for c in COLUMNS)}, PRIMARY KEY(order_no))")
        database.executemany(f"INSERT INTO orders VALUES({','.join('?' * len(COLUMNS))})", (order_row(n, chance) for n in range(rows)))
    folder = connector(work / "config-sqlite", "shop", f"{{kind: sqlite, path: {path}}}", "table: orders", False)
    limit = measured(["sqlite3", "-list", str(path), "SELECT * FROM orders"])
    report("sqlite to the embedded bus", rows, "rows", connectors_only(binary, folder), limit, "sqlite3 -list")


class Postgres:
    """A server of its own in a folder of its own, on a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(folder, "postgres")
            for parent in folder.parents:
                if parent.stat().st_uid == os.geteuid() and parent != Path("/") and str(parent).startswith(tempfile.gettempdir() + "/"):
                    parent.chmod(0o755)
        self.data = folder / "data"
        self.run([f"{PG_BIN}/initdb", "-D", str(self.data), "-A", "trust", "-U", "bench"])
        self.run([f"{PG_BIN}/pg_ctl", "-D", str(self.data), "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses=''", "start"])
        self.dsn = f"host={folder} user=bench dbname=postgres"

    def run(self, command: list[str]) -> None:
        subprocess.run(self.user + command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def close(self) -> None:
        self.run([f"{PG_BIN}/pg_ctl", "-D", str(self.data), "-m", "immediate", "stop"])


def bench_postgres(binary: Path, work: Path, rows: int) -> None:
    if not Path(PG_BIN, "initdb").exists():
        print("postgres: skipped, the server is not installed")
        return
    server = Postgres(work / "pg")
    try:
        chance = random.Random(1)
        types = {"order_date": "date", "net": "numeric(15,2)", "tax": "numeric(15,2)", "gross": "numeric(15,2)", "changed_at": "timestamp"}
        table = ", ".join(f"{c} {types.get(c, 'text')}" for c in COLUMNS)
        load = subprocess.Popen(["psql", server.dsn, "-q", "-c", f"CREATE TABLE orders({table})", "-c", "COPY orders FROM STDIN", "-c",
                                 "ALTER TABLE orders ADD PRIMARY KEY(order_no)", "-c", "ANALYZE orders"], stdin=subprocess.PIPE, text=True)
        for number in range(rows):
            load.stdin.write("\t".join(order_row(number, chance)) + "\n")
        load.stdin.close()
        load.wait()
        os.environ["BENCH_DSN"] = server.dsn
        folder = connector(work / "config-postgres", "shop", "{kind: postgres, dsn: \"${BENCH_DSN}\"}", "table: orders", True)
        limit = measured(["psql", server.dsn, "-c", "COPY orders TO STDOUT"])
        report("postgres to the embedded bus", rows, "rows", connectors_only(binary, folder), limit, "psql COPY")
    finally:
        server.close()


DOCUMENTS = {
    "parties": ("party", "customer_id,name,email,city", "      id: customer_id\n      name: name\n      emails: [email]\n      addresses: [{city: city}]\n"),
    "orders": ("order", "no,customer_id,day,amount", "      number: no\n      customer.id: customer_id\n      ordered_on: date(day)\n      total: money(amount, \"EUR\")\n"
               "      lines: [{id: '\"1\"', product.sku: '\"A-1\"', quantity: 1, unit_price: 'money(amount, \"EUR\")'}]\n"),
    "shipments": ("shipment", "no,order_no,day", "      number: no\n      references: [{type: ORDER, number: order_no}]\n      shipped_on: date(day)\n"
                  "      lines: [{id: '\"1\"', product.sku: '\"A-1\"', quantity: 1, references: [{type: ORDER, number: order_no, line: '\"1\"'}]}]\n"),
    "invoices": ("invoice", "no,order_no,customer_id,day,amount", "      number: no\n      references: [{type: ORDER, number: order_no}]\n      customer.id: customer_id\n"
                 "      issued_on: date(day)\n      total: money(amount, \"EUR\")\n      gross: money(amount, \"EUR\")\n"
                 "      lines: [{id: '\"1\"', product.sku: '\"A-1\"', quantity: 1, unit_price: 'money(amount, \"EUR\")', references: [{type: ORDER, number: order_no, line: '\"1\"'}]}]\n"),
}


def bench_documents(binary: Path, work: Path, documents: int) -> None:
    """Orders of two systems, their shipments and invoices: four documents an order, ten orders a customer."""
    orders = documents // 4
    chance = random.Random(2)
    folder = work / "config-documents"
    (folder / "connectors").mkdir(parents=True)
    (folder / "crossbill.yaml").write_text("version: 1\n")
    for system in ("erp", "crm"):
        data = work / f"data-{system}"
        data.mkdir()
        streams = ""
        names = ("parties", "orders", "shipments", "invoices") if system == "erp" else ("parties", "orders")
        for name in names:
            kind, columns, mapping = DOCUMENTS[name]
            extra = "      references: [{type: ORDER, number: erp_no}]\n" if (system, name) == ("crm", "orders") else ""
            streams += f"  - name: {name}\n    files: {name}.csv\n    key: [{columns.split(',')[0]}]\n    publish: {kind}\n    map:\n{mapping}{extra}"
        (folder / "connectors" / f"{system}.yaml").write_text(f"version: 1\nsystem: {system}\nsource: {{kind: csv, path: {data}}}\nstreams:\n{streams}")
        files = {name: (data / f"{name}.csv").open("w") for name in names}
        for name in names:
            files[name].write(DOCUMENTS[name][1] + (",erp_no" if (system, name) == ("crm", "orders") else "") + "\n")
        for customer in range(max(1, orders // 10)):
            files["parties"].write(f"{system}{customer},Company {customer} Ltd,office{customer}@company{customer}.example,Bristol\n")
        for number in range(orders):
            customer, day, amount = number % max(1, orders // 10), f"2026-{number % 10 + 1:02d}-{number % 28 + 1:02d}", f"{number % 9973}.{number % 100:02d}"
            if system == "erp":
                files["orders"].write(f"45{number:08d},{system}{customer},{day},{amount}\n")
                files["shipments"].write(f"80{number:08d},45{number:08d},{day}\n")
                files["invoices"].write(f"90{number:08d},45{number:08d},{system}{customer},{day},{amount}\n")
            else:
                files["orders"].write(f"SO-{number:08d},{system}{customer},{day},{amount},45{number:08d}\n")
        for file in files.values():
            file.close()
            os.utime(file.name, (1, 1))
    transforms, totals = [], []
    for _ in range(REPEAT):
        shutil.rmtree(folder / "bus", ignore_errors=True)
        run_roles(binary, folder, "connectors")
        transforms.append(run_roles(binary, folder, "transforms"))
        shutil.rmtree(folder / "bus", ignore_errors=True)
        totals.append(run_roles(binary, folder, "connectors,transforms"))
    report("events on the bus to unified documents", documents, "documents", transforms, None, "")
    report("source rows to unified documents", documents, "documents", totals, None, "")
    unified = subprocess.run([str(binary), "export", "orders", "-C", str(folder)], capture_output=True, check=True).stdout.count(b"\n")
    if unified != orders:
        sys.exit(f"{unified} unified orders, {orders} expected")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=400_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", default="csv,sqlite,postgres,documents")
    args = parser.parse_args()
    wanted = args.only.split(",")
    global REPEAT
    REPEAT = args.repeat
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(dir=args.work, prefix="crossbill-bench-") as folder:
        work = Path(folder)
        if "csv" in wanted:
            bench_csv(args.binary, work, args.rows, "utf-8")
            bench_csv(args.binary, work, args.rows, "gb18030")
        if "sqlite" in wanted:
            bench_sqlite(args.binary, work, args.rows)
        if "postgres" in wanted:
            bench_postgres(args.binary, work, args.rows)
        if "documents" in wanted:
            bench_documents(args.binary, work, args.documents)


if __name__ == "__main__":
    main()
