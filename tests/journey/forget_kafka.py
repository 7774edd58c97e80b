#!/usr/bin/env python3
"""A person is forgotten on a Kafka broker that cleans up at once: their bytes are gone from its log files as well as from the process's own, and the sources cannot
bring them back.

    CROSSBILL_TEST_BROKER_SETTINGS="$(tests/journey/forget_kafka.py --broker-settings)" tests/broker/with-broker tests/journey/forget_kafka.py CROSSBILL
"""
from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from forget import PERSON, Project
from support import must, until

# A segment for each batch, and a cleaner that looks for work all the time: what a company's broker does within days.
BROKER_SETTINGS = {
    "log.roll.ms": 1,
    "log.cleaner.backoff.ms": 200,
    "log.cleaner.min.cleanable.ratio": 0.001,
    "log.cleaner.delete.retention.ms": 1,
    "log.retention.check.interval.ms": 500,
    "log.segment.delete.delay.ms": 100,
    "log.initial.task.delay.ms": 500,
}


class KafkaProject(Project):
    def __init__(self, binary: Path, folder: Path, bootstrap: str, log: Path) -> None:
        # Bytes that are compressed could not be looked for in the broker's files.
        super().__init__(binary, folder, f'bus: {{kafka: {{bootstrap.servers: "{bootstrap}", compression.type: none}}}}\n')
        self.log = log
        self.kept = [folder / "state", log]

    # A broker's indexes are large and hold offsets alone. A file may go while it is looked at.
    def bytes_of(self, path: Path) -> bytes:
        try:
            return b"" if path.suffix in (".index", ".timeindex") else path.read_bytes()
        except FileNotFoundError:
            return b""


def forgotten_on_the_broker(project: KafkaProject) -> None:
    project.run()
    name = project.customer_of(PERSON[0])
    must({project.customer_of(record) for record in PERSON} == {name}, "three systems' records are one customer")
    in_the_log = [file for file in project.files_that_tell() if file.startswith(project.log.name)]
    must(len(in_the_log) > 5, f"before, the broker's files have bytes of the person: {in_the_log}")
    others = project.others()

    project.call("forget", name, "--yes", "--reason", "Art. 17, letter of 9 March", "--by", "D. Officer")
    must(project.others() == others, "others are as they were")
    life_goes_on(project)
    until(lambda: project.files_that_tell() == [], "the broker cleans up", lambda: str(project.files_that_tell()))
    project.must_be_forgotten("after it")
    audit = json.loads(project.call("forget", "--list", "-o", "json"))
    must(audit["records"] == 4 and audit["documents"] == 3 and audit["dead_letters"] == 1, f"the audit entry counts: {audit}")

    for stream in ("crm/clients", "shop/orders", "finance/debtors", "finance/receipts"):
        project.call("offsets", "reset", stream)
    project.run()
    project.must_be_forgotten("when the sources are read anew")
    must("shop/orders/W1" in project.records("orders"), "the order stays")


def life_goes_on(project: KafkaProject) -> None:
    """A segment is only closed, and cleaned, when a later record comes to its partition."""
    numbers = range(100, 160)
    project.write("clients_2.csv", "id,name,email,phone,street,city,tax\n" + "".join(f"{n},Firm {n} Ltd,office@firm{n}.example,,Lane {n},Leeds,\n" for n in numbers), age=100)
    project.write("shop_2.csv", "id,day,name,email,phone,street,city,gross\n" + "".join(f"W{n},2026-03-01,Firm {n} Ltd,office@firm{n}.example,,Lane {n},Leeds,{n}.00\n" for n in numbers), age=100)
    project.run()


def main() -> None:
    if sys.argv[1] == "--broker-settings":
        print(*(f"{key}={value}" for key, value in BROKER_SETTINGS.items()))
        return
    address = Path(os.environ["CROSSBILL_TEST_KAFKA"])
    folder = Path(tempfile.mkdtemp(prefix="crossbill-forget-"))
    try:
        forgotten_on_the_broker(KafkaProject(Path(sys.argv[1]).resolve(), folder / "project", address.read_text().strip(), address.parent))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("forgotten on the broker, and stays so")


if __name__ == "__main__":
    main()
