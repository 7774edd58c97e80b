"""A company made for counting: a web shop (JSON lines), an ERP (SQLite) and finance (CSV). Its business comes in waves, so that files and rows
appear while the run goes on. The same seed gives the same business, whenever the waves are written."""
from __future__ import annotations

import json
import random
from pathlib import Path

from support import poison
from support.erp import Erp
from support.files import GrowingFiles, write_whole
from support.ledger import Ledger, Money

CURRENCIES = ("EUR", "USD", "CNY", "GBP")
ORDERS_PER_CUSTOMER = 8
PAYMENT_COLUMNS = "no,invoice,debtor,day,net,cur,bank_ref"
DEBTORS_EVERY = 4  # waves


class Company:
    def __init__(self, folder: Path, seed: int, orders: int, waves: int, bad_share: float = 0.01):
        self.ledger = Ledger()
        self.folder = folder
        self.waves = waves
        self.written = 0
        self._chance = random.Random(f"company {seed}")
        self._orders = orders
        self._bad_share = bad_share
        self._customers = 0
        self._order = 0
        self._pending: list[tuple[int, str, dict]] = []  # wave, what, of which order
        for name in ("shop", "finance"):
            (folder / name).mkdir(parents=True)
        self._shop_orders = GrowingFiles(folder / "shop", "orders", "jsonl", b"", self._chance)
        self._parcels = GrowingFiles(folder / "shop", "parcels", "jsonl", b"", self._chance)
        self._payments = GrowingFiles(folder / "finance", "payments", "csv", PAYMENT_COLUMNS.encode() + b"\n", self._chance)
        self._erp = Erp(folder / "erp.sqlite", self._chance, self.ledger)

    @property
    def done(self) -> bool:
        return self.written >= self.waves

    def write_wave(self) -> None:
        """The next part of the business: customers, their orders, and what follows from earlier orders."""
        self.written += 1
        wave, last = self.written, self.done
        until = self._orders * wave // self.waves
        self._add_customers(max(1, until // ORDERS_PER_CUSTOMER))
        while self._order < until:
            self._order += 1
            self._take_order(self._order, wave)
        for due, what, order in self._pending:
            if due <= wave or last:
                getattr(self, f"_write_{what}")(order)
        self._pending = [entry for entry in self._pending if entry[0] > wave and not last]
        if wave % DEBTORS_EVERY == 1 or last:
            self._write_debtors(wave)
        self._erp.correct_some()
        self._erp.commit()
        for files in (self._shop_orders, self._parcels, self._payments):
            files.flush()

    def _bad(self) -> bool:
        return self._chance.random() < self._bad_share

    def _add_customers(self, until: int) -> None:
        while self._customers < until:
            self._customers += 1
            self._erp.add_customer(self._customers)

    def _take_order(self, number: int, wave: int) -> None:
        chance = self._chance
        count = chance.randint(1, 3)
        prices = [chance.randint(100, 500_00) for _ in range(count)]
        order = {
            "number": number, "customer": chance.randint(1, self._customers), "currency": chance.choice(CURRENCIES),
            "day": f"2026-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}", "prices": prices, "cents": sum(prices),
            "shop": chance.random() < 0.5,
        }  # fmt: skip
        if number == 1:  # all of it at once: a stream of files wants to see one of them
            order["shop"] = True
            follow = [(wave, what) for what in ("parcel", "erp_order", "invoice", "payment")]
        else:
            follow = [(wave + chance.randint(0, 1), "erp_order")]
            follow += [(wave + chance.randint(0, 2), "parcel")] if order["shop"] else []
            follow += [(wave + chance.randint(0, 2), "invoice")] if chance.random() < 0.8 else []
            follow += [(wave + chance.randint(1, 3), "payment")] if chance.random() < 0.6 else []
        if order["shop"]:
            self._write_shop_order(order)
        self._pending += [(due, what, order) for due, what in follow]

    def _write_shop_order(self, order: dict) -> None:
        customer = order["customer"]
        mail = f"buyer{customer}@example.com"
        row = {
            "id": f"W{order['number']:07}", "day": order["day"], "cur": order["currency"], "net": order["cents"] / 100,
            "buyer": {"mail": mail, "name": f"Firma {customer} GmbH", "vat": vat(customer)},
            "items": [{"sku": f"S{cents % 97}", "n": 1, "price": cents / 100} for cents in order["prices"]],
        }  # fmt: skip
        kind = self._write_json(self._shop_orders, "shop/orders", "order", row, Money(order["cents"], order["currency"]))
        if kind not in poison.UNREADABLE_JSON and f"shop/buyers/{mail}" not in self.ledger.records:
            self.ledger.add("shop/buyers", mail, "party")

    def _write_parcel(self, order: dict) -> None:
        row = {
            "id": f"P{order['number']:07}", "order": f"W{order['number']:07}", "day": order["day"], "cur": order["currency"],
            "tracking": f"T{order['number']:09}",
            "items": [{"sku": f"S{cents % 97}", "n": 1} for cents in order["prices"]],
        }  # fmt: skip
        self._write_json(self._parcels, "shop/parcels", "shipment", row, None)

    def _write_json(self, files: GrowingFiles, source: str, kind: str, row: dict, total: Money | None) -> str:
        """The kind of poison, or "" for a good row."""
        if not self._bad():
            self.ledger.add(source, row["id"], kind, total)
            files.add(json.dumps(row).encode())
            return ""
        bad = poison.pick(self._chance, poison.JSON_KINDS if total else poison.JSON_KINDS_WITHOUT_AMOUNT)
        self.ledger.bury(f"{source}/{files.next_place()}", total)
        files.add(poison.JSON_KINDS[bad](row))
        return bad

    def _write_erp_order(self, order: dict) -> None:
        self._erp.add_order(order, self._bad())

    def _write_invoice(self, order: dict) -> None:
        self._erp.add_invoice(order, self._bad())

    def _write_payment(self, order: dict) -> None:
        key = f"Z{order['number']:07}"
        total = Money(order["cents"], order["currency"])
        cells = [key, f"90{order['number']:07}", f"D{order['customer']:06}", order["day"], f"{total.cents / 100:.2f}", total.currency,
                 f"B{order['number']:09}"]  # fmt: skip
        if not self._bad():
            self.ledger.add("finance/payments", key, "payment", total)
            self._payments.add(",".join(cells).encode())
            return
        bad = poison.pick(self._chance, poison.CSV_KINDS)
        self.ledger.bury(f"finance/payments/{self._payments.next_place()}", total)
        self._payments.add(poison.CSV_KINDS[bad](cells))

    def _write_debtors(self, wave: int) -> None:
        rows = [f"D{number:06},Firma {number},{vat(number)}" for number in range(1, self._customers + 1)]
        for number in range(1, self._customers + 1):
            if f"finance/debtors/D{number:06}" not in self.ledger.records:
                self.ledger.add("finance/debtors", f"D{number:06}", "party")
        write_whole(self.folder / "finance" / f"debtors-{wave:04}.csv", "\n".join(["no,name,vat", *rows, ""]).encode())


def vat(customer: int) -> str:
    return f"DE{100000000 + customer}"
