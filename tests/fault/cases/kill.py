"""kill -9 of workers at random moments (F1)."""
from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    worker = run.pick()
    run.kill(worker)
    worker.start()
    run.breathe()


CASE = Case(fault, short=6)
