#!/usr/bin/env python3
"""Crossbill on one set: a project with a connector for each source, then `crossbill link` with its packaged model.

    ours.py --binary FILE --records FILE --kind KIND --out FOLDER [--models FOLDER]

Writes pairs.csv, clusters.csv and stats.json, as the peers' programs do. One model of persons, one of organisations and one of payments serve all sets; a mapping only says which column is which field of a party or payment.
"""
from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = "link"
LINKED = 0.0  # bits: where the packaged models link, unless stats.json says another `threshold`
# Days that exist, with SEP between year, month and day: a date that does not would send the whole row to the dead letters.
DAY = r"^\d{4}SEP((0[13578]|1[02])SEP(0[1-9]|[12]\d|3[01])|(0[469]|11)SEP(0[1-9]|[12]\d|30)|02SEP(0[1-9]|1\d|2[0-8]))$|^\d\d([02468][048]|[13579][26])SEP02SEP29$"


@dataclass(frozen=True)
class Mapping:
    model: str
    lines: str  # of `map:`; one with "COLUMN? " before it is left out where the set has no such column
    of_source: dict[str, str] = field(default_factory=dict)  # further lines, of one source


def day(column: str, separator: str, form: str) -> str:
    pattern = DAY.replace("SEP", separator)
    return f"'matches({column}, r\"{pattern}\") ? date({column}, \"{form}\") : null'"


MAPPINGS = {
    "febrl": Mapping("person", f"""
given_name: given_name
family_name: surname
name: trim(concat(given_name, " ", surname))
born_on: {day("date_of_birth", "", "%Y%m%d")}
addresses: [{{street: 'trim(concat(street_number, " ", address_1, " ", address_2))', city: suburb, region: upper(state), postal_code: postcode, country: '"AU"'}}]
soc_sec_id? identifiers: [{{type: NATIONAL_ID, value: soc_sec_id}}]"""),
    "historical": Mapping("person", f"""
given_name: first_name
family_name: surname
name: full_name
gender: gender
born_on: {day("dob", "-", "%Y-%m-%d")}
birth_place: birth_place
occupation: occupation
addresses: [{{postal_code: postcode_fake, country: '"GB"'}}]"""),
    "whole_names": Mapping("person", f"""
name: full_name
gender: gender
born_on: {day("dob", "-", "%Y-%m-%d")}
birth_place: birth_place
occupation: occupation
addresses: [{{postal_code: postcode_fake, country: '"GB"'}}]"""),
    "persons": Mapping("person", f"""
given_name: given_name
family_name: family_name
name: trim(concat(given_name, " ", family_name))
name_kana: name_kana
gender: gender
born_on: {day("born_on", "-", "%Y-%m-%d")}
phones: [phone]
emails: [email]
addresses: [{{street: 'trim(concat(street, " ", house_number))', city: city, postal_code: postcode, country: country}}]
identifiers: [{{type: NATIONAL_ID, value: national_id}}]"""),
    "companies": Mapping("organisation", """
name: name
phones: [phone]
emails: [email]
addresses: [{street: 'trim(concat(street, " ", house_number))', city: city, postal_code: postcode, country: country}]
identifiers: [{type: TAX_ID, value: vat_id}, {type: COMPANY_REGISTRATION, value: registration_no}]"""),
    "restaurants": Mapping("organisation", """
name: name
phones: [phone_number]
addresses: [{country: '"US"'}]"""),
    "truthset_persons": Mapping("person", """
given_name: PRIMARY_NAME_FIRST
family_name: PRIMARY_NAME_LAST
name: if_empty(if_empty(PRIMARY_NAME_FULL, collapse(trim(concat(PRIMARY_NAME_FIRST, " ", PRIMARY_NAME_MIDDLE, " ", PRIMARY_NAME_LAST)))), NATIVE_NAME_FULL)
other_names: [NATIVE_NAME_FULL]
gender: GENDER
born_on: 'date(regex_replace(regex_extract(DATE_OF_BIRTH, r"^\\d{1,2}/\\d{1,2}/(?:\\d{2}|\\d{4})$|^\\d{4}-\\d{2}-\\d{2}$", 0), r"/(\\d\\d)$", r"/19\\1"), ["%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y"])'
phones: [PHONE_NUMBER]
emails: [EMAIL_ADDRESS]
addresses: [{street: ADDR_LINE1, city: ADDR_CITY, region: ADDR_STATE, postal_code: ADDR_POSTAL_CODE, text: ADDR_FULL}]
identifiers: [{type: NATIONAL_ID, value: SSN_NUMBER}, {type: NATIONAL_ID, value: NATIONAL_ID_NUMBER}, {type: NATIONAL_ID, value: PASSPORT_NUMBER}, {type: NATIONAL_ID, value: DRIVERS_LICENSE_NUMBER}]"""),
    "truthset_companies": Mapping("organisation", """
name: PRIMARY_NAME_ORG
other_names: [SECONDARY_NAME_ORG]
phones: [PHONE_NUMBER]
addresses: [{street: ADDR_LINE1, city: ADDR_CITY, region: ADDR_STATE, postal_code: ADDR_POSTAL_CODE, text: ADDR_FULL}]
identifiers: [{type: TAX_ID, value: TAX_ID_NUMBER}, {type: COMPANY_REGISTRATION, value: NATIONAL_ID_NUMBER}, {type: LEI, value: LEI_NUMBER}]"""),
    "payments": Mapping("payment", """
total: {amount: decimal(amount)}
text: memo""", {"origin": 'sent_on: date(transaction_date, "%Y-%m-%d")', "destination": 'paid_on: date(transaction_date, "%Y-%m-%d")'}),
    "transfers": Mapping("payment", """
total: {amount: decimal(amount), currency: currency}
text: memo
customer: {name: payer}
references: [{type: INVOICE, number: reference}]
bank_reference: bank_reference""", {"sent": 'sent_on: date(day, "%Y-%m-%d")\npaid_on: date(booked, "%Y-%m-%d")', "received": 'paid_on: date(day, "%Y-%m-%d")'}),
}
EVENTS = {"payment": "payment"}  # what a model's records are published as; all others are parties


def mapping_of(kind: str) -> Mapping:
    name = kind.removesuffix("_wide")
    if name not in MAPPINGS:
        sys.exit(f"crossbill: no model for {kind}; there are {', '.join(MAPPINGS)}")
    return MAPPINGS[name]


def must_know_command(binary: Path) -> None:
    if not binary.exists():
        sys.exit(f"{binary} is not there: build it, or name it with --binary")
    told = subprocess.run([str(binary), "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    if COMMAND not in [line.split()[0] for line in told.splitlines() if line.startswith("  ") and line.split()]:
        sys.exit(f"{binary} has no command `{COMMAND}`: it is too old for this benchmark")


def split_sources(records: Path, data: Path) -> tuple[list[str], list[str]]:
    """A file for each source (one, where the set has no column for it); gives the sources' names and the columns."""
    data.mkdir(parents=True)
    with records.open(newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        if "source" not in header:
            shutil.copyfile(records, data / "records.csv")
            os.utime(data / "records.csv", (1, 1))  # files that changed just now are left alone
            return ["records"], header
        files, at = {}, header.index("source")
        for row in rows:
            if row[at] not in files:
                files[row[at]] = (data / f"{row[at]}.csv").open("w", newline="")
                csv.writer(files[row[at]]).writerow(header)
            csv.writer(files[row[at]]).writerow(row)
    for file in files.values():
        file.close()
        os.utime(file.name, (1, 1))
    return sorted(files), header


def event_of(mapping: Mapping) -> str:
    return EVENTS.get(mapping.model, "party")


def map_lines(mapping: Mapping, header: list[str], source: str) -> str:
    lines = [f"kind: {mapping.model.upper()}"] if event_of(mapping) == "party" else []
    for line in [*mapping.lines.strip().splitlines(), *mapping.of_source.get(source, "").splitlines()]:
        column, condition, rest = line.partition("? ")
        if condition and column.isidentifier():
            lines += [rest] if column in header else []
        else:
            lines.append(line)
    return "".join(f"      {line}\n" for line in lines)


def write_project(records: Path, kind: str, folder: Path) -> None:
    """crossbill.yaml and a connector for each source; a source is a system, and a record's key there is its id."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "connectors").mkdir(parents=True)
    mapping, (sources, header) = mapping_of(kind), split_sources(records, folder / "data")
    head = "      id: id\n" if event_of(mapping) == "party" else "      number: id\n"
    (folder / "crossbill.yaml").write_text("version: 1\n")
    for source in sources:
        (folder / "connectors" / f"{source}.yaml").write_text(
            f"version: 1\nsystem: {source}\nsource: {{kind: csv, path: data}}\nstreams:\n  - name: records\n    files: {source}.csv\n    key: [id]\n    publish: {event_of(mapping)}\n    map:\n"
            + head + map_lines(mapping, header, source))


def command(binary: Path, models: Path | None, kind: str, folder: Path, out: Path) -> list[str]:
    """With a packaged model, or with the file of its name in `models`."""
    model = mapping_of(kind).model
    return [str(binary), COMMAND, "-C", str(folder), "--model", str(models / f"{model}.yaml") if models else model, "--pairs", str(out / "pairs.csv"), "--clusters", str(out / "clusters.csv"), "--stats", str(out / "stats.json")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=Path(__file__).resolve().parents[2] / "build" / "crossbill")
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("--kind", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--models", type=Path, help="a folder with person.yaml, organisation.yaml and payment.yaml, instead of the packaged models")
    args = parser.parse_args()
    must_know_command(args.binary)
    args.out.mkdir(parents=True, exist_ok=True)
    write_project(args.records, args.kind, args.out / "project")
    sys.exit(subprocess.run(command(args.binary.resolve(), args.models, args.kind, args.out / "project", args.out)).returncode)


if __name__ == "__main__":
    main()
