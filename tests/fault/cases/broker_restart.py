"""The only broker is stopped in order and started again (F2)."""
from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    run.progress.fault()
    run.cluster.stop(0)
    run.counts["broker restarted"] += 1
    run.wait(run.chance.uniform(0, 3))
    run.cluster.start(0)
    run.breathe(4)


CASE = Case(fault, short=2)
