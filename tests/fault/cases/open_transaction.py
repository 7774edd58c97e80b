"""Somebody's transaction stays open on the topic of positions, as a paused worker's does, while a worker dies and comes back: what is committed
behind the open one must not be overlooked."""
from confluent_kafka import Producer

from support.case import Case
from support.run import Run


def fault(run: Run) -> None:
    name = f"other/stream{run.counts['transaction left open']}"
    other = Producer({"bootstrap.servers": run.cluster.servers, "transactional.id": f"{run.prefix}.connector.{name}", "transaction.timeout.ms": 60000, "log_level": 2})
    other.init_transactions(60)
    other.begin_transaction()
    other.produce(f"{run.prefix}.internal.position", key=name, value='{"sequence":1,"position":null}', partition=0)
    other.flush(30)
    run.counts["transaction left open"] += 1
    run.wait(run.chance.uniform(1, 4))  # others commit
    worker = run.pick()
    run.kill(worker)
    worker.start()
    run.wait(run.chance.uniform(4, 8))
    other.abort_transaction(60)
    run.recover()


CASE = Case(fault, short=1)
