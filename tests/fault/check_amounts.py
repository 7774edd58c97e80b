#!/usr/bin/env python3
"""What a run over the group's data is worth in money and in work: how much of the amounts stands in the right chain and is settled with the right invoice, how many lines are given to the right
line of an order, and how many exceptions a person has to look at for a thousand documents. Prints a table; fails when something falls below what was once reached.

    check_amounts.py TRUTH EXPORTS [SYSTEM …]

Chains: B-cubed over records, each weighted by its document's amount in one currency. Settlement: of the amounts that payments settle, what is settled with an invoice that the truth has for that
payment; recall is over the payments of the truth that have an invoice here. Lines: of each line of an invoice or a shipment that the truth has and of which a record is here, whether it was given
to the right line of the right order.
"""
from __future__ import annotations

import json
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

KINDS = ("orders", "shipments", "invoices", "payments")
# A little below what was measured on `small` (bench/results.md): to notice when something breaks, not a goal.
LEAST = {"chains": "0.97", "settlement": "0.97", "lines": "0.97"}
MOST_ALERTS = "25"  # exceptions for 1,000 documents

Record = tuple[str, str, str]


def read(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.startswith("{")]


def records_of(row: dict) -> list[Record]:
    return [(record["system"], record.get("stream") or record["table"], record["key"]) for record in row["records"]]


def plain(number: str) -> str:
    return number.lstrip("0") or "0"


def f1(precision: Decimal, recall: Decimal) -> Decimal:
    return 2 * precision * recall / (precision + recall) if precision + recall else Decimal()


class Truth:
    def __init__(self, folder: Path, systems: set[str]) -> None:
        self.rates = {currency: Decimal(rate) for currency, rate in json.loads((folder / "rates.json").read_text())["rates"].items()}
        self.documents: dict[str, dict] = {}
        self.of_record: dict[Record, str] = {}
        for kind in KINDS:
            for row in read(folder / f"{kind}.jsonl"):
                self.documents[row["id"]] = row | {"is": kind}
                self.of_record |= {record: row["id"] for record in records_of(row) if record[0] in systems}
        self.here = set(self.of_record.values())
        self.chain_of = {document: row["id"] for row in read(folder / "chains.jsonl") for kind in KINDS for document in row[kind]}

    def among(self, row: dict) -> set[str]:
        """The true documents that a row of an export has records of."""
        return {self.of_record[record] for record in records_of(row) if record in self.of_record}

    def amount(self, document: str) -> Decimal:
        row = self.documents[document]
        if row["is"] == "shipments":  # at its order's prices
            order = self.documents[row["order"]]
            prices = {line["line"]: Decimal(line["unit_price"]) for line in order["lines"]}
            return sum((prices[line["order_line"]] * Decimal(str(line["qty"])) for line in row["lines"]), Decimal()) * self.rates[order["currency"]]
        return abs(Decimal(row["amount"] if row["is"] == "payments" else row["net"])) * self.rates[row["currency"]]


def chains(truth: Truth, exports: Path) -> tuple[Decimal, Decimal]:
    home: dict[Record, str] = {}
    for row in read(exports / "chains.jsonl"):
        home |= {record: row["id"] for record in records_of(row)}
    weight = {record: truth.amount(document) for record, document in truth.of_record.items()}
    # A record without a chain is one of its own.
    place = {record: (truth.chain_of.get(document, document), home.get(record, str(record))) for record, document in truth.of_record.items()}
    together, found, true = defaultdict(Decimal), defaultdict(Decimal), defaultdict(Decimal)
    for record, (of_truth, of_export) in place.items():
        together[place[record]] += weight[record]
        true[of_truth] += weight[record]
        found[of_export] += weight[record]
    total = sum(weight.values())
    weighed = [(record, amount) for record, amount in weight.items() if amount]
    precision = sum(amount * together[place[record]] / found[place[record][1]] for record, amount in weighed) / total
    recall = sum(amount * together[place[record]] / true[place[record][0]] for record, amount in weighed) / total
    return precision, recall


def settlement(truth: Truth, exports: Path) -> tuple[Decimal, Decimal]:
    invoices = {row["id"]: truth.among(row) for row in read(exports / "invoices.jsonl")}
    settled = right = Decimal()
    for row in read(exports / "payments.jsonl"):
        wanted = {invoice for payment in truth.among(row) for invoice in truth.documents[payment]["invoices"]}
        for link in row.get("links", []):
            if link.get("kind") != "INVOICE" or "settled" not in link:
                continue
            amount = Decimal(link["settled"]["amount"]) * truth.rates[link["settled"]["currency"]]
            settled += amount
            right += amount if invoices[link["document"]] & wanted else 0
    payments = [document for document in truth.here if truth.documents[document]["is"] == "payments"]
    whole = sum(truth.amount(payment) for payment in payments if truth.here & set(truth.documents[payment]["invoices"]))
    return right / settled, right / whole


def lines(truth: Truth, exports: Path) -> tuple[Decimal, Decimal]:
    Place = tuple[str, int, str, int]  # a document's line and its order's
    wanted: set[Place] = set()
    for document in truth.here:
        row = truth.documents[document]
        if row["is"] not in ("invoices", "shipments") or row.get("kind") == "credit_note":
            continue
        for i, line in enumerate(row["lines"]):
            order = line.get("order") or row.get("order")
            if order in truth.here:
                wanted.add((document, i + 1, order, line["order_line"]))
    judged = {document for document, *_ in wanted}

    def numbers(row: dict) -> dict[str, int]:
        return {plain(line.get("id", str(i + 1))): i + 1 for i, line in enumerate(row["document"].get("lines", []))}

    orders = {row["id"]: (truth.among(row), numbers(row)) for row in read(exports / "orders.jsonl")}
    said: set[Place] = set()
    for kind in ("invoices", "shipments"):
        for row in read(exports / f"{kind}.jsonl"):
            places = numbers(row)
            for allocation in row.get("allocations", []):
                of, order_lines = orders[allocation["document"]]
                for document in truth.among(row) & judged:
                    said |= {(document, places[allocation["line"]], order, order_lines[allocation["document_line"]]) for order in of}
    right = Decimal(len(said & wanted))
    return right / max(1, len(said)), right / max(1, len(wanted))


def main() -> None:
    exports = Path(sys.argv[2])
    truth = Truth(Path(sys.argv[1]), set(sys.argv[3:]))
    low = []
    print(f"{'':34} precision  recall      F1")
    for name, what, measure in (("chains", "chains, by amount", chains), ("settlement", "settlement, by amount", settlement), ("lines", "lines of orders", lines)):
        precision, recall = measure(truth, exports)
        score = f1(precision, recall)
        print(f"{what:34} {precision:9.3f} {recall:7.3f} {score:7.3f}")
        if score < Decimal(LEAST[name]):
            low.append(f"{what}: F1 {score:.3f} is below {LEAST[name]}")
    documents = sum(len(read(exports / f"{kind}.jsonl")) for kind in (*KINDS, "quotes"))
    found = len(read(exports / "exceptions.jsonl"))
    rate = Decimal(1000) * found / documents
    print(f"{'exceptions for 1,000 documents':34} {rate:9.1f}  ({found} for {documents})")
    if rate > Decimal(MOST_ALERTS):
        low.append(f"{rate:.1f} exceptions for 1,000 documents are more than {MOST_ALERTS}")
    for line in low:
        print(line, file=sys.stderr)
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
