"""A worker is paused (SIGSTOP) for longer than its session lasts and wakes while a successor does its work (F3)."""
import signal

from support.case import Case
from support.run import Run

PAUSE_S = (12, 16)  # the session of a worker lasts 10 s


def fault(run: Run) -> None:
    works, comes = run.pick(), run.spare()
    works.signal(signal.SIGSTOP)
    run.counts["worker paused"] += 1
    run.progress.fault()
    comes.start()
    run.wait(run.chance.uniform(*PAUSE_S))
    works.signal(signal.SIGCONT)
    run.wait(run.chance.uniform(0, 3))  # both are awake
    run.kill(works)  # and stays away
    run.recover()


CASE = Case(fault, spare_workers=1, short=2)
