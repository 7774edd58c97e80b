#!/usr/bin/env python3
"""A clerk's weeks with the built program: exceptions that open, are acknowledged, settled by a document, by a person, and reopened; policies and own rules.

    exceptions.py CROSSBILL
"""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from support import free_port, is_ready, must, until

CONNECTOR = """version: 1
system: erp
source: {kind: csv, path: data}
streams:
  - {name: parties, files: parties.csv, settle: 0s, extract: full, key: [id], publish: party, map: {id: id, name: name, identifiers: [{type: TAX_ID, value: tax}]}}
  - name: orders
    files: orders.csv
    settle: 0s
    extract: full
    key: [no]
    publish: order
    map: {number: no, customer.id: party, ordered_on: date(day, "%Y-%m-%d"), currency: '"EUR"', total: money(total, "EUR"), org_unit: unit, approved_by: approver,
          lines: [{id: '"10"', product.sku: sku, quantity: decimal(quantity), unit_price: money(price, "EUR")}]}
  - name: shipments
    files: shipments.csv
    settle: 0s
    extract: full
    key: [no]
    publish: shipment
    map: {number: no, customer.id: party, shipped_on: date(day, "%Y-%m-%d"), references: [{type: ORDER, number: ref}], lines: [{id: '"10"', product.sku: sku, quantity: decimal(quantity)}]}
  - name: invoices
    files: invoices.csv
    settle: 0s
    extract: full
    key: [no]
    publish: invoice
    map: {number: no, customer.id: party, issued_on: date(day, "%Y-%m-%d"), currency: '"EUR"', total: money(total, "EUR"), type: INVOICE, references: [{type: ORDER, number: ref}],
          lines: [{id: '"10"', product.sku: sku, quantity: decimal(quantity), unit_price: money(price, "EUR")}]}
"""
ORDERS = "no,party,day,total,unit,sku,quantity,price,approver\n4500001,7,2026-06-01,100,1000,A,2,50,\n4500002,7,2026-06-02,900,1000,B,3,300,\n"
SHIPMENTS = "no,party,day,ref,sku,quantity\n80001,7,2026-06-05,4500001,A,2\n80002,7,2026-06-06,4500002,B,3\n"
INVOICES = "no,party,day,total,ref,sku,quantity,price\n"
FIRST = "90001,7,2026-06-10,100,4500001,A,2,50\n"
SECOND = "90002,7,2026-08-20,906,4500002,B,3,302\n"
EXCEPTIONS = """exceptions:
  policies:
    - {types: [PRICE_MISMATCH], absolute: 3}
    - {types: [PRICE_MISMATCH], tax_id: DE 123, absolute: 1, unit: claims, severity: high}
  rules:
    - {name: large-without-approval, on: order, when: "total > 500 && approved_by == null", why: nobody approved it, unit: board, at_stake: total - 500}
"""


class Clerk:
    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary, self.folder = binary, folder

    def call(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run([str(self.binary), *words, "-C", str(self.folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if (done.returncode != 0) != fails:
            sys.exit(f"crossbill {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def write(self, name: str, text: str) -> None:
        (self.folder / "data" / name).write_text(text)

    def run(self, as_of: str) -> dict[str, dict]:
        self.call("run", "--until-idle", "--quiet", "--as-of", as_of)
        return self.exceptions()

    def exceptions(self, *words: str) -> dict[str, dict]:
        lines = [json.loads(line) for line in self.call("export", "exceptions", *words).splitlines()]
        return {line.get("own_rule") or line["type"]: line for line in lines}

    def history(self, name: str) -> list[str]:
        return [json.loads(line)["kind"] for line in self.call("exceptions", "history", name, "-o", "json").splitlines()]


def write_project(folder: Path, grpc: int, http: int, exceptions: str) -> None:
    (folder / "connectors").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "crossbill.yaml").write_text(f'version: 1\nfacade: {{listen: "127.0.0.1:{grpc}", http: "127.0.0.1:{http}"}}\n{exceptions}')
    (folder / "connectors" / "erp.yaml").write_text(CONNECTOR)


def settled_by_documents_and_people(clerk: Clerk) -> None:
    clerk.write("parties.csv", "id,name,tax\n7,Hansa Warenhaus AG,DE123\n")
    clerk.write("orders.csv", ORDERS)
    clerk.write("shipments.csv", SHIPMENTS)
    clerk.write("invoices.csv", INVOICES + FIRST)
    found = clerk.run("2026-08-01")
    must(set(found) == {"SHIPPED_NOT_INVOICED"}, f"a shipment waits for its invoice: {set(found)}")
    waiting = found["SHIPPED_NOT_INVOICED"]
    must(waiting["state"] == "OPEN" and waiting["age_days"] == 56 and waiting["age"] == "31-60", f"open, with its age by the documents: {waiting}")
    must(waiting["unit"] == "1000" and waiting["at_stake"]["amount"] == "900", "the documents' unit, and what is at stake")
    clerk.run("2026-08-01")
    must(clerk.history(waiting["id"]) == ["OPENED"], "another run adds nothing to the history")

    clerk.call("exceptions", "acknowledge", waiting["id"], "--by", "A. Clerk", "--reason", "billing is late")
    must(clerk.run("2026-08-02")["SHIPPED_NOT_INVOICED"]["state"] == "ACKNOWLEDGED", "somebody knows of it")
    clerk.write("invoices.csv", INVOICES + FIRST + SECOND)
    found = clerk.run("2026-08-21")
    must(set(found) == {"PRICE_MISMATCH"}, f"the invoice came, at another price: {set(found)}")
    settled = clerk.exceptions("--state", "resolved")["SHIPPED_NOT_INVOICED"]
    must(settled["settled_by"].startswith("invoices/") and settled["resolved_on"] == "2026-08-21", f"it says which document settled it: {settled}")
    must(clerk.history(waiting["id"]) == ["OPENED", "ACKNOWLEDGED", "RESOLVED"], "its history")
    must("settled by invoices/" in clerk.call("exceptions", "show", waiting["id"]), "show says so")

    price = found["PRICE_MISMATCH"]
    must("reason" in clerk.call("exceptions", "resolve", price["id"], fails=True), "a person's resolution needs a reason")
    clerk.call("exceptions", "resolve", price["id"], "--by", "B. Head", "--reason", "agreed by telephone", "--until", "2026-09-30")
    must(clerk.run("2026-08-21") == {}, "what a person resolved is not exported")
    must(clerk.run("2026-10-01")["PRICE_MISMATCH"]["state"] == "OPEN", "until its day")
    clerk.call("exceptions", "resolve", price["id"], "--by", "B. Head", "--reason", "agreed in writing")
    must(clerk.run("2026-10-01") == {}, "resolved for good")
    clerk.write("invoices.csv", INVOICES + FIRST + SECOND.replace("302", "310"))
    must(clerk.run("2026-10-01")["PRICE_MISMATCH"]["state"] == "OPEN", "but not for another amount")
    kinds = clerk.history(price["id"])
    must(kinds == ["OPENED", "RESOLVED", "REOPENED", "RESOLVED", "REOPENED"], f"its history: {kinds}")


def policies_and_rules(clerk: Clerk, grpc: int, http: int) -> None:
    write_project(clerk.folder, grpc, http, EXCEPTIONS.replace("absolute: 1,", "absolute: 10,"))
    found = clerk.run("2026-10-01")
    must(set(found) == {"large-without-approval"}, f"ten are tolerated for this customer: {set(found)}")
    own = found["large-without-approval"]
    must(own["type"] == "OWN_RULE" and own["unit"] == "board" and own["at_stake"]["amount"] == "400" and "total > 500" in own["rule"], f"an own rule: {own}")
    write_project(clerk.folder, grpc, http, EXCEPTIONS)
    price = clerk.run("2026-10-01")["PRICE_MISMATCH"]
    must(price["severity"] == "HIGH" and price["unit"] == "claims" and "this customer: absolute 1" in price["policy"], f"the policy that had a say: {price}")
    listed = [json.loads(line) for line in clerk.call("exceptions", "list", "-o", "json").splitlines()]
    must([line["name"] for line in listed] == [own["id"], price["id"]], "the most at stake first")
    must(len(clerk.call("exceptions", "list", "--unit", "board", "-o", "json").splitlines()) == 1, "of one unit")
    must("OVERPAYD" in clerk.call("exceptions", "list", "--type", "OVERPAYD", fails=True), "a type that is none is refused")
    write_project(clerk.folder, grpc, http, EXCEPTIONS.replace("total > 500", "totl > 500"))
    must("crossbill.yaml:8:" in clerk.call("check", fails=True), "a wrong name is found by check, with its place")
    write_project(clerk.folder, grpc, http, EXCEPTIONS)


def beside(clerk: Clerk, http: int) -> None:
    name = clerk.exceptions()["large-without-approval"]["id"]
    process = subprocess.Popen([str(clerk.binary), "run", "--quiet", "--as-of", "2026-10-01", "-C", str(clerk.folder)], stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: is_ready(http), "the running process is ready")
        clerk.call("exceptions", "acknowledge", name)
        until(lambda: clerk.exceptions()["large-without-approval"]["state"] == "ACKNOWLEDGED", "a decision has its effect while the process runs")
        body = json.dumps({"name": name, "reason": "over HTTP", "decidedBy": "C. Web"}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{http}/crossbill.v1.ExceptionService/Resolve", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            must(json.load(answer)["verdict"] == "RESOLVE", "and over HTTP")
        until(lambda: "large-without-approval" not in clerk.exceptions(), "it is resolved")
        clerk.call("exceptions", "reopen", name)
        until(lambda: clerk.exceptions().get("large-without-approval", {}).get("state") == "OPEN", "it is open again")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    folder = Path(tempfile.mkdtemp(prefix="crossbill-exceptions-"))
    try:
        grpc, http = free_port(), free_port()
        write_project(folder / "project", grpc, http, "")
        clerk = Clerk(binary, folder / "project")
        settled_by_documents_and_people(clerk)
        policies_and_rules(clerk, grpc, http)
        beside(clerk, http)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
