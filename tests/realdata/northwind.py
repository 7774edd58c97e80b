#!/usr/bin/env python3
"""Northwind from PostgreSQL beside seeded, noisy copies of itself under other numbers and without references: orders and their lines are found again
with an F1 of at least 0.95, whatever the seed.

    northwind.py CROSSBILL [SEED …]
"""
from __future__ import annotations

import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import northwind_copy
from support import REPOSITORY, Crossbill, Postgres, data, must

LEAST = 0.95
SEEDS = [1, 2, 3]
CONNECTOR = """version: 1
system: branch
source: {kind: postgres, dsn: "${BRANCH_DSN}", timezone: UTC}
streams:
  - name: accounts
    table: account
    key: [no]
    publish: party
    map:
      id: no
      kind: ORGANISATION
      name: name
      phones: [phone]
      addresses:
        - {street: street, city: city, postal_code: zip, country: 'lookup("country", country)'}
  - name: sales
    table: sale
    key: [no]
    children:
      lines: {table: sale_line, on: {no: no}, order_by: [pos]}
    publish: order
    map:
      number: no
      customer.id: account
      ordered_on: booked
      currency: '"USD"'
      total: money(total, "USD")
      lines:
        each: lines
        map:
          id: string(pos)
          product: {id: article, name: description}
          quantity: qty
          unit_price: money(price, "USD")
          amount: money(amount, "USD")
"""
CUSTOMERS = "SELECT customer_id, company_name, coalesce(phone, ''), coalesce(address, ''), coalesce(city, ''), coalesce(postal_code, ''), coalesce(country, '') FROM customers ORDER BY 1"
ORDERS = "SELECT order_id, customer_id, order_date FROM orders ORDER BY 1"
LINES = ("SELECT d.order_id, d.product_id, p.product_name, d.unit_price, d.quantity, d.discount FROM order_details d JOIN products p USING (product_id)"
         " ORDER BY 1, 2")

Pairs = set[tuple[str, str]]


def f1(truth: Pairs, found: Pairs) -> float:  # binary-float: a figure for people
    right = len(truth & found)
    return 2 * right / (len(truth) + len(found))


def find(orders: list[dict]) -> tuple[Pairs, Pairs]:
    """The pairs of orders and of lines that the program takes for one."""
    pairs: Pairs = set()
    lines: Pairs = set()
    for order in orders:
        keys = {record["system"]: record["key"] for record in order["records"]}
        must(len(keys) == len(order["records"]), f"orders of one system stay apart: {order['records']}")
        if len(keys) != 2:
            continue
        pairs.add((keys["northwind"], keys["branch"]))
        for same in order.get("same_lines", []):
            there = order["records"][same.get("record", 0)]
            here = keys["northwind" if there["system"] == "branch" else "branch"]
            of = {there["system"]: f"{there['key']}|{same['record_line']}"}
            of["northwind" if there["system"] == "branch" else "branch"] = f"{here}|{same['line']}"
            lines.add((of["northwind"], of["branch"]))
    return pairs, lines


def measure(binary: str, server: Postgres, work: Path, seed: int) -> tuple[float, float]:
    by_order: dict[str, list[list[str]]] = defaultdict(list)
    for order, *line in server.rows("northwind", LINES):
        by_order[order].append(line)
    copy = northwind_copy.make(seed, server.rows("northwind", CUSTOMERS), server.rows("northwind", ORDERS), by_order)
    database = f"copy{seed}"
    server.psql("postgres", f"CREATE DATABASE {database}")
    server.psql(database, "\n".join(copy.sql))
    folder = work / f"config{seed}"
    shutil.copytree(REPOSITORY / "examples/northwind", folder)
    connector = (folder / "connectors/northwind.yaml").read_text()
    lookups = connector[connector.index("lookups:"):connector.index("tests:")]
    with (folder / "crossbill.yaml").open("a") as project:
        project.write("identity: {model: organisation, parameters: packaged}\n")
    (folder / "connectors/branch.yaml").write_text(CONNECTOR + lookups)
    program = Crossbill(binary, folder, NORTHWIND_DSN=server.dsn("northwind"), BRANCH_DSN=server.dsn(database))
    program.call("run", "--until-idle", "--quiet", "--as-of", "1998-05-31")
    must(not program.export("deadletters"), "no row is refused")
    orders, lines = find(program.export("orders"))
    customers = sum(len({r["system"] for r in c["records"]}) == 2 for c in program.export("customers"))
    of_orders, of_lines = f1(copy.orders, orders), f1(copy.lines, lines)
    print(f"seed {seed}: {customers} customers in both; orders {len(copy.orders)}, found {len(orders)}, right {len(copy.orders & orders)}, F1 {of_orders:.4f}; "
          f"lines {len(copy.lines)}, found {len(lines)}, right {len(copy.lines & lines)}, F1 {of_lines:.4f}", flush=True)
    return of_orders, of_lines


def main() -> None:
    sql = data("databases/northwind-postgres/northwind.sql").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as work, Postgres(Path(work) / "pg") as server:
        server.psql("postgres", "CREATE DATABASE northwind")
        server.psql("northwind", sql.replace("SET default_with_oids", "-- SET default_with_oids"))
        for seed in [int(word) for word in sys.argv[2:]] or SEEDS:
            of_orders, of_lines = measure(sys.argv[1], server, Path(work), seed)
            must(of_orders >= LEAST, f"orders are found again with an F1 of {LEAST}")
            must(of_lines >= LEAST, f"lines are found again with an F1 of {LEAST}")


main()
