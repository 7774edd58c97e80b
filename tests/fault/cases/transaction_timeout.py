"""A worker is paused (SIGSTOP) within a transaction until the broker gives that up, and goes on (F3)."""
import signal

from support.case import Case
from support.run import Run

TIMEOUT_S = 4


def fault(run: Run) -> None:
    worker = run.pick()
    run.progress.fault()
    worker.signal(signal.SIGSTOP)
    if run.wait_for(run.progress.sees_open_transaction, 2):
        run.counts["transaction timed out"] += 1
        run.wait_for(lambda: not run.progress.sees_open_transaction(), 4 * TIMEOUT_S)
        run.wait(run.chance.uniform(0, 2))
    worker.signal(signal.SIGCONT)
    run.breathe()


CASE = Case(
    fault, short=2, properties={"transaction.timeout.ms": str(TIMEOUT_S * 1000)},
    broker_options=("--set", "transaction.abort.timed.out.transaction.cleanup.interval.ms=1000"),
)  # fmt: skip
