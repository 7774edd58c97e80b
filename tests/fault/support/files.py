"""Files that appear and grow as those of real systems do: renamed into their folder, appended to, or written in pieces."""
from __future__ import annotations

import random
import time
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Under another name first, so that nobody sees half of it."""
    new = path.with_name("." + path.name + ".new")
    new.write_bytes(content)
    new.rename(path)


class GrowingFiles:
    """NAME-0001.EXT, NAME-0002.EXT …: rows are collected with add and written with flush."""

    def __init__(self, folder: Path, name: str, extension: str, head: bytes, chance: random.Random):
        self._folder = folder
        self._name = name
        self._extension = extension
        self._head = head
        self._chance = chance
        self._number = 0
        self._line = 0
        self._rows: list[bytes] = []
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self._line = 2 if self._head else 1
        self._new = True

    @property
    def _file(self) -> str:
        return f"{self._name}-{self._number:04}.{self._extension}"

    def next_place(self) -> str:
        """FILE:LINE of the row that is added next."""
        return f"{self._file}:{self._line}"

    def add(self, row: bytes) -> None:
        self._rows.append(row + b"\n")
        self._line += 1

    def flush(self) -> None:
        if not self._rows:
            return
        content = b"".join(self._rows)
        path = self._folder / self._file
        if self._new and self._chance.random() < 0.5:
            write_whole(path, self._head + content)
        else:
            self._write_in_pieces(path, (self._head if self._new else b"") + content)
        self._rows.clear()
        self._new = False
        if self._chance.random() < 0.6:  # else this file grows in the next wave
            self._begin()

    def _write_in_pieces(self, path: Path, content: bytes) -> None:
        cut = self._chance.randrange(len(content))  # in the middle of a row, as a rule
        with open(path, "ab", buffering=0) as file:
            file.write(content[:cut])
            time.sleep(0.02)
            file.write(content[cut:])
