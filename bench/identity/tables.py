"""Truth, clusters and scored pairs as arrays: a record is a number, its place in the truth's file."""
from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

BLOCK = 64 << 20  # bytes of CSV at a time: 30 million pairs never stand in memory as text
HALVES = ("reported", "seen", "all")


@dataclass(frozen=True)
class Truth:
    ids: pa.Array
    entity: np.ndarray  # of each record, as a number
    names: pa.Array     # of the entities, by that number


@dataclass(frozen=True)
class Pairs:
    left: np.ndarray
    right: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.score)

    def take(self, which: np.ndarray) -> Pairs:
        return Pairs(self.left[which], self.right[which], self.score[which])


def read_columns(path: Path, names: list[str], types: dict[str, pa.DataType] | None = None) -> csv.CSVStreamingReader:
    """Batches of some columns of a CSV file; a column is text unless `types` says otherwise."""
    convert = csv.ConvertOptions(include_columns=names, column_types={name: pa.string() for name in names} | (types or {}))
    parse = csv.ParseOptions(newlines_in_values=True)
    return csv.open_csv(path, csv.ReadOptions(block_size=BLOCK), parse, convert)


def read_truth(path: Path) -> Truth:
    table = read_columns(path, ["id", "entity"]).read_all().combine_chunks()
    ids, coded = table["id"].combine_chunks(), table["entity"].combine_chunks().dictionary_encode()
    if pc.count_distinct(ids).as_py() != len(ids):
        sys.exit(f"{path}: an id stands there twice")
    return Truth(ids, coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary)


def header(path: Path) -> list[str]:
    with path.open() as file:
        return file.readline().rstrip("\r\n").split(",")


def places(path: Path, values: pa.Array, truth: Truth) -> np.ndarray:
    """Records as numbers. They may be named as SYSTEM/STREAM/KEY: the key is the id."""
    found = pc.index_in(pc.replace_substring_regex(values, "^.*/", ""), truth.ids)
    if found.null_count:
        sys.exit(f"{path}: {values.filter(pc.is_null(found))[0]} is no record of the truth")
    return found.to_numpy(zero_copy_only=False)


def read_clusters(path: Path, truth: Truth) -> tuple[np.ndarray, int]:
    """The cluster of each record, as a number; and how many records the file does not name: each of them is alone."""
    id_, name = header(path)[:2]
    table = read_columns(path, [id_, name]).read_all().combine_chunks()
    coded = table[name].combine_chunks().dictionary_encode()
    cluster = np.arange(len(truth.ids), dtype=np.int64) + len(coded.dictionary)
    at = places(path, table[id_].combine_chunks(), truth)
    if len(np.unique(at)) != len(at):
        sys.exit(f"{path}: a record stands in two clusters")
    cluster[at] = coded.indices.to_numpy(zero_copy_only=False)
    return np.unique(cluster, return_inverse=True)[1], len(cluster) - len(at)


def read_pairs(path: Path, truth: Truth) -> Pairs:
    parts: list[list[np.ndarray]] = [[np.empty(0, np.int32)], [np.empty(0, np.int32)], [np.empty(0, np.float32)]]
    left, right, score = header(path)[:3]
    for batch in read_columns(path, [left, right, score], {score: pa.float32()}):
        parts[0].append(places(path, batch[left], truth))
        parts[1].append(places(path, batch[right], truth))
        parts[2].append(batch[score].to_numpy(zero_copy_only=False))
    pairs = Pairs(*(np.concatenate(part) for part in parts))
    must_be_once(path, pairs, len(truth.ids))
    return pairs


def read_matches(path: Path, truth: Truth) -> tuple[Pairs, np.ndarray] | None:
    """The pairs that the program chose itself, and which of them need no eyes; None where its file does not say."""
    names = header(path)
    if "match" not in names:
        return None
    left, right, score = names[:3]
    table = read_columns(path, [left, right, score, "match"], {score: pa.float32()}).read_all()
    table = table.filter(pc.not_equal(table["match"], "")).combine_chunks()
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    pairs = Pairs(places(path, columns[left], truth), places(path, columns[right], truth), columns[score].to_numpy(zero_copy_only=False))
    return pairs, pc.equal(columns["match"], "automatic").to_numpy(zero_copy_only=False)


def must_be_once(path: Path, pairs: Pairs, records: int) -> None:
    low, high = np.minimum(pairs.left, pairs.right), np.maximum(pairs.left, pairs.right)
    if np.any(low == high):
        sys.exit(f"{path}: a record is paired with itself")
    key = low.astype(np.int64) * records + high
    key.sort()
    if np.any(key[1:] == key[:-1]):
        sys.exit(f"{path}: a pair stands there twice")


def read_sources(path: Path, truth: Truth) -> np.ndarray:
    """The source of each record, as a number."""
    table = read_columns(path, ["id", "source"]).read_all().combine_chunks()
    source = np.empty(len(truth.ids), np.int32)
    source[places(path, table["id"].combine_chunks(), truth)] = table["source"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return source


def is_reported(entity: str) -> bool:
    """Whether an entity is of the half that figures are given of; thresholds may only be chosen on the other one."""
    return hashlib.blake2b(entity.encode(), digest_size=1).digest()[0] & 1 == 1


def inside(truth: Truth, half: str) -> np.ndarray:
    """Which records' entities are in the half."""
    if half == "all":
        return np.ones(len(truth.entity), bool)
    reported = np.fromiter((is_reported(name) for name in truth.names.to_pylist()), bool, len(truth.names))
    return (reported if half == "reported" else ~reported)[truth.entity]
