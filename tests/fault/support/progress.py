"""Where the work stands, by what is committed on the broker; and how long it takes after a fault until everything moves again.

Recovered: every stream with rows to read has published, and every partition with records for a group of tasks to read has committed, since the
fault. A stream or partition that is seen with nothing to do does not count any more.
"""
from __future__ import annotations

import threading
import time

from confluent_kafka import Consumer, IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from support.watcher import Watcher

GROUPS = ("transforms", "identity")  # of all stages but identity, and of that
SAMPLE_S = 0.2
ANSWER_S = 2.0
RENEW_S = 5.0


class Progress(threading.Thread):
    def __init__(self, servers: str, prefix: str, watcher: Watcher):
        super().__init__(name="progress", daemon=True)
        self._connection = {"bootstrap.servers": servers, "log_level": 2, "reconnect.backoff.max.ms": 500}
        self._admin = AdminClient(self._connection)
        # Not the AdminClient: librdkafka's crashes when a group's coordinator is moving (its issue 5040).
        self._groups = {group: Consumer({**self._connection, "group.id": f"{prefix}.{group}", "isolation.level": "read_uncommitted"}) for group in GROUPS}
        self._partitions: list[TopicPartition] = []
        self._prefix = prefix
        self._watcher = watcher
        self._condition = threading.Condition()
        self._committed: dict[tuple, int] = {}
        self._lag: dict[tuple, int] = {}
        self._sampled_at = 0.0
        self._since = 0.0  # of the fault that is being recovered from
        self._had_work = False
        self._stalled: set | None = None  # what has not moved since; nothing: no fault is being recovered from
        self._at_fault: dict = {}
        self._streams_at_fault: dict[str, int] = {}
        self._stop_asked = threading.Event()
        self._wants_open = False
        self._open = False
        self.recoveries: list[float] = []
        self.backwards: list[str] = []

    def run(self) -> None:
        answered_at = time.monotonic()
        while not self._stop_asked.wait(SAMPLE_S):
            began = time.monotonic()
            try:
                committed = self._ask_committed()
                partitions = list({partition for _, partition in committed})
                ends = self._ask_ends(partitions, IsolationLevel.READ_COMMITTED)
                self._ask_open(partitions, ends)
            except KafkaException:
                # A broker is away: nothing is known, nothing has moved. One that was idle meanwhile may not find it again.
                if time.monotonic() - answered_at > RENEW_S:
                    self._admin, answered_at = AdminClient(self._connection), time.monotonic()
                continue
            answered_at = time.monotonic()
            self._take(began, committed, ends)

    def _ask_committed(self) -> dict[tuple, int]:
        if not self._partitions:
            topics = self._admin.list_topics(timeout=ANSWER_S).topics
            self._partitions = [TopicPartition(topic, partition) for topic in topics if topic.startswith(f"{self._prefix}.") for partition in topics[topic].partitions]
        return {
            (name, (partition.topic, partition.partition)): partition.offset
            for name, group in self._groups.items()
            for partition in group.committed(self._partitions, timeout=ANSWER_S)
            if partition.error is None and partition.offset >= 0
        }

    def _ask_open(self, partitions: list[tuple[str, int]], ends: dict) -> None:
        """Only when somebody wants to know: it is another question."""
        if self._wants_open:
            all_ends = self._ask_ends(partitions, IsolationLevel.READ_UNCOMMITTED)
            self._open = any(all_ends[partition] > ends[partition] for partition in partitions)

    def _ask_ends(self, partitions: list[tuple[str, int]], isolation: IsolationLevel) -> dict[tuple[str, int], int]:
        if not partitions:
            return {}
        wanted = {TopicPartition(*partition): OffsetSpec.latest() for partition in partitions}
        answers = self._admin.list_offsets(wanted, isolation_level=isolation, request_timeout=ANSWER_S)
        return {(partition.topic, partition.partition): answer.result().offset for partition, answer in answers.items()}

    def _take(self, began: float, committed: dict, ends: dict) -> None:
        with self._condition:
            for place, offset in committed.items():
                if offset < self._committed.get(place, 0):
                    self.backwards.append(f"{place}: committed {self._committed[place]}, later {offset}")
            self._committed = committed
            self._lag = {place: max(0, ends.get(place[1], 0) - offset) for place, offset in committed.items()}
            self._sampled_at = began
            if self._stalled is not None and began > self._since:
                self._look_for_recovery(time.monotonic())
            self._condition.notify_all()

    def _look_for_recovery(self, now: float) -> None:
        waiting = self._watcher.waiting_streams()
        still = {place for place in self._stalled if place in self._at_fault and self._lag.get(place, 1) > 0 and self._committed.get(place, 0) <= self._at_fault[place]}
        still |= {source for source in self._stalled if source in self._streams_at_fault and source in waiting and waiting[source] <= self._streams_at_fault[source]}
        self._stalled = still
        if not still:
            if self._had_work:
                self.recoveries.append(now - self._since)
            self._stalled = None
        self._had_work = True  # else the first sample had shown that there is nothing to recover

    def fault(self) -> None:
        """Something was killed just now. A recovery that is under way is not counted any more."""
        with self._condition:
            self._since = time.monotonic()
            self._had_work = False
            self._at_fault = dict(self._committed)
            self._streams_at_fault = dict(self._watcher.events.by_stream)
            self._stalled = set(self._at_fault) | set(self._watcher.waiting_streams())
            for source in self._stalled:
                if isinstance(source, str):
                    self._streams_at_fault.setdefault(source, 0)

    def wait_for_recovery(self, seconds: float) -> bool:
        with self._condition:
            return self._condition.wait_for(lambda: self._stalled is None, timeout=seconds)

    def stalled(self) -> list[str]:
        """What has not moved since the fault, for messages."""
        with self._condition:
            return sorted(str(place) for place in self._stalled or ())

    def lag(self) -> dict[str, int]:
        """Of each group, from a sample that began after this call."""
        asked = time.monotonic()
        with self._condition:
            if not self._condition.wait_for(lambda: self._sampled_at > asked, timeout=30):
                raise TimeoutError("the broker does not say how far the groups are")
            lag = dict.fromkeys(GROUPS, 0)
            for (group, _), behind in self._lag.items():
                lag[group] += behind
            return lag

    def sees_open_transaction(self) -> bool:
        """Whether a partition has records behind its last stable offset, as the last sample saw it."""
        self._wants_open = True
        return self._open

    def finish(self) -> None:
        self._stop_asked.set()
        self.join()
        for group in self._groups.values():
            group.close()
