"""The network between the workers and the broker is slow, cut or silent for 2 to 20 seconds (F5); now and then a worker dies meanwhile."""
from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    proxy = run.cluster.proxy
    kind = run.chance.choice(("slow", "cut", "silent"))
    seconds = run.chance.uniform(2, 20)
    run.progress.fault()
    proxy.do({"slow": f"delay {run.chance.randint(50, 500)}", "cut": "cut", "silent": "freeze"}[kind])
    run.counts[f"network {kind}"] += 1
    run.wait(seconds / 2)
    if run.chance.random() < 0.3:
        worker = run.pick()
        run.kill(worker)
        worker.start()
    run.wait(seconds / 2)
    proxy.do("heal")
    run.progress.fault()  # recovery counts from when the network is well again
    run.breathe()


CASE = Case(fault, proxied=True, short=1)
