"""What a case is: a schedule of faults and what it needs."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.run import Run


def _nothing(_: Run) -> None:
    pass


@dataclass(frozen=True)
class Case:
    fault: Callable[[Run], None]  # one round of them
    brokers: int = 1
    proxied: bool = False  # the workers come to the broker through a proxy
    workers: int = 1  # at least; those that are to share the work
    spare_workers: int = 0  # further ones, which the schedule starts
    short: int = 6  # rounds in the short form
    bad_share: float = 0.01  # of rows that cannot be used
    properties: dict[str, str] = field(default_factory=dict)  # librdkafka's, for the workers
    broker_options: tuple[str, ...] = ()  # of deploy/kafka/start; such a case has brokers of its own
    allowed_ends: tuple[str, ...] = ()  # what a worker may say when it ends by itself
    may_repeat: frozenset[str] = frozenset()  # publications that may give an event again, with its old id
    prepare: Callable[[Run], None] = _nothing  # before the first worker starts
    cleanup: Callable[[Run], None] = _nothing  # always
    missing: Callable[[], str] = lambda: ""  # why the case cannot be run here
