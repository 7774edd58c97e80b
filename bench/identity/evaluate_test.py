#!/usr/bin/env python3
"""Figures by hand and by brute force on small inputs: "$(tools/setup-python-tools bench/identity/requirements.txt)" bench/identity/evaluate_test.py"""
from __future__ import annotations

import itertools
import random
import tempfile
import unittest
from pathlib import Path

import evaluate
import numpy as np
from tables import Pairs, inside, is_reported, read_clusters, read_matches, read_pairs, read_sources, read_truth

SEED = 20261126


def arrays(rows: list[tuple[int, int, float]]) -> Pairs:
    left, right, score = zip(*rows) if rows else ((), (), ())
    return Pairs(np.array(left, np.int32), np.array(right, np.int32), np.array(score, np.float32))


def everything(count: int) -> np.ndarray:
    return np.ones(count, bool)


class Clusters(unittest.TestCase):
    def test_by_hand(self):
        # Entities {0,1,2} {3,4} {5}; clusters {0,1} {2,3,4} {5}: 2 of 4 claimed pairs are right, 2 of 4 true ones found.
        row = evaluate.cluster_figures(np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 2]), everything(6))
        self.assertEqual((row["precision"], row["recall"], row["f1"]), (.5, .5, .5))
        self.assertAlmostEqual(row["b3_precision"], (1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6)
        self.assertAlmostEqual(row["b3_recall"], (2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
        self.assertEqual((row["mixed_share"], row["largest"]), (.5, 3))

    def test_nothing_linked_and_nothing_to_link(self):
        alone = evaluate.cluster_figures(np.arange(3), np.arange(3), everything(3))
        self.assertEqual((alone["precision"], alone["recall"], alone["f1"], alone["b3_f1"], alone["mixed_share"]), (1, 1, 1, 1, 0))
        missed = evaluate.cluster_figures(np.zeros(3, int), np.arange(3), everything(3))
        self.assertEqual((missed["precision"], missed["recall"], missed["f1"]), (1, 0, 0))

    def test_against_enumerated_pairs(self):
        chance = random.Random(SEED)
        for _ in range(200):
            count = chance.randint(2, 14)
            entity, cluster = (np.unique([chance.randint(0, 5) for _ in range(count)], return_inverse=True)[1] for _ in range(2))
            within = np.array([entity[i] % 2 == 0 for i in range(count)])
            if not within.any():
                continue
            hits = claimed = true = 0.0
            for i, j in itertools.combinations(range(count), 2):
                weight = (within[i] + within[j].astype(int)) / 2
                claimed += weight * (cluster[i] == cluster[j])
                true += weight * (entity[i] == entity[j])
                hits += weight * (cluster[i] == cluster[j] and entity[i] == entity[j])
            row = evaluate.cluster_figures(entity, cluster, within)
            wanted = evaluate.ratios(hits, claimed, true)
            for key, value in wanted.items():
                self.assertAlmostEqual(row[key], value)


class ScoredPairs(unittest.TestCase):
    def test_by_hand(self):
        # True pairs (0,1) (2,3) (4,5); the last is not among the candidates.
        entity, pairs = np.array([0, 0, 1, 1, 2, 2]), arrays([(0, 1, 9), (1, 2, 5), (2, 3, 3), (0, 4, 1)])
        row = evaluate.pair_figures(entity, pairs, everything(6), 4)
        self.assertAlmostEqual(row["blocking_recall"], 2 / 3)
        self.assertEqual((row["precision"], row["recall"], row["f1"]), (.5, 1 / 3, 2 / 5))
        self.assertEqual((row["best_f1"], row["best_threshold"]), (2 / 3, 3))
        self.assertAlmostEqual(row["gap"], 2 / 3 - 2 / 5)

    def test_equal_scores_are_taken_together(self):
        row = evaluate.pair_figures(np.array([0, 0, 1, 2]), arrays([(0, 1, 5), (2, 3, 5)]), everything(4), 5)
        self.assertEqual((row["precision"], row["recall"], row["best_f1"]), (.5, 1, 2 / 3))

    def test_no_pairs(self):
        row = evaluate.pair_figures(np.array([0, 0]), arrays([]), everything(2), 5)
        self.assertEqual((row["count"], row["blocking_recall"], row["recall"], row["best_f1"], row["best_threshold"]), (0, 0, 0, 0, None))

    def test_halves_add_up(self):
        chance = random.Random(SEED)
        entity = np.array([chance.randint(0, 8) for _ in range(30)])
        pairs = arrays([(i, j, chance.randint(0, 5)) for i, j in itertools.combinations(range(30), 2) if chance.random() < .5])
        one = np.isin(entity, [1, 4, 5, 7])
        curves = [evaluate.Curve(pairs, pairs.score, entity, within) for within in (one, ~one, everything(30))]
        for threshold in range(7):
            parts = [curve.at(threshold) for curve in curves]
            self.assertEqual([a + b for a, b in zip(*parts[:2])], list(parts[2]))

    def test_against_every_threshold(self):
        chance = random.Random(SEED)
        for _ in range(200):
            count = chance.randint(2, 10)
            entity = np.array([chance.randint(0, 4) for _ in range(count)])
            rows = [(i, j, chance.randint(0, 6) / 2) for i, j in itertools.combinations(range(count), 2) if chance.random() < .7]
            true = sum(entity[i] == entity[j] for i, j in itertools.combinations(range(count), 2))
            wanted = {}
            for threshold in {score for _, _, score in rows}:
                taken = [(i, j) for i, j, score in rows if score >= threshold]
                wanted[threshold] = evaluate.ratios(sum(entity[i] == entity[j] for i, j in taken), len(taken), true)
            row = evaluate.pair_figures(entity, arrays(rows), everything(count), 1.5)
            if true and rows:
                self.assertAlmostEqual(row["best_f1"], max(figures["f1"] for figures in wanted.values()))
                self.assertAlmostEqual(wanted[row["best_threshold"]]["f1"], row["best_f1"])
            if 1.5 in wanted:
                self.assertAlmostEqual(row["f1"], wanted[1.5]["f1"])


def slow_greedy(rows: list[tuple[int, int, float]]) -> list[int]:
    used, taken = set(), []
    for at in sorted(range(len(rows)), key=lambda at: -rows[at][2]):
        left, right, _ = rows[at]
        if left not in used and right not in used:
            used |= {left, right}
            taken.append(at)
    return sorted(taken)


def slow_margin(rows: list[tuple[int, int, float]], at: int) -> float:
    left, right, score = rows[at]
    rivals = [other for place, (l, r, other) in enumerate(rows) if place != at and (l == left or r == right)]
    return score - max(rivals, default=min(other for _, _, other in rows))


class OneToOne(unittest.TestCase):
    def test_by_hand(self):
        # Sources {0,1,2} and {3,4,5}, true pairs (0,3) (1,4) (2,5). Taken: (0,3), then (1,4); (2,5) is no candidate, (0,4) and (2,4) lose; (0,1) is of one source.
        entity, source = np.array([0, 1, 2, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 1])
        pairs = arrays([(0, 3, 8), (0, 4, 7), (1, 4, 6), (2, 4, 5), (0, 1, 9)])
        row = evaluate.one_to_one_figures(entity, pairs, source, everything(6), 5.5, None)
        self.assertEqual((row["precision"], row["recall"], row["f1"]), (1, 2 / 3, .8))
        # Margins: (0,3) 8-7, (1,4) 6-7: both are right, so both are automatic at the margin -1.
        self.assertEqual((row["auto_margin"], row["auto_precision"]), (-1, 1))
        self.assertAlmostEqual(row["auto_coverage"], 2 / 3)
        frozen = evaluate.one_to_one_figures(entity, pairs, source, everything(6), 5.5, 0.5)
        self.assertAlmostEqual(frozen["auto_coverage"], 1 / 3)

    def test_against_loops(self):
        chance = random.Random(SEED)
        for _ in range(300):
            lefts, rights = chance.randint(1, 7), chance.randint(1, 7)
            rows = [(i, lefts + j, chance.randint(0, 5)) for i in range(lefts) for j in range(rights) if chance.random() < .5]
            pairs = arrays(rows)
            taken = evaluate.greedy(pairs, lefts + rights)
            self.assertEqual(taken.tolist(), slow_greedy(rows))
            if rows:
                self.assertEqual(evaluate.margins(pairs, taken, lefts + rights).tolist(), [slow_margin(rows, at) for at in taken])

    def test_automatic_leaves_out_what_is_wrong(self):
        entity, source = np.array([0, 1, 2, 0, 1, 3]), np.array([0, 0, 0, 1, 1, 1])
        row = evaluate.one_to_one_figures(entity, arrays([(0, 3, 9), (1, 4, 5), (2, 5, 4), (2, 4, 1)]), source, everything(6), None, None)
        self.assertEqual((row["auto_margin"], row["auto_precision"], row["auto_coverage"]), (4, 1, 1))


class Chosen(unittest.TestCase):
    def test_by_hand(self):
        # True pairs (0,3) (1,4) (2,5). Chosen: (0,3) and (1,5), both booked, and (2,4).
        entity = np.array([0, 1, 2, 0, 1, 2])
        row = evaluate.chosen_figures(entity, arrays([(0, 3, 9), (1, 5, 8), (2, 4, 7)]), np.array([True, True, False]), everything(6))
        self.assertEqual((row["precision"], row["recall"]), (1 / 3, 1 / 3))
        self.assertEqual((row["booked_precision"], row["booked_coverage"], row["booked_wrong"]), (.5, 1 / 3, 1))

    def test_halves_add_up(self):
        chance = random.Random(SEED)
        entity = np.array([chance.randint(0, 8) for _ in range(30)])
        pairs = arrays([(i, i + 15, 1) for i in range(15)])
        one, booked = np.isin(entity, [1, 4, 5, 7]), np.array([chance.random() < .5 for _ in range(15)])
        rows = [evaluate.chosen_figures(entity, pairs, booked, within) for within in (one, ~one, everything(30))]
        true = [evaluate.true_halves(entity, within) for within in (one, ~one, everything(30))]
        self.assertAlmostEqual(rows[0]["recall"] * true[0] + rows[1]["recall"] * true[1], rows[2]["recall"] * true[2])
        self.assertAlmostEqual(rows[0]["booked_coverage"] * true[0] + rows[1]["booked_coverage"] * true[1], rows[2]["booked_coverage"] * true[2])


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.truth = read_truth(self.write("truth.csv", "id,entity\n7,x\n8,x\n09,y\n"))

    def write(self, name: str, text: str) -> Path:
        (self.folder / name).write_text(text)
        return self.folder / name

    def test_ids_are_text_and_missing_records_are_alone(self):
        cluster, unnamed = read_clusters(self.write("clusters.csv", "id,cluster\n8,1\n7,1\n"), self.truth)
        self.assertEqual((cluster[0] == cluster[1], cluster[2] == cluster[0], unnamed), (True, False, 1))
        pairs = read_pairs(self.write("pairs.csv", "left,right,bits\ncrm/parties/09,erp/parties/7,-1.5\n"), self.truth)
        self.assertEqual((pairs.left.tolist(), pairs.right.tolist(), pairs.score.tolist()), ([2], [0], [-1.5]))
        self.assertEqual(len(set(read_sources(self.write("records.csv", "id,source,x\n8,b,1\n7,a,2\n09,a,3\n"), self.truth)[[0, 2]])), 1)

    def test_matches(self):
        text = "left,right,bits,margin,match\ncrm/a/7,erp/b/8,3,2.5,automatic\ncrm/a/09,erp/b/8,1,,\ncrm/a/09,erp/b/7,2,-1,question\n"
        pairs, booked = read_matches(self.write("matches", text), self.truth)
        self.assertEqual((pairs.left.tolist(), pairs.right.tolist(), booked.tolist()), ([0, 2], [1, 0], [True, False]))
        self.assertIsNone(read_matches(self.write("scores", "left,right,bits\n7,8,1\n"), self.truth))
        self.assertEqual(len(read_pairs(self.folder / "matches", self.truth)), 3)

    def test_what_does_not_fit_is_refused(self):
        for name, text in (("unknown", "left,right,score\n7,9,1\n"), ("twice", "left,right,score\n7,8,1\n8,7,2\n"), ("itself", "left,right,score\n7,7,1\n")):
            with self.subTest(name), self.assertRaises(SystemExit):
                read_pairs(self.write(name, text), self.truth)
        with self.assertRaises(SystemExit):
            read_clusters(self.write("clusters", "id,cluster\n7,1\n7,2\n"), self.truth)

    def test_halves(self):
        self.assertEqual([is_reported(name) for name in ("x", "y")], [inside(self.truth, "reported")[at] for at in (0, 2)])
        self.assertTrue((inside(self.truth, "reported") ^ inside(self.truth, "seen")).all())
        self.assertAlmostEqual(sum(is_reported(str(number)) for number in range(10_000)) / 10_000, .5, delta=.02)

    def test_all_together(self):
        row = evaluate.evaluate(self.truth, inside(self.truth, "all"), self.write("c", "id,cluster\n7,1\n8,1\n09,2\n"), self.write("p", "left,right,score\n7,8,3\n"), 2)
        self.assertEqual((row["clusters"]["f1"], row["pairs"]["f1"], row["pairs"]["gap"]), (1, 1, 0))


if __name__ == "__main__":
    unittest.main()
