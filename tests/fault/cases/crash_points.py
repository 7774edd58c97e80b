"""A worker dies at a named point of a transaction (F1): a request of it does not arrive, arrives when the successor is at work, or was done and its answer is lost."""
from support.case import Case
from support.run import Run

REQUESTS = ("AddPartitionsToTxn", "Produce", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn")
POINTS = [(request, moment) for request in REQUESTS for moment in ("lost", "late", "unanswered")]
REACHED_IN_S = 30


def told(run: Run, command: str) -> dict[str, int]:
    return {name: int(value) for name, _, value in (part.partition("=") for part in run.cluster.proxy.do(command).split()[1:])}


def reach(run: Run, request: str, moment: str) -> bool:
    """Until the request is held, or its answer thrown away."""
    how, done = ("drop", "dropped") if moment == "unanswered" else ("hold", "held")
    run.cluster.proxy.do(f"{how} {request}")
    return run.wait_for(lambda: told(run, f"count {request}")[done] > 0, REACHED_IN_S)


def fault(run: Run) -> None:
    proxy, worker = run.cluster.proxy, run.pick()
    request, moment = POINTS[sum(run.counts[f"{r} {m}"] for r, m in POINTS) % len(POINTS)]
    proxy.do("reset")
    if not reach(run, request, moment):
        run.findings.note("points that were not reached", [f"{request} {moment}"])
    run.counts[f"{request} {moment}"] += 1
    run.kill(worker)
    if moment == "lost":
        proxy.do("reset")
    worker.start()
    if moment == "late":
        run.wait(run.chance.uniform(0.2, 4))  # before, while and after the successor takes over
        proxy.do("release")
    run.breathe()


CASE = Case(fault, proxied=True, short=len(POINTS))
