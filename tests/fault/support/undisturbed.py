"""The same sources read at once, by one process on the embedded bus that nobody disturbs: what comes out must be the same."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path

from exports import KINDS, exports, first_difference
from support.codec import SOURCE_MESSAGES
from support.ledger import Ledger
from support.oracle import EventCheck, Findings
from support.workers import environment, make_config, run_until_idle


def compare_with_undisturbed(findings: Findings, binary: Path, folder: Path, data: Path, config: Path, ledger: Ledger, events: EventCheck) -> None:
    folder.mkdir()
    calm = make_config(folder / "config", None, "calm", folder / "state")
    run_until_idle(binary, calm, data, folder / "log")
    expected, got = exports(binary, calm, environment(data)), exports(binary, config, environment(data))
    for kind in KINDS:
        if expected[kind] != got[kind]:
            findings.note(f"export of {kind} is not that of an undisturbed run", [first_difference(expected[kind], got[kind])])
    wanted = _ids(binary, calm, data)
    # The id of a corrected record depends on whether its first version was seen.
    got_ids = {ce_id for ce_id, record in events.ids.items() if len(ledger.records.get(record, ())) == 1}
    findings.note("event ids are not those of an undisturbed run", sorted(got_ids - wanted))


def _ids(binary: Path, config: Path, data: Path) -> set[str]:
    ids = set()
    for kind in SOURCE_MESSAGES:
        done = subprocess.run([str(binary), "tap", f"source.{kind}", "--until-end", "-C", str(config)], check=True, capture_output=True, timeout=300, env=environment(data))
        ids.update(json.loads(line)["headers"]["ce_id"] for line in done.stdout.splitlines())
    return ids
