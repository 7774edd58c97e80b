"""kill -9 of the only broker, and its restart (F2); now and then a worker dies meanwhile."""
from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    run.progress.fault()
    run.cluster.kill(0)
    run.counts["broker killed"] += 1
    if run.chance.random() < 0.3:
        worker = run.pick()
        run.kill(worker)
        worker.start()
    run.wait(run.chance.uniform(0, 2))
    run.cluster.start(0)
    run.breathe(4)


CASE = Case(fault, short=2)
