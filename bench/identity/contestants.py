"""Who is compared: Crossbill and its peers, what each can link, and how it is run and measured."""
from __future__ import annotations

import json
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path

import ours

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from common.measure import Cost, measured  # noqa: E402

ANY = ("febrl", "historical", "whole_names", "payments", "persons", "companies", "restaurants", "products", "papers", "settlements", "truthset_persons", "truthset_companies")
OURS = "crossbill"
INTO_LOG = ("sh", "-c", 'exec "$@" 2>"$0"')  # what a program has to say


@dataclass(frozen=True)
class Contestant:
    """One program with one model. `variants`: kinds for which it has a further model, by the name of that."""
    name: str
    kinds: tuple[str, ...]
    largest: int = 5_000_000  # records; more take it hours or more memory than there is
    variants: dict[str, dict[str, str]] = field(default_factory=dict)

    def models(self, kind: str) -> dict[str, str]:
        """Names of the results, and the kind that the program is told."""
        return {self.name: kind} | {f"{self.name}, {name}": told for name, told in self.variants.get(kind, {}).items()} if kind in self.kinds else {}


PEERS = {peer.name: peer for peer in (
    Contestant("splink", ("febrl", "historical", "payments", "persons", "companies"), variants={"persons": {"wide blocking": "persons_wide"}}),
    Contestant("recordlinkage", ("febrl",)),
    Contestant("goldenmatch", ANY, largest=1_000_000),
)}
CROSSBILL = Contestant(OURS, tuple(ours.MAPPINGS))


@dataclass
class Run:
    """What one program made of one set, in all turns; the files are those of the last one."""
    name: str
    told: str
    out: Path
    costs: list[Cost] = field(default_factory=list)
    failed: str = ""

    def turn(self, python: str, records: Path, binary: Path, models: Path | None, limit: int) -> None:
        """Measures the program from outside; one that fails or takes too long is not asked again."""
        if self.failed:
            return
        self.out.mkdir(parents=True, exist_ok=True)
        if self.name == OURS:
            ours.write_project(records, self.told, self.out / "project")
            command = ours.command(binary, models, self.told, self.out / "project", self.out)
        else:
            program = HERE / "peers" / f"{self.name.partition(',')[0]}_peer.py"
            command = [python, str(program), "--records", str(records), "--kind", self.told, "--out", str(self.out)]
        try:
            self.costs.append(measured([*INTO_LOG, str(self.out / "log"), "timeout", str(limit), *command]))
        except SystemExit as why:
            self.failed = self.complaint(str(why), limit)

    def complaint(self, why: str, limit: int) -> str:
        """The last error that the program reported."""
        if why.endswith(" 124"):
            return f"took longer than {limit} s"
        said = (self.out / "log").read_text().strip().splitlines() or [why]
        return next((line for line in reversed(said) if "error" in line.lower()), said[-1])

    def figures(self) -> dict:
        seconds = [cost.seconds for cost in self.costs]
        stats = self.stats()
        return {"seconds": round(statistics.median(seconds), 2), "best_seconds": round(min(seconds), 2), "cpu_seconds": round(statistics.median(cost.cpu for cost in self.costs), 2),
                "peak_mb": round(max(cost.peak_mb for cost in self.costs)), "compared": stats.get("pairs"), "stages": stats.get("seconds", {})}

    def stats(self) -> dict:
        return json.loads((self.out / "stats.json").read_text())

    def results(self) -> dict[str, tuple[Path, float | None]]:
        """Names, files of clusters, and the score from which pairs were linked in them."""
        if self.name == OURS:
            return {self.name: (self.out / "clusters.csv", float(self.stats().get("threshold", ours.LINKED)))}
        made = self.stats()["clusters"]
        return {f"{self.name} ({name})" if len(made) > 1 else self.name: (self.out / file, threshold) for (file, threshold), name in zip(made.items(), ("p ≥ .95", "p ≥ .99"))}
