"""What is kept of a run with findings: all records of the topics that matter, as a reader of everything and a committed one see them."""
from __future__ import annotations

import json
from pathlib import Path

from support.topics import PUBLISHED, UNIFIED, read_all

POSITIONS = ("internal.position",)


def keep_records(servers: str, prefix: str, path: Path) -> None:
    """A JSON line for each record. Values only of positions, which are text."""
    topics = PUBLISHED + UNIFIED + POSITIONS
    committed = {(record.topic, record.partition, record.offset) for record in read_all(servers, prefix, topics)}
    with open(path, "w", encoding="utf-8") as file:
        for record in read_all(servers, prefix, topics, committed=False):
            line = record._asdict()
            line["value"] = record.value.decode() if record.topic in POSITIONS and record.value else None
            line["committed"] = (record.topic, record.partition, record.offset) in committed
            file.write(json.dumps(line) + "\n")
