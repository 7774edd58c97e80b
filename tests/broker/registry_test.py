#!/usr/bin/env python3
"""The demonstration on Kafka with a schema registry, read by Confluent's own client.

    registry_test.py BINARY      (CROSSBILL_TEST_KAFKA, CROSSBILL_TEST_REGISTRY: see with-broker and with-registry)

What Confluent's deserializer makes of each record, with nothing but the registry's schemas, must be what `crossbill tap` prints; kcat must
read the keys and headers as they are. Prints a closing count; exits with 1 at the first difference.
"""
from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import attrs
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.schema_registry import RegisteredSchema, Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "crossbill"


def fail(text: str) -> None:
    sys.exit(f"registry_test: {text}")


def expect(left, right, what: str) -> None:
    if left != right:
        fail(f"{what} differ:\n  {left!r}\n  {right!r}")


def run(*words: str | Path, code: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run([str(w) for w in words], capture_output=True, timeout=120)
    if done.returncode != code:
        fail(f"{' '.join(map(str, words))} ended with {done.returncode}, not {code}:\n{done.stdout.decode()[-2000:]}{done.stderr.decode()[-2000:]}")
    return done


def make_config(folder: Path, servers: str, registry: str, more: str = "") -> Path:
    """The demonstration's configuration, with this broker and this registry."""
    demo = ROOT / "examples/demo"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("run", "*.py", "README.md"))
    for system in ("crm", "erp"):
        with sqlite3.connect(folder / f"data/{system}.sqlite") as database:
            database.executescript((folder / f"data/{system}.sql").read_text())
        database.close()
    with open(folder / "crossbill.yaml", "a", encoding="utf-8") as file:
        file.write(f'{more}bus:\n  kafka:\n    bootstrap.servers: "{servers}"\n    schema_registry: "{registry}"\n')
    return folder


def read_all(servers: str) -> dict[str, list]:
    """All records by topic without the prefix, as any reader of committed records sees them."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "registry-test", "enable.auto.commit": False, "log_level": 3,
                         "isolation.level": "read_committed", "enable.partition.eof": True, "auto.offset.reset": "earliest"})
    topics = {name: len(topic.partitions) for name, topic in consumer.list_topics(timeout=20).topics.items() if name.startswith(f"{PREFIX}.")}
    assigned = [TopicPartition(name, p, 0) for name, partitions in topics.items() for p in range(partitions)]
    consumer.assign(assigned)
    records, ended, silent = {name.removeprefix(f"{PREFIX}."): [] for name in topics}, set(), 0
    while len(ended) < len(assigned):
        record = consumer.poll(1.0)
        if record is None:
            silent += 1
            if silent > 30:
                fail("the topics cannot be read to their ends")
        elif record.error() is None:
            records[record.topic().removeprefix(f"{PREFIX}.")].append(record)
        elif record.error().name() == "_PARTITION_EOF":
            ended.add((record.topic(), record.partition()))
        else:
            raise KafkaException(record.error())
    consumer.close()
    return records


def tap(binary: Path, config: Path, topic: str) -> dict:
    lines = run(binary, "-C", config, "tap", topic, "--until-end", "-o", "json").stdout.decode().splitlines()
    rows = [json.loads(line) for line in lines]
    return {(row["partition"], row["offset"]): row for row in rows}


class Registry(SchemaRegistryClient):
    """Confluent's client. Its deserializer asks for descriptors (`format=serialized`), which this registry answers with the text, as others
    do; so the text is compiled here, by protoc, with what it refers to."""

    def __init__(self, address: str, folder: Path):
        super().__init__({"url": address})
        self.folder = folder
        self.known: dict[str, Schema] = {}

    def write(self, schema: Schema, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema.schema_str)
        for reference in schema.references:
            if not (self.folder / reference.name).exists():
                self.write(super().get_version(reference.subject, reference.version).schema, self.folder / reference.name)

    def compiled(self, schema: Schema, name: str) -> Schema:
        if name in self.known:
            return self.known[name]
        self.write(schema, self.folder / name)
        out = self.folder / "out.desc"
        run("protoc", f"-I{self.folder}", f"--descriptor_set_out={out}", name)
        file = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file[0]
        text = base64.standard_b64encode(file.SerializeToString()).decode()
        self.known[name] = Schema(text, schema.schema_type, schema.references)
        return self.known[name]

    def get_schema(self, schema_id, subject_name=None, fmt=None, reference_format=None) -> Schema:
        schema = super().get_schema(schema_id, subject_name)
        return self.compiled(schema, f"schema-{schema_id}.proto") if fmt == "serialized" else schema

    def get_version(self, subject_name, version="latest", deleted=False, fmt=None) -> RegisteredSchema:
        got = super().get_version(subject_name, version)
        return attrs.evolve(got, schema=self.compiled(got.schema, subject_name)) if fmt == "serialized" else got


def class_by_registry(registry: Registry, schema_id: int):
    """The class of the first message of a schema, made of nothing but what the registry holds."""
    name = f"schema-{schema_id}.proto"
    registry.write(registry.get_schema(schema_id), registry.folder / name)
    out = registry.folder / "all.desc"
    run("protoc", f"-I{registry.folder}", "--include_imports", f"--descriptor_set_out={out}", name)
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
    for file in files:
        pool.Add(file)
    first = files[-1].message_type[0].name
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{files[-1].package}.{first}"))


def check_topic(registry: Registry, topic: str, records: list, tapped: dict) -> tuple[int, int]:
    """Confluent's client against `tap`: how many values and tombstones there were."""
    expect({(r.partition(), r.offset()) for r in records}, set(tapped), f"the records of {topic}")
    latest = registry.get_latest_version(f"{PREFIX}.{topic}-value")
    expect(latest.version, 1, f"the versions of the schema of {topic}")
    if not records:
        return 0, 0
    deserialize = ProtobufDeserializer(class_by_registry(registry, latest.schema_id), {"use.deprecated.format": False}, registry)
    context = SerializationContext(f"{PREFIX}.{topic}", MessageField.VALUE)
    tombstones = 0
    for record in records:
        row = tapped[record.partition(), record.offset()]
        if record.value() is None:
            expect(row["value"], None, f"a tombstone of {topic}")
            tombstones += 1
            continue
        expect(record.value()[:6], b"\0" + latest.schema_id.to_bytes(4, "big") + b"\0", f"the frames of {topic}")
        message = deserialize(record.value(), context)
        expect(json_format.MessageToDict(message, preserving_proto_field_name=True), row["value"], f"values of {topic}")
        headers = {name: value.decode() for name, value in record.headers()}
        expect(headers, row["headers"], f"headers of {topic}")
        expect(headers["content-type"], "application/protobuf", f"the content type of {topic}")
        expect(headers["ce_specversion"], "1.0", f"the CloudEvents of {topic}")
    return len(records) - tombstones, tombstones


def check_kcat(servers: str, topic: str, tapped: dict) -> int:
    """kcat prints keys and headers as they are: text."""
    done = run("kcat", "-b", servers, "-X", "isolation.level=read_committed", "-t", f"{PREFIX}.{topic}", "-C", "-e", "-q", "-o", "beginning",
               "-f", "%p %o\t%k\t%h\n")
    seen = {}
    for line in done.stdout.decode("utf-8").splitlines():
        place, key, headers = line.split("\t")
        partition, offset = map(int, place.split())
        seen[partition, offset] = (key, headers)
    texts = {where: (row["key"], ",".join(f"{name}={value}" for name, value in row["headers"].items())) for where, row in tapped.items()}
    expect(seen, texts, f"kcat's and tap's keys and headers of {topic}")
    return len(seen)


def export(binary: Path, config: Path, folder: Path) -> dict[str, tuple[str, str]]:
    """The exported files, which protoc must compile; gives message and frame ("plain" or "confluent") by topic."""
    run(binary, "-C", config, "export", "proto", "--output", folder)
    run("protoc", f"-I{folder / 'proto'}", f"--descriptor_set_out={folder / 'again.desc'}",
        *sorted(str(p.relative_to(folder / "proto")) for p in (folder / "proto").rglob("*.proto")))
    rows = [line.split("\t") for line in (folder / "topics.tsv").read_text().splitlines()]
    return {topic.removeprefix(f"{PREFIX}."): (message, frame) for topic, message, frame in rows}


def check_exported(folder: Path, topics: dict[str, tuple[str, str]], records: dict[str, list]) -> int:
    """The exported descriptors decode the newest value of each topic."""
    count = 0
    for topic, (message, frame) in topics.items():
        values = [record.value() for record in records[topic] if record.value() is not None]
        if not values:
            continue
        value = values[-1][6 if frame == "confluent" else 0:]
        decoded = subprocess.run(["protoc", f"--descriptor_set_in={folder / 'crossbill.desc'}", f"--decode={message}"], input=value,
                                 capture_output=True, check=True, timeout=30).stdout.decode()
        if any(line.strip()[:1].isdigit() for line in decoded.splitlines()):
            fail(f"{topic}: a field that the exported descriptors do not know:\n{decoded}")
        count += 1
    return count


def check_refusal(binary: Path, work: Path, servers: str, address: str) -> None:
    """A schema that the registry calls incompatible stops the run, in the registry's own words."""
    def put(method: str, path: str, body: dict) -> None:
        request = urllib.request.Request(address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
        urllib.request.urlopen(request, timeout=20).read()

    other = 'syntax = "proto3"; package crossbill.v1; message Order { int64 source = 1; int64 name = 2; }'
    put("POST", "/subjects/other.source.order-value/versions", {"schemaType": "PROTOBUF", "schema": other})
    put("PUT", "/config/other.source.order-value", {"compatibility": "FULL"})
    config = make_config(work / "other", servers, address, "prefix: other\n")
    done = run(binary, "-C", config, "run", "--until-idle", "--quiet", "--as-of", "2026-10-31", code=1)
    if "CB1321" not in done.stderr.decode() or "other.source.order-value" not in done.stderr.decode():
        fail(f"an incompatible schema is not said: {done.stderr.decode()}")


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    servers = Path(os.environ["CROSSBILL_TEST_KAFKA"]).read_text().strip()
    address = os.environ["CROSSBILL_TEST_REGISTRY"]
    with tempfile.TemporaryDirectory(prefix="crossbill-registry-") as name:
        work = Path(name)
        (work / "schemas").mkdir()
        config = make_config(work / "demo", servers, address)
        for _ in range(2):  # the second finds its schemas
            run(binary, "-C", config, "run", "--until-idle", "--quiet", "--as-of", "2026-10-31")
        registry = Registry(address, work / "schemas")
        topics = export(binary, config, work / "exported")
        framed = [topic for topic, (_, frame) in topics.items() if frame == "confluent"]
        records = read_all(servers)
        tapped = {topic: tap(binary, config, topic) for topic in framed}
        values = tombstones = empty = 0
        for topic in framed:
            got = check_topic(registry, topic, records[topic], tapped[topic])
            values, tombstones, empty = values + got[0], tombstones + got[1], empty + (sum(got) == 0)
        if values < 100 or empty > len(framed) // 2:
            fail(f"only {values} values on {len(framed) - empty} topics: that proves little")
        for topic, (_, frame) in topics.items():
            expect(frame, "plain" if topic.startswith("internal.") else "confluent", f"the frames of {topic}")
            if frame == "plain" and any((record.value() or b"?").startswith(b"\0") for record in records[topic]):
                fail(f"{topic} has frames")
        keys = sum(check_kcat(servers, topic, tapped[topic]) for topic in ("source.party", "source.order", "unified.customer", "deadletter"))
        exported = check_exported(work / "exported", topics, records)
        check_refusal(binary, work, servers, address)
    print(f"{values} values and {tombstones} tombstones of {len(framed) - empty} topics decoded by Confluent's client as by tap; {keys} records' "
          f"keys and headers read by kcat; {exported} topics decoded by the exported descriptors")


if __name__ == "__main__":
    main()
