#!/usr/bin/env python3
"""A steward's day with the built program: a question, a decision, its effect, its end; with the bus to itself, and beside a running process.

    steward.py CROSSBILL
"""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support import free_port, is_ready, must, until

CRM = """id,name,email,phone,city
1,Hansa Warenhaus AG,info@hansa.example,+49 40 5550101,Hamburg
2,Corgate Foods Ltd,info@corgate.example,+44 20 5550102,London
"""
ERP = """id,name,email,phone,city
10,Hansa Warenhaus,,,
20,Nordwind GmbH,post@nordwind.example,+49 421 5550103,Bremen
"""
CONNECTOR = """version: 1
system: {system}
source: {{kind: csv, path: data}}
streams:
  - name: parties
    files: {system}.csv
    key: [id]
    publish: party
    map: {{id: id, name: name, emails: [email], phones: [phone], addresses: [{{city: city, country: '"DE"'}}]}}
"""


class Steward:
    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary, self.folder = binary, folder

    def call(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run([str(self.binary), *words, "-C", str(self.folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if (done.returncode != 0) != fails:
            sys.exit(f"crossbill {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def run(self) -> None:
        self.call("run", "--until-idle", "--quiet")

    def customers(self) -> set[frozenset[str]]:
        lines = self.call("export", "customers").splitlines()
        return {frozenset(f"{r['system']}/{r['key']}" for r in json.loads(line)["records"]) for line in lines if line.startswith("{")}

    def customer_of(self, record: str) -> str:
        return json.loads(self.call("get", record, "-o", "json"))["name"]


def write_project(folder: Path, grpc: int, http: int) -> None:
    (folder / "connectors").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "crossbill.yaml").write_text(f'version: 1\nfacade: {{listen: "127.0.0.1:{grpc}", http: "127.0.0.1:{http}"}}\n')
    for system, rows in (("crm", CRM), ("erp", ERP)):
        (folder / "data" / f"{system}.csv").write_text(rows)
        os.utime(folder / "data" / f"{system}.csv", (1, 1))  # a file that changed just now is left alone
        (folder / "connectors" / f"{system}.yaml").write_text(CONNECTOR.format(system=system))


APART = {frozenset({"crm/1"}), frozenset({"crm/2"}), frozenset({"erp/10"}), frozenset({"erp/20"})}
HANSA = {frozenset({"crm/1", "erp/10"}), frozenset({"crm/2"}), frozenset({"erp/20"})}


def alone(steward: Steward) -> None:
    steward.run()
    must(steward.customers() == APART, "the name alone links nothing")
    review = json.loads(steward.call("review", "-o", "json"))
    must({review["left_name"], review["right_name"]} == {"Hansa Warenhaus AG", "Hansa Warenhaus"}, "it is asked whether they are the same")
    why = steward.call("why", "crm/parties/1", "erp/parties/10")
    must("two customers" in why and "less than the +6.00 bits" in why, f"why says what is missing: {why}")
    who = steward.call("who", "--name", "HANSA WARENHAUS", "--email", "INFO@hansa.example")
    must(f"{steward.customer_of('crm/parties/1')}  Hansa Warenhaus AG  (LINK)" in who, f"who says whom it would be linked with: {who}")
    steward.call("decide", "confirm", review["name"], "--reason", "same letterhead", "--by", "A. Steward")
    steward.run()
    must(steward.customers() == HANSA, "a confirmed pair is one customer")
    must("0 of 0 open questions" in steward.call("review"), "what is decided is not asked")
    name = steward.customer_of("erp/parties/10")
    must("confirmed by a person" in steward.call("how", name), "how says who joined them")
    decisions = [json.loads(line) for line in steward.call("decide", "list", "-o", "json").splitlines()]
    must(len(decisions) == 1 and decisions[0]["decided_by"] == "A. Steward" and decisions[0]["reason"] == "same letterhead", "who and why is kept")
    must(decisions[0]["name"] in steward.call("explain", name), "the link names the decision")
    steward.call("decide", "undo", decisions[0]["name"])
    steward.run()
    must(steward.customers() == APART, "an undone decision does not hold")
    steward.call("decide", "confirm", "crm/parties/1", fails=True)
    steward.call("decide", "undo", "decisions/none", fails=True)


def beside(steward: Steward, http: int) -> None:
    names = [steward.customer_of("crm/parties/2"), steward.customer_of("erp/parties/20")]
    process = subprocess.Popen([str(steward.binary), "run", "--quiet", "-C", str(steward.folder)], stderr=subprocess.PIPE, text=True)
    try:
        # Before, the command would have the bus to itself, and the process could not open it.
        until(lambda: is_ready(http), "the running process is ready")
        steward.call("decide", "merge", *names)
        until(lambda: steward.customer_of("crm/parties/2") == steward.customer_of("erp/parties/20"), "the customers are one")
        steward.call("decide", "split", names[0], "erp/parties/20")
        until(lambda: steward.customer_of("crm/parties/2") != steward.customer_of("erp/parties/20"), "the customers are two again")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    folder = Path(tempfile.mkdtemp(prefix="crossbill-steward-"))
    try:
        grpc, http = free_port(), free_port()
        write_project(folder / "project", grpc, http)
        steward = Steward(binary, folder / "project")
        alone(steward)
        beside(steward, http)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
