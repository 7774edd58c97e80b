#!/usr/bin/env python3
"""Splink on DuckDB: u by random sampling, m by EM, all blocked pairs scored, connected components at fixed probabilities of .95 and .99."""
from __future__ import annotations

import logging

import duckdb
from common import PAIRS_WRITTEN, Job, bits
from splink import DuckDBAPI, Linker
from splink_models import Model, model

SEED = 2
CLUSTERS = {"clusters.csv": .95, "clusters_99.csv": .99}


def registered(job: Job, connection: duckdb.DuckDBPyConnection, wanted: Model) -> tuple[DuckDBAPI, list, int]:
    """One table, or one a source; and how many rows the first has."""
    connection.execute(f"CREATE TABLE input AS SELECT {wanted.prepare} FROM read_csv('{job.records}', all_varchar=true, nullstr='', header=true)")
    api = DuckDBAPI(connection=connection)
    if "source" not in job.header():
        return api, [api.register(connection.table("input"))], connection.table("input").shape[0]
    # Where the order matters (money is sent before it is received) the sources' names stand in the wrong order: "destination", "origin".
    sources = [source for (source,) in connection.execute("SELECT DISTINCT source FROM input ORDER BY source = 'destination', source").fetchall()]
    for number, source in enumerate(sources):
        connection.execute(f"CREATE TABLE part{number} AS SELECT * EXCLUDE (source) FROM input WHERE source = '{source}'")
    frames = [api.register(connection.table(f"part{number}"), dataset_display_name=f"source{number}") for number in range(len(sources))]
    return api, frames, connection.table("part0").shape[0]


def train(job: Job, linker: Linker, wanted: Model) -> None:
    with job.stage("u"):
        linker.training.estimate_u_using_random_sampling(max_pairs=wanted.max_pairs, seed=SEED)
    with job.stage("em"):
        if wanted.deterministic:
            linker.training.estimate_probability_two_random_records_match(wanted.deterministic, recall=wanted.recall)
        for rule in wanted.em:
            linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=wanted.fix_frequencies)


def main() -> None:
    job = Job(__doc__)
    wanted, connection = model(job.kind, job.header()), duckdb.connect()
    with job.stage("load"):
        api, tables, first = registered(job, connection, wanted)
    linker = Linker(tables, wanted.settings(len(tables) == 2, first), log_level=logging.ERROR)
    train(job, linker, wanted)
    with job.stage("predict"):
        predicted = linker.inference.predict()
    pairs = connection.execute(f"SELECT count(*) FROM {predicted.physical_name}").fetchone()[0]
    if pairs <= PAIRS_WRITTEN:
        with job.stage("write"):
            connection.execute(f"COPY (SELECT id_l AS left, id_r AS right, match_weight AS score FROM {predicted.physical_name}) TO '{job.out / 'pairs.csv'}' (HEADER)")
    for name, probability in CLUSTERS.items():
        with job.stage("cluster" if name == "clusters.csv" else "cluster_again"):
            found = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=probability)
        with job.stage("write"):
            connection.execute(f"COPY (SELECT id, cluster_id AS cluster FROM {found.physical_name}) TO '{job.out / name}' (HEADER)")
    job.finish(pairs, {name: bits(probability) for name, probability in CLUSTERS.items()})


if __name__ == "__main__":
    main()
