"""Persons in their households, and the records that systems have of them."""
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from . import errors, ids
from .countries import LATIN, Address, Country, Word, address, landline, latin_of, mobile, phone_text, postcode, street_text

COLUMNS = ("given_name", "family_name", "name_kana", "gender", "born_on", "email", "phone", "street", "house_number", "city", "postcode", "country", "national_id")
MISSING = {"gender": .15, "born_on": .12, "email": .4, "phone": .3, "street": .08, "city": .03, "postcode": .08, "national_id": .75, "name_kana": .5, "country": .05}
PROVIDERS = ("mail.example", "post.example", "web.example", "inbox.example", "fastmail.example", "home.example", "letters.example", "online.example")
FIRST_YEAR, LAST_YEAR = 1935, 2005
NONE = Word("", "")


@dataclass(frozen=True)
class Person:
    land: Country
    given: Word
    second: Word  # a second given name, or none
    family: Word
    gender: str
    born: date
    email: str
    phone: str
    home: Address
    national_id: str


def gendered(code: str, family: Word, gender: str) -> Word:
    """Polish and Russian family names have a form for women."""
    if gender == "m":
        return family
    if code == "PL" and family.text.endswith(("ski", "cki")):
        return Word(family.text[:-1] + "a", family.latin[:-1] + "a")
    if code == "RU" and family.text.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return Word(family.text + "а", family.latin + "a")
    return family


def family_name(land: Country, chance: random.Random) -> Word:
    name = land.family.pick(chance)
    if land.code == "ES":
        second = land.family.pick(chance)
        return Word(f"{name.text} {second.text}", f"{name.latin} {second.latin}")
    return name


def email_of(given: Word, family: Word, born: date, chance: random.Random) -> str:
    first, last = (errors.plain(errors.written_out(part.latin)).lower().replace(" ", "").replace("'", "") for part in (given, family))
    name = chance.choice((f"{first}.{last}", f"{first[0]}{last}", f"{last}.{first}", f"{first}{born:%y}", f"{first}_{last}"))
    return f"{name}{chance.randint(1, 999) if chance.random() < .4 else ''}@{chance.choice(PROVIDERS)}"


def person(land: Country, chance: random.Random, gender: str = "", family: Word | None = None, home: Address | None = None, born: date | None = None, given: Word | None = None) -> Person:
    gender = gender or chance.choice("mf")
    born = born or date(FIRST_YEAR, 1, 1) + timedelta(days=chance.randrange((LAST_YEAR - FIRST_YEAR) * 365))
    family = gendered(land.code, family or family_name(land, chance), gender)
    given = given or land.given[gender].pick(chance)
    second = land.given[gender].pick(chance) if land.code in LATIN and chance.random() < .2 else NONE
    home = home or address(land, chance)
    phone = mobile(land.code, chance) if chance.random() < .7 else landline(land.code, home.city, chance)
    return Person(land, given, second if second != given else NONE, family, gender, born, email_of(given, family, born, chance), phone, home, ids.PERSON[land.code](chance, born, gender))


def child_of(parent: Person, family: Word, chance: random.Random, gender: str = "", born: date | None = None, given: Word | None = None) -> Person:
    born = born or date(min(LAST_YEAR, parent.born.year + chance.randint(20, 36)), chance.randint(1, 12), chance.randint(1, 28))
    return person(parent.land, chance, gender, family, parent.home, born, given)


def sharing(member: Person, of: Person, chance: random.Random) -> Person:
    """Households share a telephone, and some an e-mail address."""
    return replace(member, phone=of.phone if chance.random() < .25 else member.phone, email=of.email if chance.random() < .08 else member.email)


def household(land: Country, chance: random.Random) -> list[Person]:
    """Mostly one person; else couples, brothers and sisters, twins, fathers and sons of one name."""
    first, kind = person(land, chance), chance.random()
    if kind < .94:
        return [first]
    family = first.family if first.gender == "m" else family_name(land, chance)
    first = replace(first, family=gendered(land.code, family, first.gender))
    if kind < .965:  # a couple
        age = first.born + timedelta(days=chance.randint(-2500, 2500))
        others = [person(land, chance, "f" if first.gender == "m" else "m", family, first.home, age)]
    elif kind < .98:  # with children
        others = [child_of(first, family, chance) for _ in range(chance.randint(1, 3))]
    elif kind < .987:  # twins
        twin = child_of(first, family, chance)
        others = [twin, child_of(first, family, chance, born=twin.born, gender=twin.gender if chance.random() < .6 else "")]
    else:  # a child of the parent's own name
        others = [child_of(first, family, chance, gender=first.gender, given=first.given)]
    return [first] + [sharing(other, first, chance) for other in others]


@dataclass
class Record:
    """What one system has of a person, while it is made."""
    of: Person
    given: Word
    second: Word
    family: Word
    born: date
    home: Address
    phone: str
    style: int  # of the telephone number
    spelling: int = 0  # of the street
    latin: bool = False
    initial: bool = False
    gone: frozenset[str] = frozenset()
    spoilt: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = ()
    swapped: bool = False
    case: Callable[[str], str] = str
    marks: Callable[[str], str] = str

    def values(self, chance: random.Random) -> dict[str, str]:
        land, foreign = self.of.land, self.latin
        given = f"{self.given.latin[0]}." if self.initial else self.given.latin if foreign else self.given.text
        if self.second.text:
            given += f" {self.second.text}"
        family = self.family.latin if foreign else self.family.text
        first, last = (family, given) if self.swapped else (given, family)
        return {"given_name": first, "family_name": last, "name_kana": f"{self.family.kana} {self.given.kana}" if self.given.kana and self.family.kana else "", "gender": self.of.gender,
                "born_on": self.born.isoformat(), "email": self.of.email, "phone": phone_text(land.code, self.phone, self.style), "street": street_text(land, self.home, self.spelling, foreign),
                "house_number": self.home.number, "city": self.home.city.name.latin if foreign else self.home.city.name.text, "postcode": self.home.postcode,
                "country": land.code, "national_id": self.of.national_id}

    def row(self, chance: random.Random) -> list[str]:
        values = self.values(chance)
        for column, share in MISSING.items():
            if chance.random() < share:
                values[column] = ""
        for column in self.gone:
            values[column] = ""
        if not values["street"]:
            values["house_number"] = ""
        for column, spoil in self.spoilt:
            values[column] = spoil(values[column], chance)
        for column in ("given_name", "family_name", "street", "city"):
            values[column] = self.case(self.marks(values[column]))
        return [values[column] for column in COLUMNS]


def spoil(record: Record, chance: random.Random, how: Callable[[str, random.Random], str]) -> None:
    column = chance.choice(("given_name", "given_name", "family_name", "family_name", "family_name", "street", "city", "email", "postcode", "phone", "house_number", "national_id", "name_kana"))
    record.spoilt += ((column, how),)


def mistype(record: Record, chance: random.Random) -> None:
    spoil(record, chance, errors.typing)


def misread(record: Record, chance: random.Random) -> None:
    spoil(record, chance, errors.misread)


def lose(record: Record, chance: random.Random) -> None:
    record.gone |= {chance.choice(("born_on", "email", "phone", "street", "postcode", "city", "gender", "national_id", "given_name"))}


def swap_names(record: Record, chance: random.Random) -> None:
    record.swapped = True


def call(record: Record, chance: random.Random) -> None:
    """By a nickname, an initial, without or by the second name."""
    short = record.of.land.nicknames.get(record.given.text)
    if short and chance.random() < .7:
        name = chance.choice(short)
        record.given = Word(name, latin_of(name) if record.of.land.code == "RU" else name)
    elif record.second.text:
        record.given, record.second = (record.second if chance.random() < .25 else record.given), NONE
    elif record.of.land.code not in ("CN", "JP"):
        record.initial = True


def marry(record: Record, chance: random.Random) -> None:
    """A woman's other name, or both; in China, Japan and Spain names are kept or registers are."""
    land = record.of.land
    if record.of.gender == "f" and land.code in ("DE", "FR", "GB", "PL", "RU"):
        new = gendered(land.code, land.family.pick(chance), "f")
        both = land.code != "RU" and chance.random() < .25
        record.family = Word(f"{record.family.text}-{new.text}", f"{record.family.latin}-{new.latin}") if both else new
    else:
        lose(record, chance)


def move(record: Record, chance: random.Random) -> None:
    near = chance.random() < .6
    record.home = address(record.of.land, chance, record.home.city if near else None)


def change_phone(record: Record, chance: random.Random) -> None:
    record.phone = mobile(record.of.land.code, chance)


def mistake_date(record: Record, chance: random.Random) -> None:
    record.born = errors.near_date(record.born, chance)


def abbreviate(record: Record, chance: random.Random) -> None:
    record.spelling = chance.randint(1, 2)


def mistake_postcode(record: Record, chance: random.Random) -> None:
    record.home = replace(record.home, postcode=postcode(record.of.land.code, record.home.city, chance))


def transliterate(record: Record, chance: random.Random) -> None:
    land = record.of.land.code
    if land in LATIN:
        lose_marks(record, chance)
    else:
        record.latin = True
        if land == "RU" and chance.random() < .5:
            record.family, record.given = (Word(word.text, latin_of(word.text, 1)) for word in (record.family, record.given))


def lose_marks(record: Record, chance: random.Random) -> None:
    record.marks = errors.lost_marks(chance)


def change_case(record: Record, chance: random.Random) -> None:
    record.case = str.upper if chance.random() < .7 else str.lower


CHANGES: dict[Callable[[Record, random.Random], None], float] = {
    mistype: 26, misread: 6, lose: 10, swap_names: 4, call: 10, marry: 4, move: 9, change_phone: 8, mistake_date: 8, abbreviate: 8, mistake_postcode: 3, transliterate: 5, lose_marks: 6,
    change_case: 5}


def record_of(someone: Person, chance: random.Random, copies: int) -> list[str]:
    record = Record(someone, someone.given, someone.second, someone.family, someone.born, someone.home, someone.phone, chance.randrange(6), chance.choice((0, 0, 0, 1, 2)))
    for change in errors.changes_of(copies, CHANGES, chance):
        change(record, chance)
    return record.row(chance)


def groups(lands: dict[str, Country], shares: dict[str, float], chance: random.Random) -> Iterator[list[Person]]:
    codes, weights = list(shares), list(shares.values())
    while True:
        yield household(lands[chance.choices(codes, weights)[0]], chance)
