"""What `crossbill export` gives, in a form in which two runs can be compared: sorted, and without the customers' ids."""
from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

KINDS = ("customers", "orders", "shipments", "invoices", "payments", "quotes", "chains", "exceptions", "value", "affinity",
         "deadletters")
TRY_AGAIN, TRIES = 75, 5  # the exit status of what may work later
CUSTOMER_ID = re.compile(r'"customers/[^"]*"')


def without_customer_ids(line: str) -> str:
    """A customer's id may depend on the order of arrival; which records it has may not."""
    row = json.loads(line)
    return CUSTOMER_ID.sub('"customers/*"', json.dumps(row, sort_keys=True, ensure_ascii=False))


def export(binary: Path, kind: str, config: Path, environment: dict[str, str] | None) -> str:
    """A broker that is busy may not answer in the few seconds that a command waits: that is said, and it is asked again."""
    for _ in range(TRIES):
        done = subprocess.run([str(binary), "export", kind, "-C", str(config)], capture_output=True, timeout=120, env=environment)
        if done.returncode != TRY_AGAIN:
            break
    if done.returncode != 0:
        raise SystemExit(f"crossbill export {kind} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def exports(binary: Path, config: Path, environment: dict[str, str] | None = None) -> dict[str, list[str]]:
    result = {}
    for kind in KINDS:
        result[kind] = sorted(without_customer_ids(line) for line in export(binary, kind, config, environment).splitlines())
    return result


def first_difference(expected: list[str], got: list[str]) -> str:
    missing = sorted(set(expected) - set(got))
    extra = sorted(set(got) - set(expected))
    parts = [f"{len(expected)} lines expected, {len(got)} got"]
    parts += [f"missing: {line[:400]}" for line in missing[:3]] + [f"not expected: {line[:400]}" for line in extra[:3]]
    return "\n  ".join(parts)
