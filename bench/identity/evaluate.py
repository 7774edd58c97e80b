#!/usr/bin/env python3
"""How good clusters and scored pairs are, against the truth. Prints one JSON object.

    evaluate.py --truth FILE [--clusters FILE] [--pairs FILE] [--threshold N] [--sources FILE] [--margin N] [--half reported|seen|all]

Files are CSV: truth `id,entity`, sources `id,source`; the first columns of clusters are a record and its cluster, those of pairs two records and their score. A pair of which one record is in the half counts as half a pair,
so that the figures of the two halves add up to those of all.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from tables import HALVES, Pairs, Truth, inside, read_clusters, read_matches, read_pairs, read_sources, read_truth

AUTOMATIC = .9999  # the precision at which a link needs no eyes


def ratios(hits: float, claimed: float, true: float) -> dict[str, float]:
    """Of nothing claimed the precision is 1, of nothing to find the recall."""
    return {"precision": hits / claimed if claimed else 1.0, "recall": hits / true if true else 1.0, "f1": 2 * hits / (claimed + true) if claimed + true else 1.0}


def cluster_figures(entity: np.ndarray, cluster: np.ndarray, within: np.ndarray) -> dict:
    """Pairs without enumerating them: a record has (size of its cluster - 1) halves of claimed pairs, and so on."""
    in_cluster, in_entity = np.bincount(cluster)[cluster], np.bincount(entity)[entity]
    _, cell, counts = np.unique(cluster * (entity.max() + 1) + entity, return_inverse=True, return_counts=True)
    largest = int(in_cluster.max())
    in_cluster, in_entity, in_both = in_cluster[within], in_entity[within], counts[cell][within]
    precision, recall = (in_both / in_cluster).mean(), (in_both / in_entity).mean()
    return ratios(*((size - 1).sum() / 2 for size in (in_both, in_cluster, in_entity))) | {
        "b3_precision": precision, "b3_recall": recall, "b3_f1": 2 * precision * recall / (precision + recall),
        "mixed_share": (in_both < in_cluster).mean(), "largest": largest}


def true_halves(entity: np.ndarray, within: np.ndarray) -> int:
    """True pairs of the half, times two."""
    return int((np.bincount(entity)[entity] - 1)[within].sum())


def descending(score: np.ndarray) -> np.ndarray:
    return np.argsort(-score, kind="stable")


class Curve:
    """What is claimed and hit, in halves of pairs, when one takes the pairs from the highest score down; of equal scores all or none."""

    def __init__(self, pairs: Pairs, score: np.ndarray, entity: np.ndarray, within: np.ndarray) -> None:
        order = descending(score)
        left, right = pairs.left[order], pairs.right[order]
        weight = within[left].astype(np.int8) + within[right]
        self.score = score[order]
        ends = np.flatnonzero(np.append(self.score[1:] != self.score[:-1], True)) if len(self.score) else np.empty(0, np.int64)
        self.claimed = np.cumsum(weight, dtype=np.int64)[ends]
        self.hits = np.cumsum(np.where(entity[left] == entity[right], weight, 0), dtype=np.int64)[ends]
        self.score = self.score[ends]

    def at(self, threshold: float) -> tuple[int, int]:
        """Hits and claims of all pairs with at least that score."""
        taken = int(np.searchsorted(-self.score, -np.float32(threshold), side="right"))
        return (int(self.hits[taken - 1]), int(self.claimed[taken - 1])) if taken else (0, 0)

    def best(self, true: int) -> tuple[float, float | None]:
        """The highest F1 of any threshold, and that threshold."""
        if not len(self.score) or not true:
            return ratios(0, 0, true)["f1"], None
        f1 = 2 * self.hits / (self.claimed + true)
        at = int(np.argmax(f1))
        return float(f1[at]), float(self.score[at])


def curve_figures(curve: Curve, true: int, threshold: float | None) -> dict:
    best, best_threshold = curve.best(true)
    row: dict = {"best_f1": best, "best_threshold": best_threshold}
    if threshold is not None:
        hits, claimed = curve.at(threshold)
        row |= ratios(hits, claimed, true) | {"threshold": threshold}
        row["gap"] = best - row["f1"]
    return row


def pair_figures(entity: np.ndarray, pairs: Pairs, within: np.ndarray, threshold: float | None) -> dict:
    curve, true = Curve(pairs, pairs.score, entity, within), true_halves(entity, within)
    found = int(curve.hits[-1]) if len(curve.hits) else 0
    return {"count": len(pairs), "blocking_recall": ratios(found, 0, true)["recall"]} | curve_figures(curve, true, threshold)


def greedy(pairs: Pairs, records: int) -> np.ndarray:
    """One to one, the best pair first: which pairs are taken. In rounds: a pair that is the best of both its records would be taken before all that it excludes."""
    order = descending(pairs.score)
    left, right, taken = pairs.left[order], pairs.right[order], []
    while len(order):
        rank = np.arange(len(order))
        first = np.full(records, len(order))
        np.minimum.at(first, left, rank)
        np.minimum.at(first, right, rank)
        mutual = (first[left] == rank) & (first[right] == rank)
        taken.append(order[mutual])
        used = np.zeros(records, bool)
        used[left[mutual]] = used[right[mutual]] = True
        open_ = ~(used[left] | used[right])
        order, left, right = order[open_], left[open_], right[open_]
    return np.sort(np.concatenate(taken)) if taken else np.empty(0, np.int64)


def margins(pairs: Pairs, taken: np.ndarray, records: int) -> np.ndarray:
    """By how much each pair taken is better than the next best of either of its records; what is no pair at all counts as the worst that is one."""
    worst = pairs.score.min() if len(pairs) else 0
    ends, score = np.concatenate([pairs.left, pairs.right]), np.concatenate([pairs.score, pairs.score])
    order = np.lexsort((-score, ends))
    ends, score = ends[order], score[order]
    starts = np.flatnonzero(np.append(True, ends[1:] != ends[:-1])) if len(ends) else np.empty(0, np.int64)
    best, second = np.full(records, worst, np.float32), np.full(records, worst, np.float32)
    best[ends[starts]] = score[starts]
    more = starts[np.append(np.diff(starts), len(ends) - starts[-1:]) > 1]
    second[ends[more]] = score[more + 1]
    chosen = pairs.take(taken)
    rivals = [np.where(best[end] > chosen.score, best[end], second[end]) for end in (chosen.left, chosen.right)]
    return chosen.score - np.maximum(*rivals)


def automatic(curve: Curve, true: int, margin: float | None) -> dict:
    """How much is linked without eyes at a margin; without one, at the smallest that still is precise enough."""
    if margin is None:
        enough = np.flatnonzero(curve.hits >= AUTOMATIC * curve.claimed)
        margin = float(curve.score[enough[-1]]) if len(enough) else None
    hits, claimed = curve.at(margin) if margin is not None else (0, 0)
    return {"auto_margin": margin, "auto_precision": ratios(hits, claimed, true)["precision"], "auto_coverage": claimed / true if true else 0.0}


def one_to_one_figures(entity: np.ndarray, pairs: Pairs, source: np.ndarray, within: np.ndarray, threshold: float | None, margin: float | None) -> dict:
    pairs = pairs.take(source[pairs.left] != source[pairs.right])
    taken = greedy(pairs, len(entity))
    chosen, true = pairs.take(taken), true_halves(entity, within)
    row = curve_figures(Curve(chosen, chosen.score, entity, within), true, threshold)
    sure = chosen.score >= threshold if threshold is not None else np.ones(len(chosen), bool)
    margin_of = margins(pairs, taken, len(entity))[sure]
    return row | automatic(Curve(chosen.take(sure), margin_of, entity, within), true, margin)


def chosen_figures(entity: np.ndarray, matches: Pairs, booked: np.ndarray, within: np.ndarray) -> dict:
    """Of the pairs that the program chose itself, and of those that it books without eyes."""
    true = true_halves(entity, within)
    row = {}
    for name, taken in (("", matches), ("booked_", matches.take(booked))):
        weight = within[taken.left].astype(np.int64) + within[taken.right]
        hits = int(weight[entity[taken.left] == entity[taken.right]].sum())
        figures = ratios(hits, int(weight.sum()), true)
        row |= {f"{name}{key}": value for key, value in figures.items()}
    row["booked_coverage"] = row.pop("booked_recall")
    del row["booked_f1"]
    return row | {"booked_wrong": int((entity[matches.left] != entity[matches.right])[booked & (within[matches.left] | within[matches.right])].sum())}


def rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return round(float(value), 5) if isinstance(value, (float, np.floating)) else value


def evaluate(truth: Truth, within: np.ndarray, clusters: Path | None = None, pairs: Path | None = None, threshold: float | None = None, sources: Path | None = None,
             margin: float | None = None) -> dict:
    """All figures that the given files allow."""
    row: dict = {"records": int(within.sum()), "entities": len(np.unique(truth.entity[within]))}
    if clusters is not None:
        cluster, unnamed = read_clusters(clusters, truth)
        row["clusters"] = cluster_figures(truth.entity, cluster, within) | {"unnamed": unnamed}
    if pairs is not None:
        scored = read_pairs(pairs, truth)
        row["pairs"] = pair_figures(truth.entity, scored, within, threshold)
        matches = read_matches(pairs, truth)
        if matches is not None:
            row["chosen"] = chosen_figures(truth.entity, *matches, within)
        if sources is not None:
            row["one_to_one"] = one_to_one_figures(truth.entity, scored, read_sources(sources, truth), within, threshold, margin)
    return rounded(row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--clusters", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--threshold", type=float, help="the score from which a pair is a link, frozen before the figures are looked at")
    parser.add_argument("--sources", type=Path, help="of two sources, one to one: the records' sources")
    parser.add_argument("--margin", type=float, help="the margin from which a link is automatic, frozen likewise")
    parser.add_argument("--half", choices=HALVES, default="reported")
    args = parser.parse_args()
    truth = read_truth(args.truth)
    row = evaluate(truth, inside(truth, args.half), args.clusters, args.pairs, args.threshold, args.sources, args.margin)
    print(json.dumps({"half": args.half} | row))


if __name__ == "__main__":
    main()
