#!/usr/bin/env python3
"""`crossbill link` on generated payments, from files to pairs that book themselves: ours_test.py BINARY"""
from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import generator
import ours

BINARY = Path(sys.argv.pop()) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "build" / "crossbill"
COUNT = 4000


def key_of(record: str) -> str:
    return record.rpartition("/")[2]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


class Payments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        generator.generate("transfers", COUNT, 1, cls.folder)
        cls.entity = {row["id"]: row["entity"] for row in rows_of(cls.folder / "truth.csv")}
        cls.pairs = cls.link(cls.folder / "first", None)

    @classmethod
    def link(cls, out: Path, parameters: str | None) -> list[dict[str, str]]:
        ours.write_project(cls.folder / "records.csv", "transfers", out / "project")
        command = ours.command(BINARY.resolve(), None, "transfers", out / "project", out) + (["--parameters", parameters] if parameters else [])
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return rows_of(out / "pairs.csv")

    def is_right(self, pair: dict[str, str]) -> bool:
        return self.entity[key_of(pair["left"])] == self.entity[key_of(pair["right"])]

    def share_right(self, pairs: list[dict[str, str]]) -> float:
        return sum(map(self.is_right, pairs)) / len(pairs)

    def test_pairs_are_found(self):
        matches, true = [pair for pair in self.pairs if pair["match"]], len(self.entity) - len(set(self.entity.values()))
        right = sum(map(self.is_right, matches))
        self.assertGreater(2 * right / (len(matches) + true), .95)
        self.assertEqual(len({pair["left"] for pair in matches}), len(matches))
        self.assertEqual(len({pair["right"] for pair in matches}), len(matches))

    def test_what_books_itself_is_right(self):
        automatic = [pair for pair in self.pairs if pair["match"] == "automatic"]
        self.assertGreater(len(automatic), .6 * COUNT / 2)
        self.assertGreater(self.share_right(automatic), .998)
        threshold = json.loads((self.folder / "first" / "stats.json").read_text())["threshold"]
        for pair in automatic:
            self.assertLessEqual(float(pair["margin"]), float(pair["bits"]) - threshold + .001, "having no partner is what else there is")

    def test_packaged_parameters(self):
        automatic = [pair for pair in self.link(self.folder / "packaged", "packaged") if pair["match"] == "automatic"]
        self.assertGreater(len(automatic), .5 * COUNT / 2)
        self.assertGreater(self.share_right(automatic), .998)

    def test_clusters_are_the_matches(self):
        clusters = {row["record"]: row["cluster"] for row in rows_of(self.folder / "first" / "clusters.csv")}
        for pair in self.pairs:
            self.assertEqual(clusters[pair["left"]] == clusters[pair["right"]], pair["match"] != "")


if __name__ == "__main__":
    unittest.main()
