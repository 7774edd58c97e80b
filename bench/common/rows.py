"""Order rows of 13 columns from a fixed seed, as CSV, SQLite and PostgreSQL, and the connector that maps 12 fields of them."""
from __future__ import annotations

import os
import random
import sqlite3
import subprocess
from pathlib import Path

COLUMNS = ("order_no", "customer_id", "order_date", "currency", "net", "tax", "gross", "status", "clerk", "remark", "customer_po", "branch", "changed_at")
PG_TYPES = {"order_date": "date", "net": "numeric(15,2)", "tax": "numeric(15,2)", "gross": "numeric(15,2)", "changed_at": "timestamp"}


def order_row(number: int, chance: random.Random) -> tuple[str, ...]:
    net = chance.randint(100, 99999999)
    tax = net * 13 // 100
    day = f"2026-{chance.randint(1, 10):02d}-{chance.randint(1, 28):02d}"
    return (f"{number:010d}", f"{chance.randint(1, 50000):010d}", day, chance.choice(("CNY", "EUR", "JPY", "USD")), f"{net // 100}.{net % 100:02d}",
            f"{tax // 100}.{tax % 100:02d}", f"{(net + tax) // 100}.{(net + tax) % 100:02d}", "OPEN", chance.choice(("Weber", "陈志强", "佐藤健一")),
            chance.choice(("", "urgent", "同上", "as agreed")), f"PO-{chance.randint(1, 10**6):06d}", chance.choice(("HQ", "B1", "B2")), f"{day} 10:{chance.randint(0, 59):02d}:00")


def write_csv(path: Path, rows: int, encoding: str = "utf-8") -> None:
    chance = random.Random(1)
    with path.open("w", encoding=encoding, newline="") as out:
        out.write(",".join(COLUMNS) + "\n")
        for number in range(rows):
            out.write(",".join(order_row(number, chance)) + "\n")
    os.utime(path, (1, 1))  # files that changed just now are left alone


def write_sqlite(path: Path, rows: int) -> None:
    chance = random.Random(1)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE orders({', '.join(c + ' TEXT' for c in COLUMNS)}, PRIMARY KEY(order_no))")
        database.executemany(f"INSERT INTO orders VALUES({','.join('?' * len(COLUMNS))})", (order_row(n, chance) for n in range(rows)))


def load_postgres(dsn: str, rows: int) -> None:
    chance = random.Random(1)
    table = ", ".join(f"{c} {PG_TYPES.get(c, 'text')}" for c in COLUMNS)
    load = subprocess.Popen(["psql", dsn, "-q", "-v", "ON_ERROR_STOP=1", "-c", f"CREATE TABLE orders({table})", "-c", "COPY orders FROM STDIN", "-c",
                             "ALTER TABLE orders ADD PRIMARY KEY(order_no)", "-c", "ANALYZE orders"], stdin=subprocess.PIPE, text=True)
    for number in range(rows):
        load.stdin.write("\t".join(order_row(number, chance)) + "\n")
    load.stdin.close()
    if load.wait() != 0:
        raise RuntimeError("psql could not load the table")


MAP = """
    publish: order
    map:
      number: trim_zeros(order_no)
      references: [{type: CUSTOMER_PO, number: customer_po}]
      customer.id: trim_zeros(customer_id)
      ordered_on: DATE
      currency: currency
      total: money(net, currency)
      tax: money(tax, currency)
      gross: money(gross, currency)
      status: status
      org_unit: branch
      entered_by: clerk
      changed_at: CHANGED
      text: remark
"""


def connector(folder: Path, system: str, source: str, stream: str, typed: bool, project: str = "") -> Path:
    """A project with this one connector. `typed`: dates come as dates, not as text. `project`: further lines of crossbill.yaml."""
    mapping = MAP.replace("DATE", "order_date" if typed else "date(order_date)").replace("CHANGED", "changed_at" if typed else "datetime(changed_at)")
    (folder / "connectors").mkdir(parents=True, exist_ok=True)
    (folder / "crossbill.yaml").write_text("version: 1\n" + project)
    (folder / "connectors" / f"{system}.yaml").write_text(
        f"version: 1\nsystem: {system}\nsource: {source}\nstreams:\n  - name: orders\n    {stream}\n    key: [order_no]{mapping}")
    return folder
