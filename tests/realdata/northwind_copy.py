"""A seeded, noisy copy of Northwind as a second system has it: everything under other numbers, no reference to the first, names, dates and amounts as
people type them in twice."""
from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

SCHEMA = """
CREATE TABLE account (no text PRIMARY KEY, name text, phone text, street text, city text, zip text, country text);
CREATE TABLE sale (no text PRIMARY KEY, account text, booked date, total numeric(12,2));
CREATE TABLE sale_line (no text, pos int, article text, description text, qty int, price numeric(12,2), amount numeric(12,2), PRIMARY KEY (no, pos));
"""
CENT = Decimal("0.01")


@dataclass
class Copy:
    sql: list[str] = field(default_factory=lambda: [SCHEMA])
    orders: set[tuple[str, str]] = field(default_factory=set)  # (order_id, no)
    lines: set[tuple[str, str]] = field(default_factory=set)   # (order_id|product_id, no|pos)


def text(value: str | None) -> str:
    return "NULL" if value is None or value == "" else "'" + value.replace("'", "''") + "'"


def typo(dice: random.Random, word: str) -> str:
    if len(word) < 4:
        return word
    i = dice.randrange(1, len(word) - 2)
    return dice.choice([word[:i] + word[i + 1] + word[i] + word[i + 2:], word[:i] + word[i + 1:], word[:i] + word[i] + word[i:]])


def name(dice: random.Random, given: str) -> str:
    given = dice.choice([given, given, given.upper(), given.replace("-", " "), given + dice.choice([" Ltd", " S.A.", " GmbH"])])
    return typo(dice, given) if dice.random() < 0.05 else given


def phone(dice: random.Random, given: str) -> str | None:
    if dice.random() < 0.2:
        return None
    return "".join(c for c in given if c.isdigit()) if dice.random() < 0.5 else given


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def numbers(dice: random.Random, keys: list[str], form: str, first: int) -> dict[str, str]:
    given = list(range(first, first + 3 * len(keys)))
    return dict(zip(keys, (form.format(n) for n in dice.sample(given, len(keys)))))


def copy_customers(dice: random.Random, customers: list[list[str]], copy: Copy) -> dict[str, str]:
    accounts = numbers(dice, [row[0] for row in customers], "A{:06d}", 1000)
    for key, company, number, street, city, postal_code, country in customers:
        street = street if dice.random() < 0.9 else street.upper()
        values = [accounts[key], name(dice, company), phone(dice, number), street if dice.random() < 0.9 else None,
                  city, postal_code if dice.random() < 0.9 else None, country]
        copy.sql.append(f"INSERT INTO account VALUES ({', '.join(map(text, values))});")
    return accounts


def copy_lines(dice: random.Random, order: str, no: str, lines: list[list[str]], articles: dict[str, str], copy: Copy) -> Decimal:
    """Typed in any order; now and then with a slip in quantity or price, or a line short."""
    total, pos = Decimal(0), 0
    for product, product_name, list_price, quantity, discount in dice.sample(lines, len(lines)):
        price = cents(Decimal(list_price) * (1 - Decimal(discount)))
        count = int(quantity)
        amount = cents(Decimal(list_price) * count * (1 - Decimal(discount)))
        slip = dice.random()
        if slip < 0.01 and len(lines) > 1:
            continue
        if slip < 0.03:
            count += dice.choice([1, 5, 10])
            amount = cents(price * count)
        elif slip < 0.05:
            price = cents(price * Decimal(dice.choice(["1.02", "0.98", "1.10"])))
            amount = cents(price * count)
        pos += 1
        total += amount
        values = f"{text(no)}, {pos}, {text(articles[product])}, {text(product_name.upper())}, {count}, {price}, {amount}"
        copy.sql.append(f"INSERT INTO sale_line VALUES ({values});")
        copy.lines.add((f"{order}|{product}", f"{no}|{pos}"))
    return total


def make(seed: int, customers: list[list[str]], orders: list[list[str]], lines: dict[str, list[list[str]]]) -> Copy:
    """customers: id, company, phone, street, city, postal code, country; orders: id, customer, date; lines by order: product, its name, list price,
    quantity, discount."""
    dice, copy = random.Random(seed), Copy()
    accounts = copy_customers(dice, customers, copy)
    sales = numbers(dice, [row[0] for row in orders], "{}", 700000)
    articles = numbers(dice, sorted({line[0] for of_order in lines.values() for line in of_order}), "X-{}", 400)
    for order, customer, date in orders:
        if dice.random() < 0.03:
            continue  # nobody typed it in
        no = sales[order]
        total = copy_lines(dice, order, no, lines[order], articles, copy)
        if dice.random() < 0.02:
            total += dice.choice([Decimal("0.01"), Decimal(-1), Decimal(10)])
        days = dice.choice([0, 0, 0, 0, 1, 1, 2, 3])
        copy.sql.append(f"INSERT INTO sale VALUES ({text(no)}, {text(accounts[customer])}, DATE {text(date)} + {days}, {total});")
        copy.orders.add((order, no))
    return copy
