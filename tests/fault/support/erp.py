"""The ERP's tables in a SQLite file. Some orders and invoices are corrected later: their second version has to come out."""
from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from support import poison
from support.ledger import Ledger, Money

CORRECTED_SHARE = 0.01

TABLES = """
CREATE TABLE customers (no TEXT PRIMARY KEY, name TEXT, mail TEXT, vat TEXT);
CREATE TABLE orders (no TEXT PRIMARY KEY, changed INTEGER, customer TEXT, po TEXT, day TEXT, cur TEXT, net NUMERIC);
CREATE INDEX orders_changed ON orders (changed);
CREATE TABLE order_lines (no TEXT, pos INTEGER, sku TEXT, n INTEGER, price NUMERIC, PRIMARY KEY (no, pos));
CREATE TABLE invoices (no TEXT PRIMARY KEY, changed INTEGER, customer TEXT, order_no TEXT, day TEXT, cur TEXT, net NUMERIC);
CREATE INDEX invoices_changed ON invoices (changed);
"""


class Erp:
    def __init__(self, path: Path, chance: random.Random, ledger: Ledger):
        self._chance = chance
        self._ledger = ledger
        self._changed = 0
        self._correctable: list[tuple[str, str, Money]] = []  # table, key, total
        self._database = sqlite3.connect(path, timeout=300, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.executescript(TABLES)

    def commit(self) -> None:
        self._database.commit()

    def _insert(self, table: str, row: dict) -> None:
        marks = ",".join("?" * len(row))
        self._database.execute(f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})", list(row.values()))

    def _next_change(self) -> int:
        self._changed += 1
        return self._changed

    def add_customer(self, number: int) -> None:
        key = f"C{number:06}"
        self._insert("customers", {"no": key, "name": f"Firma {number} GmbH", "mail": f"buyer{number}@example.com", "vat": f"DE{100000000 + number}"})
        self._ledger.add("erp/customers", key, "party")

    def add_order(self, order: dict, bad: bool) -> None:
        key = f"45{order['number']:07}"
        row = {"no": key, "changed": self._next_change(), "customer": f"C{order['customer']:06}", "po": f"W{order['number']:07}" if order["shop"] else None,
               "day": order["day"], "cur": order["currency"], "net": order["cents"] / 100}  # fmt: skip
        total = Money(order["cents"], order["currency"])
        kind = poison.pick(self._chance, {**poison.SQL_KINDS, "no lines": {}, "a line without its order": {}}) if bad else ""
        if kind == "a line without its order":
            self._insert("order_lines", {"no": key, "pos": 1, "sku": "S1", "n": 1, "price": 1})
            self._ledger.bury(f"erp/order_lines/{key}|1", None)
            return
        if kind != "no lines":
            for position, cents in enumerate(order["prices"], 1):
                self._insert("order_lines", {"no": key, "pos": position, "sku": f"S{cents % 97}", "n": 1, "price": cents / 100})
        self._finish("orders", "order", row, total, kind)

    def add_invoice(self, order: dict, bad: bool) -> None:
        row = {"no": f"90{order['number']:07}", "changed": self._next_change(), "customer": f"C{order['customer']:06}",
               "order_no": f"45{order['number']:07}", "day": order["day"], "cur": order["currency"], "net": order["cents"] / 100}  # fmt: skip
        self._finish("invoices", "invoice", row, Money(order["cents"], order["currency"]), poison.pick(self._chance, poison.SQL_KINDS) if bad else "")

    def _finish(self, table: str, kind: str, row: dict, total: Money, bad: str) -> None:
        self._insert(table, {**row, **poison.SQL_KINDS.get(bad, {})})
        if bad:
            self._ledger.bury(f"erp/{table}/{row['no']}", total)
            return
        self._ledger.add(f"erp/{table}", row["no"], kind, total)
        self._correctable.append((table, row["no"], total))

    def correct_some(self) -> None:
        """Of the rows of earlier waves, too. Each is corrected once."""
        for _ in range(int(len(self._correctable) * CORRECTED_SHARE)):
            table, key, total = self._correctable.pop(self._chance.randrange(len(self._correctable)))
            corrected = Money(total.cents + self._chance.randint(1, 999), total.currency)
            kind = {"orders": "order", "invoices": "invoice"}[table]
            self._ledger.add(f"erp/{table}", key, kind, corrected)
            self._database.execute(f"UPDATE {table} SET net=?, changed=? WHERE no=?", (corrected.cents / 100, self._next_change(), key))
