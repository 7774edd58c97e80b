"""What the tests on real data share: where the data is, the built program, and a PostgreSQL of their own."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SKIPPED = 77


def skip(why: str) -> None:
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def data(relative: str) -> Path:
    """A file of the data that CROSSBILL_SHARED names; skips where it is absent."""
    shared = Path(os.environ.get("CROSSBILL_SHARED", REPOSITORY.parent / "shared"))
    path = shared / "data" / relative
    if not path.exists():
        skip(f"{path} is not there; CROSSBILL_SHARED names the folder that has data/")
    return path


def must(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"does not hold: {what}")


class Crossbill:
    def __init__(self, binary: str, folder: Path, **environment: str) -> None:
        self.binary, self.folder, self.environment = Path(binary).resolve(), folder, {**os.environ, **environment}

    def call(self, *words: str) -> str:
        done = subprocess.run([str(self.binary), *words, "-C", str(self.folder)], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"crossbill {' '.join(words)} ended with {done.returncode}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout

    def export(self, kind: str, *words: str) -> list[dict]:
        return [json.loads(line) for line in self.call("export", kind, *words).splitlines() if line.startswith("{")]


class Postgres:
    """A server in a folder, on a Unix socket, for as long as the block lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
        if not installed:
            skip("PostgreSQL is not installed")
        self.bin = installed[-1].parent
        self.root = os.geteuid() == 0

    def _server(self, program: str, *words: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if self.root else []
        done = subprocess.run([*as_user, str(self.bin / program), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd="/")
        if done.returncode != 0:
            sys.exit(f"{program} ended with {done.returncode}:\n{done.stdout}")

    def __enter__(self) -> Postgres:
        self.folder.mkdir()
        self.folder.parent.chmod(0o755)
        if self.root:
            subprocess.run(["chown", "postgres", str(self.folder)], check=True)
        self._server("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self._server("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._server("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    def dsn(self, database: str) -> str:
        return f"host={self.folder} user=postgres dbname={database}"

    def psql(self, database: str, sql: str) -> str:
        done = subprocess.run([str(self.bin / "psql"), self.dsn(database), "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-"],
                              input=sql, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"psql: {done.stderr[-2000:]}")
        return done.stdout

    def rows(self, database: str, query: str) -> list[list[str]]:
        return [line.split("\t") for line in self.psql(database, query).splitlines()]
