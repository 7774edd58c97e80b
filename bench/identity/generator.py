#!/usr/bin/env python3
"""Persons or companies of eight countries with ~20 % duplicates, or payments that two systems know of, from a seed, as records.csv and truth.csv.

    generator.py persons|companies|transfers --count N --out FOLDER [--seed N]
    generator.py --check

Streams: five million records need no more memory than a hundred thousand. `--check` makes small ones and proves that the same seed gives the same bytes, that the share of duplicates is what it
should be, and that the hard cases are there.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType

from made import companies, persons, transfers
from made.countries import SHARES, Country, country

KINDS: dict[str, ModuleType] = {"persons": persons, "companies": companies, "transfers": transfers}
DUPLICATES = .2   # of the records; each entity has a geometric number of copies, a quarter on average
SHUFFLED = 100_000  # records wait so long, on average, before they are written: copies of one do not stand together

Labelled = tuple[int, list[str]]  # the entity's number and the record


def copies(chance: random.Random) -> range:
    """Numbers of the records that an entity has: the first is mostly right."""
    count = 1
    while chance.random() < DUPLICATES:
        count += 1
    return range(count)


def labelled(kind: str, seed: int) -> Iterator[Labelled]:
    """Without end: all records of one household or group of companies after the other."""
    made, chance = KINDS[kind], random.Random(f"{kind} {seed}")
    lands: dict[str, Country] = {code: country(code) for code in SHARES}
    number = 0
    for group in made.groups(lands, SHARES, chance):
        for entity in group:
            number += 1
            for copy in made.copies_of(entity) if made is transfers else copies(chance):
                yield number, made.record_of(entity, chance, copy)


def mixed(stream: Iterator[Labelled], chance: random.Random) -> Iterator[Labelled]:
    waiting: list[Labelled] = []
    for item in stream:
        if len(waiting) < SHUFFLED:
            waiting.append(item)
            continue
        at = chance.randrange(SHUFFLED)
        yield waiting[at]
        waiting[at] = item
    chance.shuffle(waiting)
    yield from waiting


def generate(kind: str, count: int, seed: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "records.csv").open("w", newline="") as records, (folder / "truth.csv").open("w") as truth:
        rows = csv.writer(records)
        rows.writerow(("id", *KINDS[kind].COLUMNS))
        truth.write("id,entity\n")
        for number, (entity, row) in enumerate(mixed(islice(labelled(kind, seed), count), random.Random(seed)), 1):
            rows.writerow((f"r{number}", *row))
            truth.write(f"r{number},e{entity}\n")


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "records.csv").read_bytes() + (folder / "truth.csv").read_bytes()).hexdigest()


def must(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"generator: {what}")


def check(kind: str, count: int, work: Path) -> None:
    """Determinism, duplicates and hard cases of one kind."""
    entity, rows = made_twice(kind, count, work)
    if kind == "transfers":
        check_transfers(entity, rows)
    else:
        check_duplicates(kind, entity, rows)


def made_twice(kind: str, count: int, work: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    folders = [work / f"{kind}-{name}" for name in ("a", "b", "c")]
    for folder, seed in zip(folders, (1, 1, 2)):
        generate(kind, count, seed, folder)
    must(digest(folders[0]) == digest(folders[1]), f"the same seed gives other {kind}")
    must(digest(folders[0]) != digest(folders[2]), f"another seed gives the same {kind}")
    with (folders[0] / "truth.csv").open() as file:
        entity = {row["id"]: row["entity"] for row in csv.DictReader(file)}
    with (folders[0] / "records.csv").open(newline="") as file:
        return entity, list(csv.DictReader(file))


def check_transfers(entity: dict[str, str], rows: list[dict[str, str]]) -> None:
    """At most one record of each source; payments of one text and amount, so that only the day tells them apart."""
    sizes = Counter(Counter(entity.values()).values())
    must(max(sizes) == 2 and .05 < sizes[1] / sum(sizes.values()) < .15, f"transfers: {dict(sizes)}")
    alike = Counter((row["memo"], row["amount"]) for row in rows if row["source"] == "sent")
    hard = sum(count for count in alike.values() if count > 1)
    must(hard > .03 * len(rows), f"only {hard} transfers have one of the same text and amount")
    print(f"transfers: {sizes[1]} of {sum(sizes.values())} are known to one system, {hard} have another one of the same text and amount")


def check_duplicates(kind: str, entity: dict[str, str], rows: list[dict[str, str]]) -> None:
    count, sizes = len(rows), Counter(Counter(entity.values()).values())
    share = 1 - sum(sizes.values()) / count
    must(abs(share - DUPLICATES) < .01, f"{share:.3f} of the {kind} are duplicates")
    must(abs(sizes[1] / sum(sizes.values()) - (1 - DUPLICATES)) < .01 and max(sizes) > 3, f"the sizes of {kind} are not geometric: {dict(sizes)}")
    must(len({row["country"] for row in rows}) == len(SHARES) + 1, f"{kind}: not every country is there, or it is never missing")
    names = ("given_name", "family_name") if kind == "persons" else ("name",)
    same_name: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        same_name.setdefault(tuple(row[name] for name in names), set()).add(entity[row["id"]])
    namesakes = sum(len(entities) for entities in same_name.values() if len(entities) > 1)
    must(namesakes > .03 * count, f"only {namesakes} {kind} have a namesake")
    print(f"{kind}: {share:.3f} duplicates, sizes {dict(sorted(sizes.items()))}, {namesakes} of {count} have a namesake that is another one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", nargs="?", choices=KINDS)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if args.check:
        with tempfile.TemporaryDirectory() as work:
            for kind in KINDS:
                check(kind, 20_000, Path(work))
        return
    if args.kind is None or args.out is None:
        parser.error("what to generate and --out are needed")
    began = time.monotonic()
    generate(args.kind, args.count, args.seed, args.out)
    print(f"{args.count} {args.kind} in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
