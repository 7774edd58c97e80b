"""Three brokers, killed and started again one after the other; now and then a worker dies meanwhile (F2)."""
from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    broker = run.counts["broker killed"] % 3
    run.progress.fault()
    run.cluster.kill(broker)
    run.counts["broker killed"] += 1
    run.wait(run.chance.uniform(0, 3))
    if run.chance.random() < 0.3:
        worker = run.pick()
        run.kill(worker)
        worker.start()
    run.cluster.start(broker)
    run.recover()
    run.wait(run.chance.uniform(0, 2))


CASE = Case(fault, brokers=3, short=2)
