"""Whether the oracle can fail: what a faultless run would leave on the topics is made from the ledger, damaged in one place, and must be found."""
from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from support.codec import Codec
from support.company import Company
from support.oracle import Oracle
from support.topics import Record
from support.watcher import Watcher

Records = list[Record]


def faultless(company: Company, codec: Codec) -> Records:
    records: Records = []
    sequences: dict[str, int] = {}

    def add(topic: str, key: str, headers: dict[str, str], value: bytes | None) -> None:
        records.append(Record(topic, 0, len(records), key, headers, value))

    for key, versions in company.ledger.records.items():
        source = key.rsplit("/", 1)[0]
        pump = "shop/orders" if source == "shop/buyers" else source
        for number, version in enumerate(versions):
            sequences[pump] = sequences.get(pump, 0) + 1
            headers = {"ce_id": f"{key} {number}", "ce_source": source, "ce_sequence": str(sequences[pump])}
            add(f"source.{version.kind}", key, headers, codec.event(version.kind, version.total))
        kind = "customer" if versions[-1].kind == "party" else versions[-1].kind
        add(f"unified.{kind}", f"{kind}s/{key}", {}, codec.unified(kind, [key]))
    for place in company.ledger.dead:
        source = "/".join(place.split("/")[:2])
        pump = "erp/orders" if source == "erp/order_lines" else source
        sequences[pump] = sequences.get(pump, 0) + 1
        add("deadletter", place, {}, codec.dead_letter(place, pump, sequences[pump]))
    return records


def _at(records: Records, start: str, chance: random.Random) -> int:
    return chance.choice([i for i, record in enumerate(records) if record.topic.startswith(start)])


def _remove(start: str) -> Callable:
    def damage(records: Records, chance: random.Random, _: Codec) -> None:
        del records[_at(records, start, chance)]

    return damage


def _repeat(start: str) -> Callable:
    def damage(records: Records, chance: random.Random, _: Codec) -> None:
        records.append(records[_at(records, start, chance)])

    return damage


def _again_with_another_id(records: Records, chance: random.Random, _: Codec) -> None:
    found = records[_at(records, "source.", chance)]
    records.append(found._replace(headers={**found.headers, "ce_id": "another", "ce_sequence": "1000000"}))


def _other_amount(records: Records, chance: random.Random, codec: Codec) -> None:
    at = _at(records, "source.invoice", chance)
    total = codec.total("invoice", records[at].value)
    records[at] = records[at]._replace(value=codec.event("invoice", total._replace(cents=total.cents + 1)))


def _unknown_record(records: Records, chance: random.Random, _: Codec) -> None:
    found = records[_at(records, "source.", chance)]
    records.append(found._replace(key=found.key + "0", headers={**found.headers, "ce_id": "new", "ce_sequence": "1000000"}))


def _in_two_documents(records: Records, chance: random.Random, _: Codec) -> None:
    found = records[_at(records, "unified.", chance)]
    records.append(found._replace(key=found.key + "0"))


def _taken_back(records: Records, chance: random.Random, _: Codec) -> None:
    records.append(records[_at(records, "unified.", chance)]._replace(value=None))


def _order_of_versions(records: Records, chance: random.Random, _: Codec) -> None:
    later = chance.choice([i for i, record in enumerate(records) if record.headers.get("ce_id", "").endswith(" 1")])
    records[later - 1], records[later] = records[later], records[later - 1]


DAMAGES: dict[str, Callable] = {
    "an event removed": _remove("source."),
    "an event repeated": _repeat("source."),
    "an event repeated with another id": _again_with_another_id,
    "an event of an unknown record": _unknown_record,
    "an amount changed by a cent": _other_amount,
    "versions in the wrong order": _order_of_versions,
    "a dead letter removed": _remove("deadletter"),
    "a dead letter repeated": _repeat("deadletter"),
    "a unified document removed": _remove("unified."),
    "a unified document taken back": _taken_back,
    "a record in two unified documents": _in_two_documents,
}
# The reader that runs meanwhile knows no end, so nothing is lost yet, and reads no unified documents.
SEEN_MEANWHILE = {name for name in DAMAGES if "removed" not in name and "unified" not in name and "taken back" not in name}


def self_test(codec: Codec, seed: int) -> list[str]:
    """What went unnoticed."""
    with tempfile.TemporaryDirectory() as folder:
        company = Company(Path(folder), seed, orders=400, waves=5, bad_share=0.05)
        while not company.done:
            company.write_wave()
    unnoticed = [f"nothing damaged, and yet: {text}" for text in _findings(company, codec, faultless(company, codec))]
    for name, damage in DAMAGES.items():
        records = faultless(company, codec)
        damage(records, random.Random(f"{name} {seed}"), codec)
        if not _findings(company, codec, records):
            unnoticed.append(f"not noticed: {name}")
        if name in SEEN_MEANWHILE and not _seen_meanwhile(company, codec, records):
            unnoticed.append(f"not noticed by the reader meanwhile: {name}")
    return unnoticed


def _findings(company: Company, codec: Codec, records: Records) -> list[str]:
    oracle = Oracle(company.ledger, codec)
    for record in records:
        oracle.feed(record)
    return oracle.findings().texts


def _seen_meanwhile(company: Company, codec: Codec, records: Records) -> list[str]:
    watcher = Watcher("", "", company.ledger, codec)
    for record in records:
        watcher.see(record)
    return watcher.findings().texts
