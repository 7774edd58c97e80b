"""A worker dies and files of its state folder are damaged: bytes changed, cut off, or gone."""
from pathlib import Path

from support.case import Case
from support.run import Run


def damage(run: Run, folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 0)
    for path in run.chance.sample(files, min(len(files), run.chance.randint(1, 3))):
        size = path.stat().st_size
        how = run.chance.choice(("changed", "cut", "gone"))
        if how == "gone":
            path.unlink()
        elif how == "cut":
            with open(path, "r+b") as file:
                file.truncate(run.chance.randrange(size))
        else:
            at = run.chance.randrange(size)
            with open(path, "r+b") as file:
                file.seek(at)
                file.write(run.chance.randbytes(min(64, size - at)))
        run.counts[f"state file {how}"] += 1


def fault(run: Run) -> None:
    worker = run.pick()
    run.kill(worker)
    damage(run, worker.state)
    worker.start()
    run.breathe()


CASE = Case(fault, short=4)
