"""All sources are read again from their beginning, and workers die meanwhile (F12): what is repeated has its old id, and changes nothing."""
import os

from support.case import Case
from support.run import Run

STREAMS = ("shop/orders", "shop/parcels", "erp/customers", "erp/orders", "erp/invoices", "finance/debtors", "finance/payments")


def fault(run: Run) -> None:
    run.breathe()
    working = [worker for worker in run.workers if worker.wanted]
    for worker in working:
        worker.ask_to_end()
    for stream in STREAMS:
        working[0].program("offsets", "reset", stream)
    for path in run.data.rglob("*.*"):
        os.utime(path)
    run.counts["all read again"] += 1
    for worker in working:
        worker.start()
    for _ in range(run.chance.randint(1, 3)):
        run.wait(run.chance.uniform(0.5, 4))
        worker = run.pick()
        run.kill(worker)
        worker.start()


# Files of which each row is new are published again; what is compared with what was published before is not.
CASE = Case(fault, short=1, may_repeat=frozenset({"shop/orders", "shop/parcels", "finance/payments"}))
