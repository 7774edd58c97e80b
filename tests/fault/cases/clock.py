"""A worker's clock is set an hour ahead or back, or ten minutes back, while it works (F11). What measures durations is not."""
from __future__ import annotations

import struct

from support.case import Case
from support.run import Run
from support.workers import Worker

JUMPS_S = (3600, -3600, -600, 0)


def set_clock(worker: Worker, seconds: int) -> None:
    """Of a running worker, too: it has the file's bytes in its memory."""
    with open(worker.folder / "clock", "r+b" if (worker.folder / "clock").exists() else "wb") as file:
        file.write(struct.pack("=q", seconds))


def prepare(run: Run) -> None:
    for worker in run.workers:
        set_clock(worker, 0)
        worker.set_environment(LD_PRELOAD=str(run.plan.binary.parent / "tests" / "fault" / "libshifted_clock.so"), CROSSBILL_SHIFTED_CLOCK=str(worker.folder / "clock"))


def fault(run: Run) -> None:
    worker = run.pick()
    set_clock(worker, run.chance.choice(JUMPS_S))
    run.counts["clock set"] += 1
    run.progress.fault()
    run.wait(run.chance.uniform(1, 6))
    if run.chance.random() < 0.3:
        run.kill(worker)
        set_clock(worker, 0)  # files have the kernel's times, which nobody shifts
        worker.start()
    run.recover()


CASE = Case(fault, short=3, prepare=prepare)
