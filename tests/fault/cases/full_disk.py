"""The disk with a worker's state is full for a while (F6)."""
import errno
import os
import subprocess
import tempfile

from support.case import Case
from support.run import Run
from support.workers import Worker

KIB = 96 << 10
KIB_AN_ORDER = 8  # twice what the state of one takes: the disk is full only when it is filled
NOTICED_IN_S = 60
WORDS = ("the disk is full",)


def _mount(folder: str, kib: int = KIB) -> subprocess.CompletedProcess:
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=700", "crossbill-fault", folder], capture_output=True, text=True)


def missing() -> str:
    with tempfile.TemporaryDirectory() as folder:
        if (tried := _mount(folder)).returncode != 0:
            return f"a small disk cannot be mounted: {tried.stderr.strip()}"
        subprocess.run(["umount", folder], check=True)
    return ""


def prepare(run: Run) -> None:
    for worker in run.workers:
        worker.state.mkdir()
        _mount(str(worker.state), KIB + KIB_AN_ORDER * run.plan.faults * run.plan.orders).check_returncode()


def cleanup(run: Run) -> None:
    for worker in run.workers:
        subprocess.run(["umount", "--lazy", str(worker.state)], check=True)


def fill(worker: Worker) -> None:
    """To the last byte."""
    with open(worker.state / "ballast", "ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def fault(run: Run) -> None:
    worker = run.pick()
    said, ended = worker.log.stat().st_size, len(worker.ends)
    fill(worker)
    run.counts["disk full"] += 1
    run.wait(run.chance.uniform(1, 10))  # what has its space already goes on
    run.kill(worker)
    worker.start()
    # What is in memory needs no disk for a while.
    if not run.wait_for(lambda: any(word in worker.log_from(said) for word in WORDS) or run.progress.wait_for_recovery(0), NOTICED_IN_S):
        run.findings.note("a full disk that nobody heard of, and nothing moves", [worker.last_words()])
    run.counts["disk full told"] += any(word in worker.log_from(said) for word in WORDS)
    run.wait(run.chance.uniform(0, 5))
    os.unlink(worker.state / "ballast")
    run.counts["ended for it"] += len(worker.ends) > ended
    run.progress.fault()
    run.recover()


CASE = Case(fault, short=1, allowed_ends=(*WORDS, "CB1003", "CB1302"), prepare=prepare, cleanup=cleanup, missing=missing)
