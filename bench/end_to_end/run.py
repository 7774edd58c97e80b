#!/usr/bin/env python3
"""End to end, as a user runs it: rows of CSV, SQLite and PostgreSQL into the embedded bus, and source events to unified documents.

    run.py BINARY [--rows N] [--documents N] [--repeat N] [--work DIR] [--only csv,sqlite,postgres,documents]

Each is measured --repeat times, anew; the median and the best of the rates are given. For each: rows (or documents) a second, CPU-seconds a million, peak memory, and in the same run the limit: the source's own fastest way to give
the same rows (COPY for PostgreSQL, the sqlite3 shell, cut for CSV), as a ratio. Data is generated, from a fixed seed.
"""
from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import documents, postgres, rows  # noqa: E402
from common.measure import Cost, measured, report  # noqa: E402

REPEAT = 1


def run_roles(binary: Path, folder: Path, roles: str) -> Cost:
    return measured([str(binary), "run", "--until-idle", "--quiet", "--as-of", "2026-10-31", "--roles", roles, "-C", str(folder)])


def connectors_only(binary: Path, folder: Path) -> list[Cost]:
    runs = []
    for _ in range(REPEAT):
        shutil.rmtree(folder / "bus", ignore_errors=True)
        runs.append(run_roles(binary, folder, "connectors"))
    return runs


def bench_csv(binary: Path, work: Path, count: int, encoding: str) -> None:
    data = work / f"csv-{encoding}"
    data.mkdir()
    rows.write_csv(data / "orders.csv", count, encoding)
    folder = rows.connector(work / f"config-csv-{encoding}", "shop", f"{{kind: csv, path: {data}, encoding: {encoding}}}", 'files: "*.csv"', False)
    limit = measured(["cut", "-d,", "-f1-13", str(data / "orders.csv")])
    report(f"csv ({encoding}) to the embedded bus", count, "rows", connectors_only(binary, folder), limit, "cut")


def bench_sqlite(binary: Path, work: Path, count: int) -> None:
    path = work / "orders.sqlite"
    rows.write_sqlite(path, count)
    folder = rows.connector(work / "config-sqlite", "shop", f"{{kind: sqlite, path: {path}}}", "table: orders", False)
    limit = measured(["sqlite3", "-list", str(path), "SELECT * FROM orders"])
    report("sqlite to the embedded bus", count, "rows", connectors_only(binary, folder), limit, "sqlite3 -list")


def bench_postgres(binary: Path, work: Path, count: int) -> None:
    if not postgres.is_installed():
        print("postgres: skipped, the server is not installed")
        return
    server = postgres.Postgres(work / "pg")
    try:
        rows.load_postgres(server.dsn, count)
        os.environ["BENCH_DSN"] = server.dsn
        folder = rows.connector(work / "config-postgres", "shop", "{kind: postgres, dsn: \"${BENCH_DSN}\"}", "table: orders", True)
        limit = measured(["psql", server.dsn, "-c", "COPY orders TO STDOUT"])
        report("postgres to the embedded bus", count, "rows", connectors_only(binary, folder), limit, "psql COPY")
    finally:
        server.close()


def bench_documents(binary: Path, work: Path, count: int) -> None:
    folder = work / "config-documents"
    orders = documents.write_documents(work, folder, count)
    transforms, views, totals = [], [], []
    for _ in range(REPEAT):
        shutil.rmtree(folder / "bus", ignore_errors=True)
        run_roles(binary, folder, "connectors")
        transforms.append(run_roles(binary, folder, "transforms"))
        shutil.rmtree(folder / "state" / "views", ignore_errors=True)
        views.append(run_roles(binary, folder, "facade"))
        shutil.rmtree(folder / "bus", ignore_errors=True)
        totals.append(run_roles(binary, folder, "connectors,transforms"))
    report("events on the bus to unified documents", count, "documents", transforms)
    report("unified documents to the read model", count, "documents", views)
    report("source rows to unified documents", count, "documents", totals)
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
