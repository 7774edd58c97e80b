"""Orders of two systems, their shipments and invoices: four documents an order, ten orders a customer."""
from __future__ import annotations

import os
from pathlib import Path

STREAMS = {
    "parties": ("party", "customer_id,name,email,city", "      id: customer_id\n      name: name\n      emails: [email]\n      addresses: [{city: city}]\n"),
    "orders": ("order", "no,customer_id,day,amount", "      number: no\n      customer.id: customer_id\n      ordered_on: date(day)\n      total: money(amount, \"EUR\")\n"
               "      lines: [{id: '\"1\"', product.sku: '\"A-1\"', quantity: 1, unit_price: 'money(amount, \"EUR\")'}]\n"),
    "shipments": ("shipment", "no,order_no,day", "      number: no\n      references: [{type: ORDER, number: order_no}]\n      shipped_on: date(day)\n"
                  "      lines: [{id: '\"1\"', product.sku: '\"A-1\"', quantity: 1, references: [{type: ORDER, number: order_no, line: '\"1\"'}]}]\n"),
    "invoices": ("invoice", "no,order_no,customer_id,day,amount", "      number: no\n      references: [{type: ORDER, number: order_no}]\n      customer.id: customer_id\n"
                 "      issued_on: date(day)\n      total: money(amount, \"EUR\")\n      gross: money(amount, \"EUR\")\n"
                 "      lines: [{id: '\"1\"', product.sku: '\"A-1\"', quantity: 1, unit_price: 'money(amount, \"EUR\")', references: [{type: ORDER, number: order_no, line: '\"1\"'}]}]\n"),
}
SYSTEMS = {"erp": ("parties", "orders", "shipments", "invoices"), "crm": ("parties", "orders")}


def write_documents(work: Path, folder: Path, documents: int, project: str = "") -> int:
    """Data under `work`, connectors and crossbill.yaml in `folder`; gives the number of orders."""
    orders = documents // 4
    (folder / "connectors").mkdir(parents=True)
    (folder / "crossbill.yaml").write_text("version: 1\n" + project)
    for system, names in SYSTEMS.items():
        data = work / f"data-{system}"
        data.mkdir()
        streams = ""
        for name in names:
            kind, columns, mapping = STREAMS[name]
            extra = "      references: [{type: ORDER, number: erp_no}]\n" if (system, name) == ("crm", "orders") else ""
            streams += f"  - name: {name}\n    files: {name}.csv\n    key: [{columns.split(',')[0]}]\n    publish: {kind}\n    map:\n{mapping}{extra}"
        (folder / "connectors" / f"{system}.yaml").write_text(f"version: 1\nsystem: {system}\nsource: {{kind: csv, path: {data}}}\nstreams:\n{streams}")
        write_system(data, system, names, orders)
    return orders


def write_system(data: Path, system: str, names: tuple[str, ...], orders: int) -> None:
    files = {name: (data / f"{name}.csv").open("w") for name in names}
    for name in names:
        files[name].write(STREAMS[name][1] + (",erp_no" if (system, name) == ("crm", "orders") else "") + "\n")
    customers = max(1, orders // 10)
    for customer in range(customers):
        files["parties"].write(f"{system}{customer},Company {customer} Ltd,office{customer}@company{customer}.example,Bristol\n")
    for number in range(orders):
        customer, day, amount = number % customers, f"2026-{number % 10 + 1:02d}-{number % 28 + 1:02d}", f"{number % 9973}.{number % 100:02d}"
        if system == "erp":
            files["orders"].write(f"45{number:08d},{system}{customer},{day},{amount}\n")
            files["shipments"].write(f"80{number:08d},45{number:08d},{day}\n")
            files["invoices"].write(f"90{number:08d},45{number:08d},{system}{customer},{day},{amount}\n")
        else:
            files["orders"].write(f"SO-{number:08d},{system}{customer},{day},{amount},45{number:08d}\n")
    for file in files.values():
        file.close()
        os.utime(file.name, (1, 1))
