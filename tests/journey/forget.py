#!/usr/bin/env python3
"""A person is forgotten with the built program: their bytes are gone from every file, the sources cannot bring them back, all others are as they were; alone,
beside a running process, after kill -9, and until it is allowed again.

    forget.py CROSSBILL
"""
from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support import free_port, is_ready, must, until

CRM = """id,name,email,phone,street,city,tax
1,Liselotte Wunderwald,l.wunderwald@privat.example,+49 30 99887766,Zaubergasse 7,Berlin,DE136695976
2,Corgate Foods Ltd,info@corgate.example,+44 20 55501020,High Street 1,London,GB999999973
3,Hansa Warenhaus AG,info@hansa.example,+49 40 55501011,Am Kai 2,Hamburg,DE811907980
"""
CALLS = """id,client,at,note
77,1,2026-03-01T10:00:00Z,Frau Wunderwald will die Lieferung in die Zaubergasse
78,2,2026-03-01T11:00:00Z,Corgate asks for a quote
"""
# The third cannot be used: its day does not exist, and it says who it is.
SHOP = """id,day,name,email,phone,street,city,gross
W1,2026-02-01,Liselotte Wunderwald,l.wunderwald@privat.example,030 99887766,Zaubergasse 7,Berlin,119.00
W2,2026-02-02,Corgate Foods Ltd,info@corgate.example,020 55501020,High Street 1,London,50.00
W3,2026-02-31,L. Wunderwald,l.wunderwald@privat.example,030 99887766,Zaubergasse 7,Berlin,10.00
"""
INVOICES = """id,order,client,day,gross
R1,W1,1,2026-02-05,119.00
R2,W2,2,2026-02-06,50.00
"""
PAYMENTS = """id,day,amount,text
Z1,2026-02-20,119.00,Rechnung R1 von Liselotte Wunderwald
Z2,2026-02-21,50.00,Invoice R2 Corgate
"""
CONNECTORS = {
    "crm": """version: 1
system: crm
source: {kind: csv, path: data, timezone: UTC}
streams:
  - name: clients
    files: clients*.csv
    extract: full
    key: [id]
    publish: party
    map: {id: id, name: name, emails: [email], phones: [phone], identifiers: [{type: TAX_ID, value: tax}], addresses: [{street: street, city: city, country: '"DE"'}]}
  - name: calls
    files: calls.csv
    extract: full
    key: [id]
    publish: interaction
    map: {number: id, customer.id: client, happened_at: datetime(at), text: note}
""",
    "shop": """version: 1
system: shop
source: {kind: csv, path: data, timezone: UTC}
streams:
  - name: orders
    files: shop*.csv
    extract: full
    key: [id]
    publish: order
    map:
      number: id
      customer: {id: email, name: name, phone: phone, email: email}
      ordered_on: date(day)
      entered_by: email
      currency: '"EUR"'
      gross: money(gross, "EUR")
      ship_to: {street: street, city: city}
    also:
      - name: buyers
        key: [email]
        publish: party
        map: {id: email, name: name, emails: [email], phones: [phone], addresses: [{street: street, city: city, country: '"DE"'}]}
""",
    "finance": """version: 1
system: finance
source: {kind: csv, path: data, timezone: UTC}
streams:
  - name: debtors
    files: clients*.csv
    extract: full
    key: [id]
    publish: party
    map: {id: id, name: name, emails: [email], identifiers: [{type: TAX_ID, value: tax}]}
  - name: bills
    files: invoices.csv
    extract: full
    key: [id]
    publish: invoice
    map: {number: id, type: '"INVOICE"', customer.id: client, references: [{type: ORDER, number: order}], issued_on: date(day), currency: '"EUR"', gross: money(gross, "EUR"), total: money(gross, "EUR")}
  - name: receipts
    files: payments.csv
    extract: full
    key: [id]
    publish: payment
    map: {number: id, paid_on: date(day), currency: '"EUR"', total: money(amount, "EUR"), text: text}
""",
}
FILES = {"clients.csv": CRM, "calls.csv": CALLS, "shop.csv": SHOP, "invoices.csv": INVOICES, "payments.csv": PAYMENTS}

# What tells who it was, as bytes in any file and as text in any answer.
TELLING = re.compile(rb"wunderwald|99887766|99 ?88 ?77 ?66|zaubergasse|DE136695976|136695976", re.IGNORECASE)
OTHERS = re.compile("corgate|hansa|\"[WRZ]2\"", re.IGNORECASE)
PERSON = ("crm/clients/1", "finance/debtors/1", "shop/buyers/l.wunderwald@privat.example")
KINDS = ("customers", "orders", "invoices", "payments", "exceptions", "chains", "proposals", "value", "deadletters")


class Project:
    def __init__(self, binary: Path, folder: Path, settings: str = "") -> None:
        self.binary, self.folder = binary, folder
        self.kept = [folder / "bus", folder / "state"]  # where bytes of the person may stand
        self.http = free_port()
        (folder / "connectors").mkdir(parents=True)
        (folder / "data").mkdir()
        (folder / "crossbill.yaml").write_text(
            f'version: 1\nerasure_key: "a key for the test of forgetting"\nfacade: {{listen: "127.0.0.1:{free_port()}", http: "127.0.0.1:{self.http}"}}\n{settings}')
        for name, text in CONNECTORS.items():
            (folder / "connectors" / f"{name}.yaml").write_text(text)
        for name, text in FILES.items():
            self.write(name, text)

    # A file that changed just now is left alone.
    def write(self, name: str, text: str, age: int = 1000) -> None:
        (self.folder / "data" / name).write_text(text)
        at = time.time() - age
        os.utime(self.folder / "data" / name, (at, at))

    def call(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run([str(self.binary), *words, "-C", str(self.folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if (done.returncode != 0) != fails:
            sys.exit(f"crossbill {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def run(self) -> None:
        self.call("run", "--until-idle", "--quiet", "--as-of", "2026-03-10")

    def start(self) -> subprocess.Popen:
        process = subprocess.Popen([str(self.binary), "run", "--quiet", "--as-of", "2026-03-10", "-C", str(self.folder)], stderr=subprocess.DEVNULL)
        until(self.is_ready, "the process is ready")
        return process

    def is_ready(self) -> bool:
        return is_ready(self.http)

    # Everything that people and programs can get out of it.
    def told(self) -> dict[str, str]:
        told = {f"export {kind}": self.call("export", kind) for kind in KINDS}
        for topic in re.findall(r"^crossbill\.(?!internal\.(?:state|work)\.)\S+", self.call("topics"), re.MULTILINE):
            told[f"tap {topic}"] = self.call("tap", topic, "--until-end")
        for text in ("Wunderwald", "l.wunderwald@privat.example", "+49 30 99887766"):
            told[f"search {text}"] = self.call("search", text, fails=True).replace(text, "")
        return told

    def files_that_tell(self) -> list[str]:
        found = []
        for folder in self.kept:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and (match := TELLING.search(self.bytes_of(path))):
                    found.append(f"{path.relative_to(folder.parent)}: {match.group(0)!r}")
        return found

    def bytes_of(self, path: Path) -> bytes:
        return path.read_bytes()

    def others(self) -> dict[str, list[str]]:
        lines = {kind: self.call("export", kind).splitlines() for kind in KINDS}
        return {kind: sorted(line for line in all_of if OTHERS.search(line) and not TELLING.search(line.encode())) for kind, all_of in lines.items()}

    def customer_of(self, record: str) -> str:
        return json.loads(self.call("get", record, "-o", "json"))["name"]

    def customer_of_or_none(self, record: str) -> str | None:
        done = subprocess.run([str(self.binary), "get", record, "-o", "json", "-C", str(self.folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return json.loads(done.stdout)["name"] if done.returncode == 0 else None

    def records(self, kind: str) -> set[str]:
        lines = [json.loads(line) for line in self.call("export", kind).splitlines() if line.startswith("{")]
        return {f"{r['system']}/{r['stream']}/{r['key']}" for line in lines for r in line["records"]}

    def must_be_forgotten(self, when: str) -> None:
        must(self.files_that_tell() == [], f"{when}, no file has a byte of the person: {self.files_that_tell()}")
        for what, text in self.told().items():
            must(TELLING.search(text.encode()) is None, f"{when}, {what} tells nothing of the person: {text}")
        for record in PERSON:
            self.call("get", record, fails=True)


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    folder = Path(tempfile.mkdtemp(prefix="crossbill-forget-"))
    try:
        alone(Project(binary, folder / "alone"))
        beside(Project(binary, folder / "beside"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("forgotten, and stays so")


def alone(project: Project) -> None:
    project.run()
    name = project.customer_of(PERSON[0])
    must({project.customer_of(record) for record in PERSON} == {name}, "three systems' records are one customer")
    must(len(project.files_that_tell()) > 1, "before, the files have bytes of the person")
    project.call("decide", "confirm", PERSON[0], PERSON[1], "--reason", "Frau Wunderwald said so")
    project.run()
    others = project.others()
    must(all(others[kind] for kind in ("customers", "orders", "invoices", "payments")), f"there are others: {others}")

    dry = project.call("forget", name)
    must("records that go (4)" in dry and "nothing was done" in dry, f"a dry run says what would go: {dry}")
    must(project.customer_of(PERSON[0]) == name, "and does nothing")
    project.call("forget", name, "--yes", "--reason", "asked for by Liselotte Wunderwald", fails=True)
    project.call("forget", "customers/none", "--yes", fails=True)
    project.call("forget", name, "--yes", "--reason", "Art. 17, letter of 9 March", "--by", "D. Officer")
    project.must_be_forgotten("after it")
    must(project.others() == others, "others are as they were")
    audit = json.loads(project.call("forget", "--list", "-o", "json"))
    must(audit["records"] == 4 and audit["documents"] == 3 and audit["dead_letters"] == 1 and audit["decisions"] == 1, f"the audit entry counts: {audit}")
    must(audit["reason"] == "Art. 17, letter of 9 March" and audit["decided_by"] == "D. Officer" and audit["completed_at"] > audit["decided_at"], f"and says who, why and when: {audit}")
    must({"shop/orders/W1"} <= project.records("orders"), "the order stays")
    order = next(json.loads(line) for line in project.call("export", "orders").splitlines() if '"W1"' in line)
    must(not order.get("customer") and order["document"]["gross"]["amount"] == "119.00", f"with its amount, without a customer: {order}")
    invoice = next(json.loads(line) for line in project.call("export", "invoices").splitlines() if '"R1"' in line)
    must(any(link["document"] == order["id"] for link in invoice["links"]), "the invoice still belongs to the order")

    # The sources tell it again: whole, and as something new.
    for stream in ("crm/clients", "shop/orders", "finance/debtors", "finance/receipts", "crm/calls", "finance/bills"):
        project.call("offsets", "reset", stream)
    project.run()
    project.must_be_forgotten("when the sources are read anew")
    project.write("clients_2.csv", CRM.replace("Zaubergasse 7", "Zaubergasse 8"), age=100)
    project.write("shop_2.csv", SHOP.replace("W1,", "W9,"), age=100)
    project.run()
    project.must_be_forgotten("when the person moved and ordered again")
    must("shop/orders/W9" in project.records("orders"), "a new order stays, too")

    project.call("forget", "--allow", audit["name"], "--by", "D. Officer")
    for stream in ("crm/clients", "shop/orders"):
        project.call("offsets", "reset", stream)
    project.run()
    must("Wunderwald" in project.call("get", PERSON[0]), "what is allowed again comes back with its source")


def beside(project: Project) -> None:
    process = project.start()
    try:
        until(lambda: project.customer_of_or_none(PERSON[2]), "the sources are read")
        name = project.customer_of(PERSON[2])
        # Killed in the middle: it is gone on with.
        forget = subprocess.Popen([str(project.binary), "forget", name, "--yes", "-C", str(project.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: "erasures/" in project.call("forget", "--list"), "it is on the bus")
        process.send_signal(signal.SIGKILL)
        process.wait()
        forget.kill()
        forget.wait()
        process = project.start()
        until(lambda: "completed" in project.call("forget", "--list"), "it is completed")
    finally:
        process.terminate()
        process.wait()
    project.run()
    project.must_be_forgotten("beside a process that was killed")


if __name__ == "__main__":
    main()
