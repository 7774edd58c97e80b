"""A PostgreSQL server of a benchmark's own."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PG_BIN = "/usr/lib/postgresql/15/bin"


def is_installed() -> bool:
    return Path(PG_BIN, "initdb").exists()


class Postgres:
    """In a folder of its own, on a Unix socket, and with a port on the loopback too (for those who speak no sockets)."""

    def __init__(self, folder: Path, port: int | None = None, options: str = "") -> None:
        self.folder = folder
        folder.mkdir()
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(folder, "postgres")
            for parent in folder.parents:
                if parent.stat().st_uid == os.geteuid() and parent != Path("/") and str(parent).startswith(tempfile.gettempdir() + "/"):
                    parent.chmod(0o755)
        self.data = folder / "data"
        self.run([f"{PG_BIN}/initdb", "-D", str(self.data), "-A", "trust", "-U", "bench"])
        listen = f"-c listen_addresses='127.0.0.1' -p {port}" if port else "-c listen_addresses=''"
        self.run([f"{PG_BIN}/pg_ctl", "-D", str(self.data), "-w", "-l", str(folder / "log"), "-o", f"-k {folder} {listen} {options}", "start"])
        self.dsn = f"host={folder} user=bench dbname=postgres" + (f" port={port}" if port else "")
        self.jdbc = f"jdbc:postgresql://127.0.0.1:{port}/postgres?user=bench" if port else ""

    def run(self, command: list[str]) -> None:
        subprocess.run(self.user + command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def close(self) -> None:
        self.run([f"{PG_BIN}/pg_ctl", "-D", str(self.data), "-m", "immediate", "stop"])
