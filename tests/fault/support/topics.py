"""Reads topics with Confluent's Python client: committed records only, and none of the program's own code."""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from support.codec import SOURCE_MESSAGES, UNIFIED_KINDS

PATIENCE_S = 120.0


class Record(NamedTuple):
    topic: str  # without the prefix: "source.order"
    partition: int
    offset: int
    key: str
    headers: dict[str, str]
    value: bytes | None
    time_ms: int = 0


PUBLISHED = tuple(f"source.{kind}" for kind in SOURCE_MESSAGES) + ("deadletter",)
UNIFIED = tuple(f"unified.{kind}" for kind in UNIFIED_KINDS)


def open_reader(servers: str, prefix: str, topics: tuple[str, ...], committed: bool = True, places: dict[tuple[str, int], int] | None = None) -> Consumer:
    """At the begin of all partitions of these topics, but for those of which `places` has the next offset."""
    consumer = Consumer({
        "bootstrap.servers": servers, "group.id": f"{prefix}-fault-oracle", "isolation.level": "read_committed" if committed else "read_uncommitted", "enable.auto.commit": False,
        "auto.offset.reset": "error", "enable.partition.eof": True, "reconnect.backoff.max.ms": 500, "log_level": 2,
    })  # fmt: skip
    partitions = partitions_of(consumer, [f"{prefix}.{topic}" for topic in topics])
    for partition in partitions:
        partition.offset = (places or {}).get((partition.topic, partition.partition), OFFSET_BEGINNING)
    consumer.assign(partitions)
    return consumer


def partitions_of(consumer: Consumer, topics: list[str]) -> list[TopicPartition]:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            found = consumer.list_topics(timeout=10).topics
            if all(topic in found for topic in topics):
                return [TopicPartition(topic, partition, OFFSET_BEGINNING) for topic in topics for partition in found[topic].partitions]
        except KafkaException:
            pass  # a broker that is just starting
        if time.monotonic() > until:
            raise TimeoutError(f"no topics {topics[0]} … after {PATIENCE_S:g} s")
        time.sleep(0.1)


def record_of(message, prefix: str) -> Record:
    headers = {name: value.decode() for name, value in message.headers() or []}
    return Record(message.topic()[len(prefix) + 1 :], message.partition(), message.offset(), message.key().decode(), headers, message.value(), message.timestamp()[1])


def read_all(servers: str, prefix: str, topics: tuple[str, ...] = PUBLISHED + UNIFIED, committed: bool = True) -> Iterator[Record]:
    """All that stands on these topics now, each partition in its order."""
    consumer = open_reader(servers, prefix, topics, committed)
    try:
        open_ends = {(partition.topic, partition.partition) for partition in consumer.assignment()}
        last = time.monotonic()
        while open_ends:
            for message in consumer.consume(1000, timeout=1):
                last = time.monotonic()
                if message.error() is None:
                    yield record_of(message, prefix)
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    open_ends.discard((message.topic(), message.partition()))
                elif not message.error().retriable():
                    raise KafkaException(message.error())
            if time.monotonic() - last > PATIENCE_S:
                raise TimeoutError(f"nothing came for {PATIENCE_S:g} s; not at their end: {sorted(open_ends)}")
    finally:
        consumer.close()
