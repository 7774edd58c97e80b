"""A committed reader that runs while the faults happen: it must never see an event twice, an unknown one, or an older one after a newer one."""
from __future__ import annotations

import threading
import time

from confluent_kafka import KafkaError

from support.codec import Codec
from support.ledger import Ledger
from support.oracle import DeadLetterCheck, EventCheck, Findings
from support.topics import PUBLISHED, Record, open_reader, record_of

REOPENS_S = 15  # at the same place: a partition of an open one may stand still for good after its broker came back


class Watcher(threading.Thread):
    def __init__(self, servers: str, prefix: str, ledger: Ledger, codec: Codec, may_repeat: frozenset[str] = frozenset()):
        super().__init__(name="watcher", daemon=True)
        self._servers = servers
        self._prefix = prefix
        self._ledger = ledger
        self.events = EventCheck(ledger, codec, may_repeat)
        self.letters = DeadLetterCheck(ledger, codec)
        self.records = 0
        self._places: dict[tuple[str, int], int] = {}  # the next offset of a partition
        self.last_error = "none"
        self._stop_asked = threading.Event()
        self._failure: Exception | None = None

    def run(self) -> None:
        try:
            while not self._stop_asked.is_set():
                self._read_for(REOPENS_S)
        except Exception as failure:  # told by finish(): a thread has nobody to tell
            self._failure = failure

    def _read_for(self, seconds: float) -> None:
        consumer = open_reader(self._servers, self._prefix, PUBLISHED, places=self._places)
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop_asked.is_set():
            for message in consumer.consume(500, timeout=0.2):
                if message.error() is None:
                    self.see(record_of(message, self._prefix))
                    self._places[message.topic(), message.partition()] = message.offset() + 1
                elif message.error().code() != KafkaError._PARTITION_EOF:  # it goes on by itself, or the end shows what is missing
                    self.last_error = str(message.error())
        consumer.close()

    def see(self, record: Record) -> None:
        self.records += 1
        if record.topic.startswith("source."):
            self.events.feed(record)
        elif record.topic == "deadletter":
            self.letters.feed(record)

    def has_all(self) -> bool:
        """Whether everything that the ledger has was seen; for when nothing is added to it any more."""
        return not self.waiting_streams() and len(self.letters.places) >= len(self._ledger.dead) and not self.events.lost()

    def waiting_streams(self) -> dict[str, int]:
        """Publications of which events are still to come: how many were seen. Raises what ended this thread."""
        if self._failure is not None:
            raise self._failure
        return {source: self.events.by_stream[source] for source, count in list(self._ledger.expected.items()) if self.events.by_stream[source] < count}

    def finish(self) -> None:
        self._stop_asked.set()
        self.join()
        if self._failure is not None:
            raise self._failure

    def findings(self) -> Findings:
        findings = Findings()
        doubled = self.letters.doubled()
        findings.note("events doubled, seen meanwhile", self.events.doubled)
        findings.note("events wrong, seen meanwhile", self.events.wrong)
        findings.note("dead letters doubled, seen meanwhile", doubled)
        findings.doubled += len(self.events.doubled) + len(doubled)
        return findings
