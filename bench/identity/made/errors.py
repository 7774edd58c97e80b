"""What goes wrong between a value and the record of it: typing, reading, and what people do to names and dates."""
from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta

KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
OCR = (("rn", "m"), ("m", "rn"), ("l", "1"), ("1", "l"), ("O", "0"), ("0", "O"), ("cl", "d"), ("S", "5"), ("5", "S"), ("B", "8"), ("8", "B"), ("vv", "w"), ("w", "vv"), ("i", "l"), ("e", "c"),
       ("h", "b"), ("u", "ii"), ("ü", "ii"), ("ß", "B"), ("З", "3"), ("б", "6"), ("未", "末"), ("土", "士"), ("日", "目"), ("大", "太"), ("口", "ロ"), ("千", "干"))
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ł": "l", "Ł": "L", "ё": "е", "Ё": "Е"})
NOT_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ı": "i"})


def neighbours() -> dict[str, str]:
    table: dict[str, str] = {}
    for row in KEYBOARD:
        for place, key in enumerate(row):
            table[key] = row[max(0, place - 1):place] + row[place + 1:place + 2]
    return table


NEIGHBOURS = neighbours()


def beside(sign: str, chance: random.Random) -> str:
    """A key beside the one meant."""
    near = NEIGHBOURS.get(sign.lower())
    if near is None:
        return sign
    wrong = chance.choice(near)
    return wrong.upper() if sign.isupper() else wrong


def typing(text: str, chance: random.Random) -> str:
    """One slip: a sign too many, too few, wrong, or two in the wrong order."""
    if len(text) < 2:
        return text
    at, kind = chance.randrange(len(text)), chance.random()
    if kind < .25:
        return text[:at] + text[at + 1:]
    if kind < .45:
        return text[:at] + (beside(text[at], chance) if chance.random() < .6 else text[at]) + text[at:]
    if kind < .75:
        return text[:at] + beside(text[at], chance) + text[at + 1:]
    at = min(at, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2:]


def misread(text: str, chance: random.Random) -> str:
    """As character recognition takes one shape for another."""
    possible = [(seen, taken) for seen, taken in OCR if seen in text]
    if not possible:
        return text
    seen, taken = chance.choice(possible)
    return text.replace(seen, taken, 1)


def plain(text: str) -> str:
    """Without diacritics."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text.translate(NOT_LETTERS)) if not "\u0300" <= sign <= "\u036f")


def written_out(text: str) -> str:
    """ä as ae, as on keyboards that have none."""
    return text.translate(WRITTEN_OUT)


def near_date(day: date, chance: random.Random) -> date:
    """Day and month swapped, a day or a year off, the first of January, or one digit wrong."""
    kind = chance.random()
    if kind < .35 and day.day <= 12 and day.day != day.month:
        return date(day.year, day.day, day.month)
    if kind < .65:
        return day + timedelta(days=chance.choice((-10, -2, -1, 1, 2, 10)))
    if kind < .85:
        return day.replace(year=day.year + chance.choice((-10, -1, 1, 10)), day=min(day.day, 28))
    return day.replace(month=1, day=1) if kind < .92 else day.replace(day=chance.randint(1, 28))


def changes_of(record: int, changes: dict, chance: random.Random) -> list:
    """What befalls an entity's record of this number, of `changes` with their weights: the first is mostly right, a copy has one change or more."""
    count = 1 + (chance.random() < .55) + (chance.random() < .25) + (chance.random() < .1) if record else int(chance.random() < .15)
    return chance.choices(list(changes), list(changes.values()), k=count) if count else []


def lost_marks(chance: random.Random):
    """How diacritics go: the plain letter, or written out."""
    return plain if chance.random() < .6 else written_out
