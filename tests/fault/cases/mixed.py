"""Faults of all kinds that one broker can have, in random order: the short form for every build."""
from cases import broker_kill, damaged_state, kill, lost_state, scaling, zombie
from support.case import Case
from support.run import Run

KINDS = (kill.fault, kill.fault, broker_kill.fault, scaling.fault, damaged_state.fault, zombie.fault, lost_state.fault)


def fault(run: Run) -> None:
    """Each kind once before any comes again."""
    if not run.bag:
        run.bag = run.chance.sample(KINDS, len(KINDS))
    run.bag.pop()(run)


CASE = Case(fault, spare_workers=2, short=len(KINDS))
