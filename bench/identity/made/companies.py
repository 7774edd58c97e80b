"""Companies with their branches, sisters, chains and namesakes, and the records that systems have of them."""
from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from . import errors, ids, words
from .countries import LATIN, Address, City, Country, Word, address, landline, mobile, phone_text, slashed, spaced, street_text

COLUMNS = ("name", "street", "house_number", "city", "postcode", "country", "phone", "email", "vat_id", "registration_no")
MISSING = {"street": .1, "city": .04, "postcode": .1, "country": .05, "phone": .3, "email": .4, "vat_id": .65, "registration_no": .75}
MAILBOXES = ("info", "office", "contact", "sales", "kontakt", "accounting")
TOP_LEVEL = {"DE": "de", "FR": "fr", "GB": "co.uk", "ES": "es", "PL": "pl", "RU": "ru", "CN": "cn", "JP": "jp"}
LATIN_FORMS = {"CN": "Co., Ltd.", "JP": "Co., Ltd.", "RU": "OOO"}
KEPT = 4000  # firms that a later one may be the namesake of


@dataclass(frozen=True)
class Company:
    land: Country
    core: Word
    trade: Word
    form: str  # its spellings
    branch: str
    place: City  # that of the head office, by which Chinese firms are called
    seat: Address
    phone: str
    domain: str
    mailbox: str
    vat_id: str
    registration: str


def core_name(land: Country, chance: random.Random) -> Word:
    """A founder's name, a made-up one, or letters."""
    heads, middles, ends = land.brands
    kind = chance.random()
    if land.code in ("CN", "JP"):
        if land.code == "JP" and kind < .4:
            return land.family.pick(chance)
        first, last = chance.choice(heads), chance.choice(ends)
        return Word(first.text + last.text, first.latin + last.latin.lower())
    if kind < .45:
        founder = land.family.pick(chance)
        if chance.random() < .2:
            partner = land.family.pick(chance)
            return Word(f"{founder.text} & {partner.text}", f"{founder.latin} & {partner.latin}")
        return founder
    if kind < .85:
        parts = (chance.choice(heads), chance.choice(middles) if chance.random() < .5 else Word("", ""), chance.choice(ends))
        return Word("".join(part.text for part in parts), "".join(part.latin for part in parts))
    letters = "".join(chance.choice("АБВГДКЛМНПРСТ" if land.code == "RU" else "ABCDEFGHIKLMNPRSTVWX") for _ in range(3))
    return Word(letters, letters)


def domain_of(land: Country, core: Word, trade: Word, chance: random.Random) -> str:
    name, what = ("".join(sign for sign in errors.plain(errors.written_out(word.latin)).lower() if sign.isascii() and sign.isalnum()) or "firma" for word in (core, trade))
    return f"{chance.choice((name, f'{name}-{what}', f'{name}{what}'))}{chance.randint(2, 99) if chance.random() < .3 else ''}.{TOP_LEVEL[land.code]}.example"


def company(land: Country, chance: random.Random, core: Word | None = None, trade: Word | None = None, city: City | None = None) -> Company:
    core = core or core_name(land, chance)
    trade = trade or (chance.choice(land.trades) if chance.random() < .8 or land.code in ("CN", "JP") else Word("", ""))
    seat = address(land, chance, city)
    return Company(land, core, trade, land.forms[min(len(land.forms) - 1, int(chance.expovariate(.9)))], "", seat.city, seat, landline(land.code, seat.city, chance),
                   domain_of(land, core, trade, chance), chance.choice(MAILBOXES), ids.COMPANY[land.code](chance), ids.registration(land.code, chance))


def elsewhere(parent: Company, chance: random.Random) -> Company:
    """The same name, web domain and numbers at another place, with a telephone of its own."""
    seat = address(parent.land, chance)
    return replace(parent, seat=seat, phone=landline(parent.land.code, seat.city, chance), mailbox=errors.plain(errors.written_out(seat.city.name.latin)).lower().replace(" ", "-").replace("'", ""))


def short_name(land: Country, city: str) -> str:
    """Chinese and Japanese cities as they stand in names of firms, without their rank and ward."""
    return re.split("[市都]", city)[0] if land.code in ("CN", "JP") and not city.startswith("京都") else city


def branches(parent: Company, chance: random.Random) -> list[Company]:
    kinds, made = words.BRANCHES[parent.land.code].split(), []
    for _ in range(chance.randint(1, 4)):
        other = elsewhere(parent, chance)
        made.append(replace(other, branch=spaced(chance.choice(kinds)).replace("*", short_name(parent.land, other.seat.city.name.text))))
    return made


def chain(land: Country, chance: random.Random) -> list[Company]:
    """Shops of one brand: each is its own firm, in its own street."""
    first = company(land, chance, trade=chance.choice(slashed(words.CHAINS[land.code])))
    shops = [first]
    for _ in range(chance.randint(2, 11)):
        shops.append(replace(elsewhere(first, chance), vat_id=ids.COMPANY[land.code](chance), registration=ids.registration(land.code, chance)))
    return shops


def sisters(parent: Company, chance: random.Random) -> list[Company]:
    """Firms of one group at one address, told apart by a word of their names."""
    kinds = slashed(words.SISTERS[parent.land.code])
    return [replace(company(parent.land, chance, parent.core, kind), seat=parent.seat, domain=parent.domain, mailbox=parent.mailbox,
                    phone=parent.phone if chance.random() < .5 else mobile(parent.land.code, chance))
            for kind in chance.sample(kinds, chance.randint(1, 2))]


def family(land: Country, chance: random.Random, before: list[Company]) -> list[Company]:
    kind = chance.random()
    if kind < .06 and before:  # a namesake elsewhere
        namesake = chance.choice(before)
        return [company(land, chance, namesake.core, namesake.trade if chance.random() < .7 else None)]
    if kind < .075:
        return chain(land, chance)
    first = company(land, chance)
    if kind < .125:
        return [first, *branches(first, chance)]
    return [first, *sisters(first, chance)] if kind < .165 else [first]


def full_name(core: str, trade: str, form: str, land: Country, city: str, before: bool) -> str:
    """As a firm of the country is called."""
    if land.code == "CN":
        return f"{short_name(land, city)}{core}{trade}{form}"
    if land.code == "JP":
        return f"{form}{core}{trade}" if before else f"{core}{trade}{form}"
    name = f"{core} {trade}".strip() if land.code != "RU" else core + trade.lower()
    return f"{form} «{name}»".strip() if land.code == "RU" and form else f"{name} {form}".strip()


@dataclass
class Record:
    """What one system has of a company, while it is made."""
    of: Company
    seat: Address
    phone: str
    style: int
    form: str
    mailbox: str
    spelling: int = 0
    latin: bool = False
    without_trade: bool = False
    ampersand: str = "&"
    gone: frozenset[str] = frozenset()
    spoilt: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = ()
    case: Callable[[str], str] = str
    marks: Callable[[str], str] = str

    def name(self) -> str:
        land, core, trade = self.of.land, self.of.core, self.of.trade
        if self.latin:
            city = self.of.place.name.latin if land.code == "CN" else ""
            name = " ".join(part for part in (city, core.latin, trade.latin, self.form and LATIN_FORMS[land.code]) if part)
        else:
            name = full_name(core.text, "" if self.without_trade else trade.text, self.form, land, self.of.place.name.text, len(core.text) % 2 == 0)
        name = name.replace("&", self.ampersand)
        if not self.of.branch:
            return name
        if self.latin:
            return f"{name} {self.of.seat.city.name.latin} Branch"
        return name + self.of.branch if land.code == "CN" else f"{name} {self.of.branch}"

    def row(self, chance: random.Random) -> list[str]:
        land = self.of.land
        values = {"name": self.name(), "street": street_text(land, self.seat, self.spelling, self.latin), "house_number": self.seat.number,
                  "city": self.seat.city.name.latin if self.latin else self.seat.city.name.text, "postcode": self.seat.postcode, "country": land.code,
                  "phone": phone_text(land.code, self.phone, self.style), "email": f"{self.mailbox}@{self.of.domain}", "vat_id": self.of.vat_id, "registration_no": self.of.registration}
        for column, share in MISSING.items():
            if chance.random() < share:
                values[column] = ""
        for column in self.gone:
            values[column] = ""
        if not values["street"]:
            values["house_number"] = ""
        for column, spoil in self.spoilt:
            values[column] = spoil(values[column], chance)
        for column in ("name", "street", "city"):
            values[column] = self.case(self.marks(values[column]))
        return [values[column] for column in COLUMNS]


def spoil(record: Record, chance: random.Random, how: Callable[[str, random.Random], str]) -> None:
    column = chance.choice(("name", "name", "name", "name", "street", "city", "email", "postcode", "phone", "house_number", "vat_id", "registration_no"))
    record.spoilt += ((column, how),)


def mistype(record: Record, chance: random.Random) -> None:
    spoil(record, chance, errors.typing)


def misread(record: Record, chance: random.Random) -> None:
    spoil(record, chance, errors.misread)


def lose(record: Record, chance: random.Random) -> None:
    record.gone |= {chance.choice(("email", "phone", "street", "postcode", "city", "vat_id", "registration_no"))}


def drop_form(record: Record, chance: random.Random) -> None:
    record.form = ""


def spell_form(record: Record, chance: random.Random) -> None:
    record.form = chance.choice(record.of.form.split("|"))


def drop_trade(record: Record, chance: random.Random) -> None:
    """People say only the firm's own name where that is a name."""
    record.without_trade = len(record.of.core.text) > 3


def move(record: Record, chance: random.Random) -> None:
    record.seat = address(record.of.land, chance, record.seat.city if chance.random() < .7 else None)


def change_phone(record: Record, chance: random.Random) -> None:
    """An extension of the same line, or another number."""
    record.phone = record.phone[:-2] + f"{chance.randrange(100):02d}" if chance.random() < .5 else mobile(record.of.land.code, chance)


def other_mailbox(record: Record, chance: random.Random) -> None:
    record.mailbox = chance.choice(MAILBOXES)


def abbreviate(record: Record, chance: random.Random) -> None:
    record.spelling = chance.randint(1, 2)


def write_and(record: Record, chance: random.Random) -> None:
    record.ampersand = {"DE": "und", "FR": "et", "GB": "and", "ES": "y", "PL": "i"}.get(record.of.land.code, "&")


def transliterate(record: Record, chance: random.Random) -> None:
    if record.of.land.code in LATIN:
        lose_marks(record, chance)
    else:
        record.latin = True


def lose_marks(record: Record, chance: random.Random) -> None:
    record.marks = errors.lost_marks(chance)


def change_case(record: Record, chance: random.Random) -> None:
    record.case = str.upper if chance.random() < .8 else str.lower


CHANGES: dict[Callable[[Record, random.Random], None], float] = {
    mistype: 22, misread: 6, lose: 10, drop_form: 10, spell_form: 12, drop_trade: 4, move: 7, change_phone: 9, other_mailbox: 6, abbreviate: 8, write_and: 3, transliterate: 5, lose_marks: 5,
    change_case: 8}


def record_of(firm: Company, chance: random.Random, copies: int) -> list[str]:
    record = Record(firm, firm.seat, firm.phone, chance.randrange(6), firm.form.partition("|")[0], firm.mailbox, chance.choice((0, 0, 0, 1, 2)))
    for change in errors.changes_of(copies, CHANGES, chance):
        change(record, chance)
    return record.row(chance)


def groups(lands: dict[str, Country], shares: dict[str, float], chance: random.Random) -> Iterator[list[Company]]:
    codes, weights, before = list(shares), list(shares.values()), {code: [] for code in shares}
    while True:
        code = chance.choices(codes, weights)[0]
        made = family(lands[code], chance, before[code])
        kept = before[code]
        if len(kept) < KEPT:
            kept.append(made[0])
        else:
            kept[chance.randrange(KEPT)] = made[0]
        yield made
