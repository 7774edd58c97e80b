#!/usr/bin/env python3
"""A clerk's decisions of documents with the built program: what a payment is for, which orders are one and which are not; undone, read anew, with the read model
made anew, beside a running process, and after kill -9.

    document_decisions.py CROSSBILL
"""
from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from support import free_port, is_ready, must, until

ORDERS = """map: {number: no, customer.id: party, ordered_on: date(day, "%Y-%m-%d"), currency: '"EUR"', total: money(total, "EUR")}"""
CONNECTOR = f"""version: 1
system: erp
source: {{kind: csv, path: data}}
streams:
  - {{name: parties, files: parties.csv, settle: 0s, extract: full, key: [id], publish: party, map: {{id: id, name: name, identifiers: [{{type: TAX_ID, value: tax}}]}}}}
  - {{name: orders, files: orders.csv, settle: 0s, extract: full, key: [no], publish: order, {ORDERS}}}
  - {{name: weborders, files: weborders.csv, settle: 0s, extract: full, key: [no], publish: order, {ORDERS}}}
  - name: invoices
    files: invoices.csv
    settle: 0s
    extract: full
    key: [no]
    publish: invoice
    map: {{number: no, customer.id: party, issued_on: date(day, "%Y-%m-%d"), currency: '"EUR"', gross: money(gross, "EUR"), type: INVOICE}}
  - name: payments
    files: payments.csv
    settle: 0s
    extract: full
    key: [no]
    publish: payment
    map: {{number: no, customer.id: party, paid_on: date(day, "%Y-%m-%d"), currency: '"EUR"', total: money(total, "EUR")}}
"""
FILES = {
    "parties.csv": "id,name,tax\n7,Hansa Warenhaus AG,DE123\n8,Nordwind GmbH,DE456\n",
    "orders.csv": "no,party,day,total\n4500001,7,2026-06-01,100\n4500002,7,2026-06-02,900\n4500008,8,2026-06-02,80\n",
    "weborders.csv": "no,party,day,total\nW1,7,2026-06-01,100\nW2,7,2026-08-02,555\n",
    "invoices.csv": "no,party,day,gross\n90001,7,2026-06-10,250\n90002,7,2026-06-11,250\n",
    "payments.csv": "no,party,day,total\nB1,7,2026-07-01,250\nB2,7,2026-07-02,33\n",
}
AS_OF = "2026-09-01"


class Clerk:
    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary, self.folder = binary, folder

    def call(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run([str(self.binary), *words, "-C", str(self.folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if (done.returncode != 0) != fails:
            sys.exit(f"crossbill {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def decide(self, *words: str) -> dict:
        return json.loads(self.call("decide", "document", *words, "-o", "json"))

    def run(self) -> None:
        self.call("run", "--until-idle", "--quiet", "--as-of", AS_OF)

    def start(self, http: int) -> subprocess.Popen:
        process = subprocess.Popen([str(self.binary), "run", "--quiet", "--as-of", AS_OF, "-C", str(self.folder)], stderr=subprocess.PIPE, text=True)
        until(lambda: is_ready(http), "the running process is ready")
        return process

    def get(self, name: str) -> dict:
        return json.loads(self.call("get", name, "-o", "json"))

    def orders(self) -> set[frozenset[str]]:
        lines = [json.loads(line) for line in self.call("export", "orders").splitlines()]
        return {frozenset(record["key"] for record in line["records"]) for line in lines}

    def are_one(self, *keys: str) -> bool:
        return frozenset(keys) in self.orders()

    def questions(self) -> list[dict]:
        return [json.loads(line) for line in self.call("review", "--documents", "-o", "json").splitlines()]

    def decisions(self, *words: str) -> list[dict]:
        return [json.loads(line) for line in self.call("decide", "document", "list", *words, "-o", "json").splitlines()]


def write_project(folder: Path, grpc: int, http: int) -> None:
    (folder / "connectors").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "crossbill.yaml").write_text(f'version: 1\nfacade: {{listen: "127.0.0.1:{grpc}", http: "127.0.0.1:{http}"}}\n')
    (folder / "connectors" / "erp.yaml").write_text(CONNECTOR)
    for name, text in FILES.items():
        (folder / "data" / name).write_text(text)


def amount_open(document: dict) -> float:
    return float(document["open"]["amount"])


def what_a_payment_is_for(clerk: Clerk) -> None:
    clerk.run()
    (question,) = clerk.questions()
    must(question["number"] == "B1" and question["open"]["amount"] == "250", f"a payment of two invoices' amount is asked about: {question}")
    must([each["number"] for each in question["candidates"]] == ["90001", "90002"], f"with the invoices that it may be for: {question}")
    must("1 of 1 payments;" in clerk.call("review", "--documents"), "as text")
    invoice = question["candidates"][1]["document"]
    decision = clerk.decide("settle", question["document"], invoice, "--by", "A. Clerk", "--reason", "by telephone")
    must(decision["state"] == "HOLDS", f"nothing stands in its way: {decision}")
    clerk.run()
    must(clerk.questions() == [], "what is decided is not asked")
    paid = clerk.get("erp/invoices/90002")
    must(amount_open(paid) == 0 and amount_open(clerk.get("erp/payments/B1")) == 0, f"it is paid: {paid}")
    must(amount_open(clerk.get("erp/invoices/90001")) == 250, "and the other is not")
    (link,) = paid["links"]
    must(link["settled"]["amount"] == "250" and link["evidence"].startswith(f"decision: {decision['name']} of A. Clerk, "), f"the link names the decision: {link}")
    must(link["evidence"].endswith("Z: by telephone"), "with when and why")
    must(decision["name"] in clerk.call("explain", paid["name"]), "explain says so")

    clerk.decide("undo", decision["name"], "--by", "B. Head")
    clerk.run()
    must(len(clerk.questions()) == 1 and amount_open(clerk.get("erp/invoices/90002")) == 250, "an undone decision does not hold")
    must(clerk.decisions() == [] and clerk.decisions("--all")[0]["undone_by"] == "B. Head", "but is kept")
    clerk.decide("unsettle", "erp/payments/B1", "erp/invoices/90001")
    clerk.run()
    must(clerk.questions() == [] and amount_open(clerk.get("erp/invoices/90002")) == 0, "what it is not for leaves one")
    clerk.decide("settle", "erp/payments/B2", "erp/invoices/90001", "--amount", "20")
    clerk.run()
    must(amount_open(clerk.get("erp/invoices/90001")) == 230 and amount_open(clerk.get("erp/payments/B2")) == 13, "a part of a payment")


def which_orders_are_one(clerk: Clerk) -> None:
    must(clerk.are_one("4500001", "W1") and clerk.are_one("4500002"), f"by amount and date: {clerk.orders()}")
    apart = clerk.decide("different", "erp/orders/4500001", "erp/weborders/W1", "--reason", "two deliveries")
    clerk.decide("same", clerk.get("erp/orders/4500002")["name"], clerk.get("erp/weborders/W2")["name"])
    clerk.run()
    must({frozenset({"4500001"}), frozenset({"W1"}), frozenset({"4500002", "W2"})} <= clerk.orders(), f"as was decided: {clerk.orders()}")
    (match,) = clerk.get("erp/weborders/W2")["matches"]
    must(match["rule"] == "decision" and match["evidence"].startswith("decisions/"), f"the rule of the match: {match}")
    two = clerk.decide("same", "erp/orders/4500002", "erp/orders/4500008")
    must(two["state"] == "TWO_CUSTOMERS", f"they stand at two customers: {two}")
    clerk.run()
    must(clerk.are_one("4500008"), "which it does not change")
    must("two customers" in clerk.call("decide", "document", "same", "erp/orders/4500002", "erp/orders/4500008"), "and says so")
    must(clerk.decide("same", "erp/orders/4500001", "erp/orders/none")["state"] == "NOT_THERE", "of a record that is not there")
    must([each["state"] for each in clerk.decisions("erp/weborders/W1")] == ["HOLDS"], "the list has the states")
    for words in (("same", "erp/orders/4500001", "erp/invoices/90001"), ("settle", "erp/orders/4500001", "erp/invoices/90001"), ("same", "orders/none", "erp/orders/1"),
                  ("settle", "erp/payments/B1", "erp/invoices/90001", "--amount", "0"), ("undo", "decisions/none")):
        clerk.call("decide", "document", *words, fails=True)

    # The records change, are read anew, and the read model is made anew.
    data = clerk.folder / "data"
    (data / "weborders.csv").write_text(FILES["weborders.csv"].replace("W1,7,2026-06-01,100", "W1,7,2026-06-01,100.00"))
    (data / "orders.csv").write_text(FILES["orders.csv"].replace("900", "901"))
    clerk.call("offsets", "reset", "erp/orders")
    shutil.rmtree(clerk.folder / "state" / "views")
    clerk.run()
    must({frozenset({"4500001"}), frozenset({"W1"}), frozenset({"4500002", "W2"})} <= clerk.orders(), f"decisions stay: {clerk.orders()}")
    clerk.decide("undo", apart["name"])
    clerk.run()
    must(clerk.are_one("4500001", "W1"), "undone, they are one again")


def beside(clerk: Clerk, http: int) -> None:
    process = clerk.start(http)
    try:
        clerk.decide("different", "erp/orders/4500001", "erp/weborders/W1")
        until(lambda: clerk.are_one("W1"), "a decision has its effect while the process runs")
        body = json.dumps({"left": "erp/orders/4500001", "right": "erp/weborders/W1", "decidedBy": "C. Web"}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{http}/crossbill.v1.DocumentStewardService/Same", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            must(json.load(answer)["verdict"] == "SAME", "and over HTTP")
        until(lambda: clerk.are_one("4500001", "W1"), "the newer decision holds")
        clerk.decide("different", "erp/orders/4500002", "erp/weborders/W2")
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = clerk.start(http)
        until(lambda: clerk.are_one("W2") and clerk.are_one("4500001", "W1"), "after kill -9 nothing is lost")
    finally:
        process.kill()
        process.wait()


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    folder = Path(tempfile.mkdtemp(prefix="crossbill-documents-"))
    try:
        grpc, http = free_port(), free_port()
        write_project(folder / "project", grpc, http)
        clerk = Clerk(binary, folder / "project")
        what_a_payment_is_for(clerk)
        which_orders_are_one(clerk)
        beside(clerk, http)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
