#!/usr/bin/env python3
"""GoldenMatch as it configures itself: one table is deduplicated, of two sources the smaller is matched against the larger. Its scores are its own, from 0 to 1.

Version 3.22 cannot match some pairs of tables (it takes a Polars frame for one of Arrow); those are deduplicated as one table.
"""
from __future__ import annotations

import sys

import goldenmatch
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
from common import Job, components

Scored = list[tuple[str, str, float]]


def read(job: Job) -> pa.Table:
    options = csv.ConvertOptions(strings_can_be_null=True, column_types={name: pa.string() for name in job.header()}, null_values=[""])
    return csv.read_csv(job.records, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options)


def dedupe(job: Job, table: pa.Table) -> tuple[Scored, list[tuple[str, int]]]:
    """Pairs and clusters of one table."""
    with job.stage("dedupe"):
        result = goldenmatch.dedupe_df(table, exclude_columns=["id"])
    ids = table["id"].to_pylist()
    clusters = [(ids[place], number) for number, cluster in result.clusters.items() for place in cluster["members"]]
    return [(ids[left], ids[right], score) for left, right, score in result.scored_pairs], clusters


def match(job: Job, table: pa.Table) -> tuple[Scored, list[tuple[str, int]]]:
    """Pairs of two sources, and their connected components."""
    parts = sorted((table.filter(pc.equal(table["source"], source)).drop(["source"]) for source in table["source"].unique()), key=len)
    try:
        with job.stage("match"):
            matched = goldenmatch.match_df(*parts, exclude_columns=["id"]).matched
    except AttributeError as why:
        print(f"match_df failed ({why}): dedupe_df instead", file=sys.stderr)
        return dedupe(job, table.drop(["source"]))
    if matched is None or len(matched) == 0:
        return [], []
    columns = [matched[name] for name in ("target_id", "ref_id", "__match_score__")]
    left, right = (np.asarray(pc.index_in(ends, table["id"].combine_chunks())) for ends in columns[:2])
    return list(zip(*(column.to_pylist() for column in columns))), list(components(table["id"].to_pylist(), left, right))


def main() -> None:
    job = Job(__doc__)
    with job.stage("load"):
        table = read(job)
    pairs, clusters = (match if "source" in table.column_names else dedupe)(job, table)
    with job.stage("write"):
        with (job.out / "pairs.csv").open("w") as file:
            file.write("left,right,score\n")
            file.writelines(f"{left},{right},{score}\n" for left, right, score in pairs)
        job.write_clusters(iter(clusters))
    job.finish(len(pairs), {"clusters.csv": None})


if __name__ == "__main__":
    main()
