#!/usr/bin/env python3
"""30,000 lines of UCI Online Retail read as invoices: each cancellation (C…) is attached to the invoice that it can be shown to cancel, and to none
other.

    online_retail.py CROSSBILL

What can be shown, found here from the lines alone and without the program's code: the same customer, an earlier invoice (by date and hour) that has
every line of the cancellation, the same product at the same price in no lesser quantity than what earlier cancellations left of it; and no second such
invoice.
"""
from __future__ import annotations

import csv
import sqlite3
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from support import Crossbill, data, must

COLUMNS = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
CONNECTOR = """version: 1
system: shop
source: {kind: sqlite, path: retail.sqlite, timezone: Europe/London}
streams:
  - name: customers
    query: SELECT CustomerID, min(Country) AS Country FROM lines WHERE CustomerID <> '' GROUP BY CustomerID
    key: [CustomerID]
    publish: party
    map: {id: CustomerID, name: 'concat("Customer ", CustomerID)'}
  - name: invoices
    query: SELECT InvoiceNo, min(InvoiceDate) AS InvoiceDate, max(CustomerID) AS CustomerID FROM lines GROUP BY InvoiceNo
    key: [InvoiceNo]
    children:
      lines: {table: lines, on: {InvoiceNo: InvoiceNo}, order_by: [LineNo]}
    publish: invoice
    map:
      number: InvoiceNo
      type: 'InvoiceNo.startsWith("C") ? "CREDIT_NOTE" : "INVOICE"'
      customer.id: CustomerID
      issued_on: date(substr(InvoiceDate, 0, 10), "iso")
      entered_at: datetime(InvoiceDate)
      currency: '"GBP"'
      total: money(sum(lines.map(l, decimal(l.Quantity) * decimal(l.UnitPrice))), "GBP")
      lines:
        each: lines
        map:
          id: string(LineNo)
          product: {sku: StockCode, name: Description}
          quantity: decimal(Quantity)
          unit_price: money(UnitPrice, "GBP")
          amount: money(decimal(Quantity) * decimal(UnitPrice), "GBP")
"""


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        return list(csv.DictReader(lines))


def write_database(path: Path, rows: list[dict[str, str]]) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE lines (LineNo INTEGER PRIMARY KEY, {', '.join(c + ' TEXT' for c in COLUMNS)})")
        database.executemany(f"INSERT INTO lines VALUES (?{', ?' * len(COLUMNS)})", [(i, *(row[c] for c in COLUMNS)) for i, row in enumerate(rows, 1)])
        database.execute("CREATE INDEX of_invoice ON lines (InvoiceNo)")


def shown(rows: list[dict[str, str]]) -> dict[str, str]:
    """Each cancellation that can be shown to cancel an invoice, with it."""
    documents: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        documents[row["InvoiceNo"]].append(row)
    when = {number: min(row["InvoiceDate"] for row in lines) for number, lines in documents.items()}
    left: dict[str, list[list]] = {}
    of_customer: dict[str, list[str]] = defaultdict(list)
    for number, lines in documents.items():
        if not number.startswith("C"):
            left[number] = [[row["StockCode"], Decimal(row["UnitPrice"]), Decimal(row["Quantity"])] for row in lines]
            of_customer[lines[0]["CustomerID"]].append(number)

    def after(invoice: str, lines: list[dict[str, str]]) -> list[list] | None:
        rest = [list(line) for line in left[invoice]]
        for row in lines:
            quantity = -Decimal(row["Quantity"])
            found = next((line for line in rest if line[:2] == [row["StockCode"], Decimal(row["UnitPrice"])] and line[2] >= quantity > 0), None)
            if found is None:
                return None
            found[2] -= quantity
        return rest

    result = {}
    for number in sorted((n for n in documents if n.startswith("C")), key=lambda n: (when[n], n)):
        lines = documents[number]
        customer = lines[0]["CustomerID"]
        fits = [i for i in of_customer[customer] if customer and when[i] < when[number] and after(i, lines) is not None]
        if len(fits) == 1:
            result[number] = fits[0]
            left[fits[0]] = after(fits[0], lines)
    return result


def main() -> None:
    path = data("databases/uci-online-retail-30k/OnlineRetail.csv")
    rows = read(path)
    expected = shown(rows)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        (folder / "connectors").mkdir()
        (folder / "crossbill.yaml").write_text("version: 1\nvalue: {sales: invoices, currency: GBP}\n")
        (folder / "connectors" / "shop.yaml").write_text(CONNECTOR)
        write_database(folder / "retail.sqlite", rows)
        program = Crossbill(sys.argv[1], folder)
        program.call("run", "--until-idle", "--quiet", "--as-of", "2011-12-10")
        invoices = program.export("invoices")
        letters = program.export("deadletters")
    must(not letters, f"no line is refused: {letters[:2]}")
    numbers = {row["InvoiceNo"] for row in rows}
    must(sorted(r["key"] for i in invoices for r in i["records"]) == sorted(numbers), "every invoice is there once")
    must(all(len(i["records"]) == 1 for i in invoices), "invoices of one system stay apart")
    key_of = {invoice["id"]: invoice["records"][0]["key"] for invoice in invoices}
    found: dict[str, set[str]] = {}
    for invoice in invoices:
        links = {key_of[link["document"]] for link in invoice.get("links", []) if link["relation"] == "invoice of credit note"}
        if links and key_of[invoice["id"]].startswith("C"):
            found[key_of[invoice["id"]]] = links
    cancellations = sum(1 for number in numbers if number.startswith("C"))
    print(f"{len(rows)} lines, {len(numbers)} documents, {cancellations} cancellations; {len(expected)} can be shown to cancel an invoice, {len(found)} are attached")
    wrong = {c: (found.get(c), expected.get(c)) for c in set(found) | set(expected) if found.get(c) != ({expected[c]} if c in expected else None)}
    must(not wrong, f"each cancellation is attached to just what it cancels: {wrong}")


main()
