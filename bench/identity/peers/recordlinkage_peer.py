#!/usr/bin/env python3
"""recordlinkage's ECM classifier on Febrl: text by Jaro-Winkler as in its guide, all else exactly; EM without labels, links as `fit_predict` gives them, connected components."""
from __future__ import annotations

import sys
import warnings

import numpy as np
import pandas as pd
import recordlinkage
from common import Job, components

BLOCKS = ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
TEXTS = ("given_name", "surname", "address_1", "address_2", "suburb")
EXACT = ("date_of_birth", "state", "postcode", "street_number", "soc_sec_id")
LEAST = 1e-12  # a probability of 1 would be without end in bits


def candidates(frames: list[pd.DataFrame], blocks: list[str]) -> pd.MultiIndex:
    """Pairs that agree in any of the columns."""
    pairs = None
    for column in blocks:
        index = recordlinkage.Index()
        index.block(column)
        found = index.index(*frames)
        pairs = found if pairs is None else pairs.union(found)
    return pairs


def compared(frames: list[pd.DataFrame], pairs: pd.MultiIndex) -> pd.DataFrame:
    compare = recordlinkage.Compare()
    for column in TEXTS:
        compare.string(column, column, method="jarowinkler", threshold=.85, label=column)
    for column in EXACT:
        if column in frames[0]:
            compare.exact(column, column, label=column)
    return compare.compute(pairs, *frames)


def main() -> None:
    job = Job(__doc__)
    if job.kind != "febrl":
        sys.exit(f"recordlinkage: no model for {job.kind}; there is febrl")
    warnings.simplefilter("ignore")
    with job.stage("load"):
        records = pd.read_csv(job.records, dtype=str, index_col="id")
        frames = [part for _, part in records.groupby("source")] if "source" in records else [records]
    with job.stage("block"):
        pairs = candidates(frames, [column for column in BLOCKS if column in records])
    with job.stage("compare"):
        features = compared(frames, pairs)
    with job.stage("train"):
        classifier = recordlinkage.ECMClassifier()
        links = classifier.fit_predict(features)
        probability = classifier.prob(features).clip(LEAST, 1 - LEAST)
    with job.stage("cluster"):
        clusters = components(records.index, *(records.index.get_indexer(links.get_level_values(level)) for level in (0, 1)))
    with job.stage("write"):
        score = np.log2(probability / (1 - probability)).rename("score")
        score.rename_axis(["left", "right"]).to_csv(job.out / "pairs.csv")
        job.write_clusters(clusters)
    job.finish(len(pairs), {"clusters.csv": 0.0})


if __name__ == "__main__":
    main()
