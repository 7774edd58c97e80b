"""A worker dies and its state folder with it; it is made anew from the broker."""
import shutil

from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    worker = run.pick()
    run.kill(worker)
    shutil.rmtree(worker.state)
    run.counts["state deleted"] += 1
    worker.start()
    run.breathe()


CASE = Case(fault, short=3)
