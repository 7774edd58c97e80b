"""One run of a case: a company whose business goes on, workers, a watcher, faults by the case's schedule, and the oracle at the end."""
from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from support.cluster import Cluster
from support.codec import Codec
from support.company import Company
from support.progress import Progress
from support.oracle import Findings, Oracle
from support.topics import read_all
from support.undisturbed import compare_with_undisturbed
from support.watcher import Watcher
from support.workers import Worker, run_until_idle

RECOVERS_IN_S = 120.0  # or it is a finding
STANDS_STILL_S = 120.0  # at the end, with work to do: a finding
WAVES = 4  # a round
WAVE_EVERY_S = 0.8
TICK_S = 0.05


@dataclass
class Plan:
    """What a run is to be."""

    binary: Path
    folder: Path
    seed: int
    faults: int
    orders: int  # a fault
    workers: int  # all that there are
    sharing: int  # those that are started at the beginning
    bad_share: float
    properties: dict[str, str]
    allowed_ends: tuple[str, ...]  # words of workers that may end by themselves
    may_repeat: frozenset[str]  # publications that may give an event again, with its old id


class Run:
    def __init__(self, plan: Plan, cluster: Cluster, codec: Codec, prefix: str):
        self.plan = plan
        self.cluster = cluster
        self.chance = random.Random(f"schedule {plan.seed}")
        self.counts: Counter = Counter()  # faults by their kind
        self.bag: list[Callable] = []  # of kinds that are still to come
        self.findings = Findings()
        self.prefix = prefix
        self._codec = codec
        self.data = plan.folder / "data"
        self.data.mkdir(parents=True)
        self.company = Company(self.data, plan.seed, plan.faults * plan.orders, plan.faults * WAVES, plan.bad_share)
        bus = {"bootstrap.servers": cluster.workers_servers, "reconnect.backoff.max.ms": "1000", **plan.properties}
        self.workers = [Worker(number, plan.binary, plan.folder / f"worker{number}", self.data, bus, prefix) for number in range(plan.workers)]
        self.watcher = Watcher(cluster.servers, prefix, self.company.ledger, codec, plan.may_repeat)
        self.progress = Progress(cluster.servers, prefix, self.watcher)
        self._began = time.monotonic()
        self._last_wave = self._began
        self._spares: list[Worker] = []
        self._allowed_waves = 0

    # ---- what cases are made of ----

    def start(self) -> None:
        self._write_wave()
        for worker in self.workers[: self.plan.sharing]:
            worker.start()
        self.watcher.start()
        self.progress.start()
        if not self.wait_for(lambda: self.watcher.records > 0, RECOVERS_IN_S):
            there = sum(1 for _ in read_all(self.cluster.servers, self.prefix))
            raise RuntimeError(f"nothing was seen in {RECOVERS_IN_S:g} s: {there} records there, the watcher's last error: {self.watcher.last_error}; {self.workers[0].last_words()}")

    def rounds(self) -> Iterator[int]:
        """One for each fault of the plan; the business goes on meanwhile."""
        for number in range(self.plan.faults):
            self._allowed_waves = WAVES * (number + 1)
            self._write_wave()  # so that there is something to do
            self.wait(self.chance.uniform(0, 1.2))
            yield number
            while self.company.written < self._allowed_waves:
                self._write_wave()

    def _write_wave(self) -> None:
        self.company.write_wave()
        self._last_wave = time.monotonic()

    def _go_on(self) -> None:
        """What happens beside the faults: business, and workers that ended by themselves are started again."""
        if self.company.written < self._allowed_waves and time.monotonic() - self._last_wave > WAVE_EVERY_S:
            self._write_wave()
        for worker in self.workers:
            worker.look_after()

    def kill(self, worker: Worker) -> None:
        if worker.kill():
            self.counts["worker killed"] += 1
            self.progress.fault()

    def pick(self) -> Worker:
        """One of those that work."""
        return self.chance.choice([worker for worker in self.workers if worker.wanted])

    def spare(self) -> Worker:
        """One that does not work; another one the next time."""
        self._spares = [worker for worker in self._spares if not worker.wanted] or [worker for worker in self.workers if not worker.wanted]
        return self._spares.pop(0)

    def wait(self, seconds: float) -> None:
        self.wait_for(lambda: False, seconds)

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                return False
            self._go_on()
            time.sleep(TICK_S)
        return True

    def recover(self) -> None:
        """Until everything moves again."""
        if not self.wait_for(lambda: self.progress.wait_for_recovery(0), RECOVERS_IN_S):
            self.findings.note(f"parts that did not move for {RECOVERS_IN_S:g} s after a fault", self.progress.stalled())

    def breathe(self, longest: float = 2.0) -> None:
        """Before the next fault: mostly until the last one is over, now and then right into its recovery."""
        if self.chance.random() < 0.7:
            self.recover()
            self.wait(self.chance.uniform(0, longest))
        else:
            self.wait(self.chance.uniform(0.02, longest))

    # ---- the end ----

    def finish(self) -> Findings:
        while not self.company.done:
            self.company.write_wave()
        if not any(worker.wanted for worker in self.workers):
            self.workers[0].start()
        self._wait_for_the_end()
        for worker in self.workers:
            worker.signal(signal.SIGCONT)
            if (code := worker.ask_to_end()) != 0:
                self.findings.note(f"worker {worker.number} ended with {code} when it was asked to", [worker.last_words()])
        self.progress.finish()
        run_until_idle(self.plan.binary, self.workers[0].config, self.data, self.plan.folder / "last-run.log")
        self._check()
        return self.findings

    def _wait_for_the_end(self) -> None:
        """Until everything is published and nothing lags; ended by a finding when it does not go on."""
        state, since = None, time.monotonic()
        while True:
            self.wait(0.5)
            lag = self.progress.lag()
            if self.watcher.has_all() and not any(lag.values()):
                return
            now = (self.watcher.records, tuple(lag.values()))
            if now != state:
                state, since = now, time.monotonic()
            if time.monotonic() - since > STANDS_STILL_S:
                self.findings.note(f"things stood still for {STANDS_STILL_S:g} s at the end", [f"lag {lag}", f"events to come of {self.watcher.waiting_streams()}", *(worker.last_words() for worker in self.workers)])
                return

    def _check(self) -> None:
        oracle = Oracle(self.company.ledger, self._codec, self.plan.may_repeat)
        for record in read_all(self.cluster.servers, self.prefix):
            oracle.feed(record)
        self.wait_for(lambda: len(self.watcher.events.ids) >= len(oracle.events.ids), 30)
        self.watcher.finish()
        at_end, meanwhile = oracle.findings(), self.watcher.findings()
        meanwhile.doubled = max(0, meanwhile.doubled - at_end.doubled)  # the same ones, as a rule
        self.findings.add(at_end)
        self.findings.add(meanwhile)
        self.findings.note("events that the reader meanwhile and the one at the end do not both have", sorted(set(oracle.events.ids) ^ set(self.watcher.events.ids)))
        self.findings.note("committed offsets that went back", self.progress.backwards)
        self.findings.note("workers that ended by themselves", [f"worker {end.worker} with {end.code}: {end.last_words}" for worker in self.workers for end in worker.ends if not any(word in end.last_words for word in self.plan.allowed_ends)])
        compare_with_undisturbed(self.findings, self.plan.binary, self.plan.folder / "undisturbed", self.data, self.workers[0].config, self.company.ledger, oracle.events)

    def close(self) -> None:
        for worker in self.workers:
            worker.signal(signal.SIGCONT)
            worker.kill()

    def result(self) -> dict:
        recoveries = sorted(self.progress.recoveries)
        return {
            "seed": self.plan.seed, "workers": self.plan.workers, "documents": self.company.ledger.documents(), "dead_letters": len(self.company.ledger.dead),
            "faults": dict(self.counts), "lost": self.findings.lost, "doubled": self.findings.doubled, "findings": len(self.findings.texts),
            "recoveries": len(recoveries), "recovery_p50_s": percentile(recoveries, 50), "recovery_p99_s": percentile(recoveries, 99),
            "ended_by_themselves": sum(len(worker.ends) for worker in self.workers), "seconds": round(time.monotonic() - self._began),
        }  # fmt: skip


def percentile(ordered: list[float], which: int) -> float | None:
    """Nearest rank; nothing of nothing."""
    return round(ordered[max(0, -(-len(ordered) * which // 100) - 1)], 2) if ordered else None
