"""What the peers' programs share: their command line, the time of each stage, and what they write."""
from __future__ import annotations

import argparse
import csv
import json
import math
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

PAIRS_WRITTEN = 40_000_000  # more than that is not evaluated pair by pair


class Job:
    """One run: --records FILE --kind KIND --out FOLDER, and stats.json at its end."""

    def __init__(self, doc: str) -> None:
        parser = argparse.ArgumentParser(description=doc)
        parser.add_argument("--records", type=Path, required=True)
        parser.add_argument("--kind", required=True, help="the kind of set; it chooses the model")
        parser.add_argument("--out", type=Path, required=True, help="for pairs.csv, clusters.csv and stats.json")
        args = parser.parse_args()
        self.records, self.kind, self.out = args.records, args.kind, args.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0) + time.monotonic() - began, 3)

    def header(self) -> list[str]:
        with self.records.open(newline="") as file:
            return next(csv.reader(file))

    def write_clusters(self, clusters: Iterator[tuple[str, int]]) -> None:
        with (self.out / "clusters.csv").open("w") as file:
            file.write("id,cluster\n")
            file.writelines(f"{key},{cluster}\n" for key, cluster in clusters)

    def finish(self, pairs: int, clusters: dict[str, float | None]) -> None:
        """`clusters`: the files of clusters and the score from which pairs were linked for each."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        (self.out / "stats.json").write_text(json.dumps({"seconds": self.seconds, "peak_mb": round(peak), "pairs": pairs, "clusters": clusters}))


def components(ids: Sequence[str], left: np.ndarray, right: np.ndarray) -> Iterator[tuple[str, int]]:
    """Connected components of links between places in `ids`."""
    links = coo_array((np.ones(len(left), bool), (left, right)), shape=(len(ids), len(ids)))
    return zip(ids, connected_components(links, directed=False)[1])


def bits(probability: float) -> float:
    """A match probability as log2 of its odds, as all scores are given."""
    return math.log2(probability / (1 - probability))
