"""Messages of the topics, by classes that protoc makes of the protos when the test runs: not by the program's own decoder."""
from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

from support.ledger import Money

REPOSITORY = Path(__file__).resolve().parents[3]
SOURCE_MESSAGES = {"party": "Party", "order": "Order", "shipment": "Shipment", "invoice": "Invoice", "payment": "Payment"}
UNIFIED_KINDS = ("customer", "order", "shipment", "invoice", "payment", "quote", "interaction")


def cents_of(amount: str) -> int:
    """Exactly; an amount with more than two digits behind the point is none of this company's."""
    sign, digits = (-1, amount[1:]) if amount.startswith("-") else (1, amount)
    whole, _, part = digits.partition(".")
    if len(part.rstrip("0")) > 2:
        raise ValueError(amount)
    return sign * (int(whole) * 100 + int((part.rstrip("0") + "00")[:2]))


class Codec:
    def __init__(self, folder: Path):
        """Writes the classes into the folder."""
        protos = REPOSITORY / "proto"
        names = sorted((protos / "crossbill" / "v1").glob("*.proto"))
        subprocess.run(["protoc", f"-I{protos}", f"--python_out={folder}", *map(str, names)], check=True)
        sys.path.insert(0, str(folder))
        module = {name: importlib.import_module(f"crossbill.v1.{name}_pb2") for name in (*SOURCE_MESSAGES, "customer", "unified_document", "dead_letter")}
        self._sources = {kind: getattr(module[kind], message) for kind, message in SOURCE_MESSAGES.items()}
        self._customer = module["customer"].Customer
        self._document = module["unified_document"].UnifiedDocument
        self._dead_letter = module["dead_letter"].DeadLetter

    def total(self, kind: str, value: bytes) -> Money | None:
        """Of a source event; nothing of kinds that have none."""
        if kind in ("party", "shipment"):
            return None
        total = self._sources[kind].FromString(value).total
        return Money(cents_of(total.amount), total.currency)

    def records(self, kind: str, value: bytes) -> list[str]:
        """ "system/stream/key" of the source records behind a unified message."""
        message = (self._customer if kind == "customer" else self._document).FromString(value)
        return [f"{record.system}/{record.stream}/{record.key}" for record in message.records]

    def letter(self, value: bytes) -> tuple[str, str, int]:
        """Where the row of a dead letter stands, "system/stream/file:line" or "system/stream/key"; who read it, and its number there."""
        letter = self._dead_letter.FromString(value)
        place = f"{letter.system}/{letter.stream}/" + (f"{letter.file}:{letter.line}" if letter.file else letter.key)
        return place, letter.read_by, letter.sequence

    # ---- the other way, for the oracle's own test ----

    def event(self, kind: str, total: Money | None) -> bytes:
        message = self._sources[kind]()
        if total is not None:
            message.total.amount = f"{total.cents // 100}.{total.cents % 100:02}"
            message.total.currency = total.currency
        return message.SerializeToString()

    def unified(self, kind: str, records: list[str]) -> bytes:
        message = (self._customer if kind == "customer" else self._document)()
        for record in records:
            system, stream, key = record.split("/")
            message.records.add(system=system, stream=stream, key=key)
        return message.SerializeToString()

    def dead_letter(self, place: str, read_by: str, sequence: int) -> bytes:
        system, stream, where = place.split("/")
        file, _, line = where.rpartition(":")
        return self._dead_letter(system=system, stream=stream, file=file, line=int(line) if file else 0, key="" if file else where, read_by=read_by, sequence=sequence).SerializeToString()
