#!/usr/bin/env python3
"""Faults against real brokers, with a ledger as oracle: nothing lost, nothing doubled. See README.md.

    suite.py [CASE ...] [--seed S] [--kills N] [--minutes M] [--workers N] [--results FILE]
    suite.py --list | --self-test | --sum FILE

Without a case all of them run. The seed is printed; the same seed gives the same business and the same schedule. With --minutes the cases are
repeated with the next seeds until so many minutes are over. Exits with 1 when anything was found; what then is kept is named.
"""
from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import pkgutil
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
if importlib.util.find_spec("confluent_kafka") is None:
    setup = subprocess.run([REPOSITORY / "tools" / "setup-python-tools", Path(__file__).with_name("requirements.txt")], stdout=subprocess.PIPE, text=True)
    if setup.returncode != 0 or setup.stdout.strip() == sys.executable:
        print("skipped: Confluent's Python client cannot be installed")
        sys.exit(77)
    os.execv(setup.stdout.strip(), [setup.stdout.strip(), *sys.argv])

import cases
from support.case import Case
from support.cluster import Cluster
from support.codec import Codec
from support.evidence import keep_records
from support.report import print_sum
from support.run import Plan, Run
from support.self_test import DAMAGES, self_test


def all_cases() -> dict[str, Case]:
    return {name: importlib.import_module(f"cases.{name}").CASE for _, name, _ in pkgutil.iter_modules(cases.__path__)}


def about(name: str) -> str:
    return (sys.modules[f"cases.{name}"].__doc__ or "").strip().splitlines()[0]


class Suite:
    def __init__(self, arguments: argparse.Namespace, work: Path):
        self._arguments = arguments
        self._work = work
        self._clusters: dict[tuple, Cluster] = {}
        (work / "protos").mkdir()
        self._codec = Codec(work / "protos")

    def self_test(self, seed: int) -> int:
        unnoticed = self_test(self._codec, seed)
        print("\n".join(unnoticed) or f"{len(DAMAGES)} damages, all noticed")
        shutil.rmtree(self._work)
        return 1 if unnoticed else 0

    def keep(self, run: Run) -> None:
        """What the broker knows, for whoever looks for the cause."""
        run.cluster.copy_logs(run.plan.folder)
        try:
            keep_records(run.cluster.servers, run.prefix, run.plan.folder / "records.jsonl")
        except Exception as failure:  # the finding is told anyway
            print(f"  the records cannot be kept: {failure}")

    def cluster(self, case: Case) -> Cluster:
        """One at a time: brokers take memory. The next case with the same needs finds it running."""
        needs = (case.brokers, case.broker_options, case.proxied)
        if needs not in self._clusters:
            self.stop_clusters()
            self._clusters[needs] = Cluster(self._work / f"kafka-{time.monotonic_ns()}", *needs)
        return self._clusters[needs]

    def stop_clusters(self) -> None:
        for cluster in self._clusters.values():
            cluster.delete()
        self._clusters.clear()

    def run(self, name: str, case: Case, seed: int) -> dict:
        plan = Plan(
            binary=self._arguments.binary, folder=self._work / f"{name}-{seed}", seed=seed, faults=self._arguments.kills or case.short,
            orders=self._arguments.orders, workers=max(case.workers, self._arguments.workers) + case.spare_workers, sharing=max(case.workers, self._arguments.workers),
            bad_share=case.bad_share, properties=case.properties, allowed_ends=case.allowed_ends, may_repeat=case.may_repeat,
        )  # fmt: skip
        run = Run(plan, self.cluster(case), self._codec, f"{name}-{seed}-{os.getpid()}".replace("_", "-"))
        try:
            case.prepare(run)
            run.start()
            for _ in run.rounds():
                case.fault(run)
            run.finish()
        except Exception:  # the run is over, not the suite; what happened is a finding
            run.findings.note("the run did not come to its end", [traceback.format_exc()])
        finally:
            run.close()
            case.cleanup(run)
        for text in run.findings.texts:
            print(f"{name}, seed {seed}: {text}")
        result = {"case": name, **run.result()}
        if run.findings.texts:
            self.keep(run)
            print(f"  kept: {plan.folder}")
        else:
            shutil.rmtree(plan.folder)
        return result


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--binary", type=Path, default=REPOSITORY / "build" / "crossbill")
    parser.add_argument("--seed", type=int, help="of the first run; default: a random one")
    parser.add_argument("--kills", type=int, help="rounds of faults in each run; default: the case's short form")
    parser.add_argument("--minutes", type=float, default=0, help="repeat for so long")
    parser.add_argument("--workers", type=int, default=1, help="that share the work, at least")
    parser.add_argument("--orders", type=int, default=300, help="of the company, for each round; about 3.5 documents each")
    parser.add_argument("--results", type=Path, help="a JSON line for each run is added to this file")
    parser.add_argument("--work", type=Path, help="where the run's folders are made")
    parser.add_argument("--list", action="store_true", help="the cases")
    parser.add_argument("--self-test", action="store_true", help="whether the oracle finds what is wrong; needs no broker")
    parser.add_argument("--sum", type=Path, metavar="FILE", help="what stands in a file of results, summed up")
    return parser.parse_args()


def main() -> int:
    arguments = parse()
    found = all_cases()
    if arguments.list:
        print("\n".join(f"{name:16} {about(name)}" for name in found))
        return 0
    if arguments.sum:
        return print_sum(arguments.sum)
    if unknown := [name for name in arguments.cases if name not in found]:
        sys.exit(f"no case {', '.join(unknown)}: {', '.join(found)}")
    arguments.binary = arguments.binary.resolve()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1_000_000)
    chosen = arguments.cases or sorted(found, key=lambda name: (found[name].brokers, found[name].broker_options, found[name].proxied, name))
    if lacking := [tool for tool in ("java", "mvn", "protoc") if shutil.which(tool) is None]:
        print(f"skipped: no {', '.join(lacking)} (tools/install-deps test installs it)")
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the brokers are stopped
    work = Path(tempfile.mkdtemp(prefix="crossbill-fault-", dir=arguments.work))
    print(f"seed {seed}", flush=True)
    suite = Suite(arguments, work)
    if arguments.self_test:
        return suite.self_test(seed)
    bad = 0
    until = time.monotonic() + arguments.minutes * 60
    try:
        while True:
            for name in chosen:
                if why := found[name].missing():
                    print(f"{name}: skipped: {why}")
                    continue
                result = suite.run(name, found[name], seed)
                print(json.dumps(result), flush=True)
                bad += result["findings"] > 0
                if arguments.results:
                    with open(arguments.results, "a", encoding="utf-8") as file:
                        file.write(json.dumps(result) + "\n")
            if time.monotonic() >= until:
                break
            seed += 1
    finally:
        suite.stop_clusters()
    if bad == 0:
        shutil.rmtree(work)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
