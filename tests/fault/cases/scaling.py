"""One worker becomes three and one again, in order or by kill -9, again and again (F10)."""
from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    come = [run.spare(), run.spare()]
    for worker in come:
        worker.start()
        run.counts["worker joined"] += 1
        run.wait(run.chance.uniform(0, 6))
    if run.chance.random() < 0.3:
        worker = run.pick()
        run.kill(worker)
        worker.start()
    run.breathe(4)
    for worker in run.chance.sample([worker for worker in run.workers if worker.wanted], 2):
        if run.chance.random() < 0.5:
            run.kill(worker)
        elif (code := worker.ask_to_end()) == 0:
            run.counts["worker left"] += 1
            run.progress.fault()
        else:
            run.findings.note(f"worker {worker.number} ended with {code} when it was asked to", [worker.last_words()])
        run.wait(run.chance.uniform(0, 3))
    run.breathe(2)


CASE = Case(fault, spare_workers=2, short=2)
