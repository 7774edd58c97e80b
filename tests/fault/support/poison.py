"""Rows that cannot be used, of many kinds. Each must become exactly one dead letter and take no other row with it."""
from __future__ import annotations

import json
import random


def _changed(row: dict, **fields: object) -> bytes:
    return json.dumps({**row, **fields}).encode()


def _twice(row: dict) -> bytes:
    return json.dumps(row).encode()[:-1] + b', "id": 1}'


JSON_KINDS = {
    "cut": lambda row: json.dumps(row).encode()[:-7],
    "a list": lambda row: json.dumps([row]).encode(),
    "a key twice": _twice,
    "half a surrogate": lambda row: json.dumps(row).encode()[:-1] + rb', "x": "\ud800"}',
    "not UTF-8": lambda row: json.dumps(row).encode()[:-1] + b', "x": "\xff\xfe"}',
    "a zero byte": lambda row: json.dumps(row).encode()[:-1] + b', "x": "\x00"}',
    "empty": lambda row: b"",
    "too long": lambda row: _changed(row, x="y" * 5000),
    "too deep": lambda row: json.dumps(row).encode()[:-1] + b', "x": ' + b"[" * 80 + b"]" * 80 + b"}",
    "text behind": lambda row: json.dumps(row).encode() + b" ;",
    "amount in words": lambda row: _changed(row, net="three"),
    "no such day": lambda row: _changed(row, day="2026-02-30"),
    "no such currency": lambda row: _changed(row, cur="ZZQ"),
    "no key": lambda row: _changed(row, id=None),
    "an object as amount": lambda row: _changed(row, net={"a": 1}),
}
JSON_KINDS_WITHOUT_AMOUNT = {kind: make for kind, make in JSON_KINDS.items() if "amount" not in kind}
# Of these nothing of the row is read, and so none of its other events, either.
UNREADABLE_JSON = {"cut", "a list", "a key twice", "half a surrogate", "not UTF-8", "a zero byte", "empty", "too long", "too deep", "text behind"}

CSV_KINDS = {
    "too few columns": lambda cells: ",".join(cells[:-2]).encode(),
    "too many columns": lambda cells: ",".join([*cells, "1", "2"]).encode(),
    "not UTF-8": lambda cells: ",".join(cells).encode() + b"\xff",
    "text behind a quote": lambda cells: (",".join(cells[:-1]) + ',"a"b').encode(),
    "too long": lambda cells: (",".join(cells) + "x" * 5000).encode(),
    "amount in words": lambda cells: ",".join([*cells[:4], "three", *cells[5:]]).encode(),
    "no such day": lambda cells: ",".join([*cells[:3], "2026-13-01", *cells[4:]]).encode(),
    "no such currency": lambda cells: ",".join([*cells[:5], "ZZQ", *cells[6:]]).encode(),
    "no key": lambda cells: ",".join(["", *cells[1:]]).encode(),
}

SQL_KINDS = {
    "amount in words": {"net": "three"},
    "no such day": {"day": "2026-02-30"},
    "no such currency": {"cur": "ZZQ"},
    "amount without currency": {"cur": None},
}


def pick(chance: random.Random, kinds: dict) -> str:
    return chance.choice(sorted(kinds))
