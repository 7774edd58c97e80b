"""Payments of persons and companies, as the system that sends them and the one that receives them know each. Its share of lost and changed ones is a guess, and no bank's."""
from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from . import errors
from .companies import core_name
from .countries import Country

COLUMNS = ("source", "memo", "day", "booked", "amount", "currency", "payer", "reference", "bank_reference")
SOURCES = ("sent", "received")
MISSING = {"booked": .7, "currency": .1, "payer": .6, "reference": .75, "bank_reference": .8}
LOST = .05  # of the payments, on either side
FIRST_DAY, DAYS = date(2025, 1, 1), 500
CURRENCIES = {"DE": "EUR", "FR": "EUR", "GB": "GBP", "ES": "EUR", "PL": "PLN", "RU": "RUB", "CN": "CNY", "JP": "JPY"}
PURPOSES = {
    "DE": "Rechnung,Miete,Spende,Beitrag,Bestellung,Rate,Danke", "FR": "facture,loyer,don,cotisation,commande,acompte", "GB": "invoice,rent,donation,membership,order,deposit,thanks",
    "ES": "factura,alquiler,donativo,cuota,pedido,pago", "PL": "faktura,czynsz,darowizna,składka,zamówienie,rata", "RU": "счёт,аренда,взнос,заказ,оплата", "CN": "货款,房租,捐款,会费,订单", "JP": "請求書,家賃,寄付,会費,注文"}
CODES = ("TRF", "SEPA", "DD", "CRD", "SO", "INT")  # what a bank adds
LENGTHS = (12, 18, 24, 27, 35, 140)  # at which banks cut a text


@dataclass(frozen=True)
class Transfer:
    land: Country
    payer: str
    memo: str
    reference: str
    bank_reference: str
    cents: int
    sent: date
    received: date
    received_cents: int
    received_currency: str
    seen_by: tuple[int, ...]  # places in SOURCES


def payer_name(land: Country, chance: random.Random) -> str:
    if chance.random() < .35:
        return f"{core_name(land, chance).text} {chance.choice(land.trades).text}"
    return f"{land.given[chance.choice('mf')].pick(chance).text} {land.family.pick(chance).text}"


def written(name: str, chance: random.Random) -> str:
    """In full, with an initial, or only initials."""
    first, _, last = name.partition(" ")
    kind = chance.random()
    if not last or kind < .6:
        return name
    return f"{first[0]} {last}" if kind < .85 else f"{first[0]} {last[0]}"


def amount(chance: random.Random) -> int:
    """Cents; prices are often round, and from a few to many thousands."""
    cents = int(chance.lognormvariate(9.6, 1.6)) + 100
    kind = chance.random()
    return round(cents, -2) if kind < .3 else round(cents, -3) + 1000 if kind < .45 else cents


def days_under_way(chance: random.Random) -> int:
    kind = chance.random()
    return 0 if kind < .2 else chance.randint(1, 2) if kind < .7 else chance.randint(2, 5) if kind < .93 else chance.randint(5, 20)


def arrived(cents: int, chance: random.Random) -> int:
    """Less a fee, or more or less by a rate of exchange."""
    kind = chance.random()
    if kind < .6:
        return cents
    if kind < .72:
        return max(1, cents - chance.choice((50, 150, 250, 500, 1500, 3500)))
    if kind < .86:
        return max(1, round(cents * (1 - chance.choice((.002, .005, .01, .015, .029)))))
    return max(1, round(cents * (1 + chance.gauss(0, .025))))


def reference(chance: random.Random) -> str:
    return f"{chance.choice(('', 'RE', 'INV-', 'A'))}{chance.randint(1000, 9_999_999)}"


def transfer(land: Country, payer: str, memo: str, number: str, cents: int, sent: date, chance: random.Random) -> Transfer:
    currency, received_cents = CURRENCIES[land.code], arrived(cents, chance)
    if chance.random() < .02:  # converted on the way
        currency, received_cents = chance.choice(sorted({*CURRENCIES.values()} - {currency})), max(1, round(cents * chance.uniform(.6, 1.6)))
    seen_by = tuple(place for place in range(len(SOURCES)) if chance.random() >= LOST) or (0,)
    return Transfer(land, payer, memo, number, f"{chance.randrange(10**9, 10**10)}", cents, sent, sent + timedelta(days=days_under_way(chance)), received_cents, currency, seen_by)


def some_day(chance: random.Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(DAYS))


def of_payer(land: Country, chance: random.Random) -> list[Transfer]:
    """A few payments; every tenth payer has a standing order: the same amount and text each month."""
    payer = payer_name(land, chance)
    name, purposes = written(payer, chance), PURPOSES[land.code].split(",")
    made = []
    while not made or chance.random() < .6:
        number = reference(chance)
        purpose = chance.choice((number, f"{chance.choice(purposes)} {number}", chance.choice(purposes), ""))
        memo = f"{name} {purpose}" if chance.random() < .85 else f"{purpose} {name}"
        made.append(transfer(land, payer, memo.strip(), number, amount(chance), some_day(chance), chance))
    if chance.random() < .1:
        memo, cents, first = f"{name} {chance.choice(purposes)}", amount(chance), some_day(chance)
        made += [transfer(land, payer, memo, "", cents, first + timedelta(days=30 * month), chance) for month in range(chance.randint(3, 12))]
    return made


def groups(lands: dict[str, Country], shares: dict[str, float], chance: random.Random) -> Iterator[list[Transfer]]:
    while True:
        yield of_payer(lands[chance.choices(list(shares), list(shares.values()))[0]], chance)


def copies_of(paid: Transfer) -> tuple[int, ...]:
    return paid.seen_by


def text_of(memo: str, source: int, chance: random.Random) -> str:
    """As a bank has it: in capitals, with its own code, cut, now and then mistyped or without what the payer wrote last."""
    words = memo.split()
    if source == 1 and len(words) > 2 and chance.random() < .1:
        words = words[:-1]
    text = " ".join(words)
    text = errors.typing(text, chance) if chance.random() < .02 else text
    text = errors.plain(text).upper() if chance.random() < .6 else text
    text = f"{text} {chance.choice(CODES)}" if chance.random() < .3 else text
    return text[:chance.choice(LENGTHS)].strip()


def payer_as(name: str, chance: random.Random) -> str:
    """Banks write names in capitals, with an initial, mistyped, the family name first; or it is another name of the payer's."""
    kind, (first, _, last) = chance.random(), name.partition(" ")
    if kind < .08 and last:
        name = f"{first[0]} {last}" if kind < .04 else f"{last} {first}"
    elif kind < .11:
        name = errors.typing(name, chance)
    elif kind < .13:
        name = first
    return errors.plain(name).upper() if chance.random() < .5 else name


def record_of(paid: Transfer, chance: random.Random, source: int) -> list[str]:
    cents, day, currency = ((paid.cents, paid.sent, CURRENCIES[paid.land.code]), (paid.received_cents, paid.received, paid.received_currency))[source]
    # The sender's own bank statement: it often comes on the day on which the other side has the money.
    booked = paid.received - timedelta(days=chance.choice((0, 0, 0, 1, 1, 2))) if source == 0 else paid.received
    values = {"booked": max(booked, paid.sent).isoformat() if source == 0 else "", "currency": currency, "payer": payer_as(paid.payer, chance),
              "reference": reference(chance) if chance.random() < .03 else paid.reference, "bank_reference": errors.typing(paid.bank_reference, chance) if chance.random() < .01 else paid.bank_reference}
    known = {name: value if chance.random() >= MISSING[name] else "" for name, value in values.items()}
    return [SOURCES[source], text_of(paid.memo, source, chance), day.isoformat(), known.pop("booked"), f"{cents / 100:.2f}", *known.values()]
