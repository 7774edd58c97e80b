"""The ledger: what the company's systems hold, and so what must come out. Written before the sources are, so that no reader sees what it
does not know."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class Money(NamedTuple):
    cents: int
    currency: str


class Version(NamedTuple):
    kind: str  # order, shipment, invoice, payment, party
    total: Money | None  # of a document


@dataclass
class Ledger:
    # "system/stream/key" → its versions, the oldest first. The last one must come out exactly once; an older one at most once, as a reader
    # of a table may come too late for it.
    records: dict[str, list[Version]] = field(default_factory=dict)
    # "system/stream/file:line" or "system/stream/key" → the amount of a row that must be in the dead letters, exactly once.
    dead: dict[str, Money | None] = field(default_factory=dict)
    # Events that are certain, by "system/stream".
    expected: Counter = field(default_factory=Counter)

    def add(self, source: str, key: str, kind: str, total: Money | None = None) -> None:
        versions = self.records.setdefault(f"{source}/{key}", [])
        if not versions:
            self.expected[source] += 1
        versions.append(Version(kind, total))

    def bury(self, place: str, total: Money | None) -> None:
        assert place not in self.dead, place
        self.dead[place] = total

    def documents(self) -> int:
        """Records of all kinds that must be published."""
        return len(self.records)

    def money_in(self) -> Counter:
        """Cents by currency of everything that the sources hold, good and bad."""
        sums: Counter = Counter()
        for versions in self.records.values():
            add_money(sums, versions[-1].total)
        for total in self.dead.values():
            add_money(sums, total)
        return sums


def add_money(sums: Counter, total: Money | None) -> None:
    if total is not None:
        sums[total.currency] += total.cents
