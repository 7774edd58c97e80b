"""Each country's pools of names and places, put together from the word lists, and how it writes addresses and telephone numbers."""
from __future__ import annotations

import itertools
import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from . import words

SHARES = {"DE": .22, "FR": .15, "GB": .17, "ES": .12, "PL": .10, "RU": .08, "CN": .09, "JP": .07}
CALLING = {"DE": "49", "FR": "33", "GB": "44", "ES": "34", "PL": "48", "RU": "7", "CN": "86", "JP": "81"}
TRUNK = {"DE": "0", "FR": "0", "GB": "0", "ES": "", "PL": "", "RU": "8", "CN": "0", "JP": "0"}
MOBILE = {"DE": ("151", 8), "FR": ("6", 8), "GB": ("77", 8), "ES": ("6", 8), "PL": ("5", 8), "RU": ("9", 9), "CN": ("13", 9), "JP": ("90", 8)}  # the beginning and how many digits follow
LANDLINE = {"DE": 10, "FR": 9, "GB": 10, "ES": 9, "PL": 9, "RU": 10, "CN": 10, "JP": 9}  # digits with the area code
LATIN = ("DE", "FR", "GB", "ES", "PL")


@dataclass(frozen=True)
class Word:
    """What is written, and how one says it in Latin letters; Japanese ones have kana too."""
    text: str
    latin: str
    kana: str = ""


class Pool:
    """Words of falling frequency: the n-th comes as often as 1/(n + shift)^exponent."""

    def __init__(self, items: Sequence[Word], exponent: float = .9, shift: float = 3) -> None:
        self.items = items
        self.sums = list(itertools.accumulate((rank + shift) ** -exponent for rank in range(1, len(items) + 1)))

    def pick(self, chance: random.Random) -> Word:
        return self.items[bisect(self.sums, chance.random() * self.sums[-1])]


@dataclass(frozen=True)
class City:
    name: Word
    postcode: str
    area: str


@dataclass(frozen=True)
class Country:
    code: str
    family: Pool
    given: dict[str, Pool]
    nicknames: dict[str, list[str]]
    cities: Pool
    by_name: dict[str, City]
    streets: list[Word]
    street_kinds: list[list[str]]
    trades: list[Word]
    forms: tuple[str, ...]
    brands: tuple[list[Word], list[Word], list[Word]]


def spaced(text: str) -> str:
    return text.replace("_", " ")


def latin_of(text: str, table: int = 0) -> str:
    """Cyrillic in Latin letters: table 0 as in passports, 1 as librarians write it without their diacritics."""
    pairs = words.CYRILLIC[table].split()
    letters = dict(zip(pairs[::2], pairs[1::2]))
    return "".join(letters.get(letter.lower(), letter).replace("-", "" if letter.lower() in "ъь" else "-").title() if letter.isupper() else
                   letters.get(letter, letter).replace("-", "" if letter in "ъь" else "-") for letter in text)


def romaji(kana: str) -> str:
    """Hepburn without long vowels."""
    return "".join(words.KANA[part] for part in split_kana(kana)).replace("ou", "o").replace("oo", "o").replace("uu", "u").title()


def split_kana(kana: str) -> list[str]:
    parts: list[str] = []
    for sign in kana:
        if sign in "ょゅ":
            parts[-1] += sign
        else:
            parts.append(sign)
    return parts


def pairs_of(text: str) -> list[tuple[str, str]]:
    parts = text.split()
    return list(zip(parts[::2], parts[1::2]))


def slashed(text: str) -> list[Word]:
    """Words of which each may have its reading behind a slash."""
    return [Word(spaced(word.partition("/")[0]), spaced(word.partition("/")[2] or word)) for word in text.split()]


def japanese(pairs: list[tuple[str, str]]) -> list[Word]:
    return [Word(text, romaji(kana), kana) for text, kana in pairs]


def combined(heads: list[tuple[str, str]], ends: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(head + end, head_kana + end_kana) for (head, head_kana), (end, end_kana) in itertools.product(heads, ends) if head != end]


def shuffled(items: list[Word], name: str) -> list[Word]:
    random.Random(name).shuffle(items)  # not the run's seed: the words of a country are always the same
    return items


def once(items: list[Word]) -> list[Word]:
    return list({word.text: word for word in items}.values())


def alphabetic(code: str, names: list[str]) -> list[Word]:
    return [Word(spaced(name), latin_of(spaced(name)) if code == "RU" else spaced(name)) for name in names]


def family_names(code: str) -> list[Word]:
    if code == "CN":
        return [Word(text, latin) for text, latin in pairs_of(words.CN_FAMILY)]
    if code == "JP":
        return once(japanese(pairs_of(words.JP_FAMILY)) + shuffled(japanese(combined(pairs_of(words.JP_FAMILY_HEAD), pairs_of(words.JP_FAMILY_END))), code))
    common, heads, middles, ends = (part.split() for part in words.FAMILY[code])
    made = ["".join(parts).replace("-", "") for parts in itertools.product(heads, middles, ends)]
    return once(alphabetic(code, common) + shuffled(alphabetic(code, made), code))


def given_names(code: str, gender: str) -> list[Word]:
    if code == "CN":
        signs = pairs_of(words.CN_GIVEN[gender])
        one = [Word(text, latin.title()) for text, latin in signs]
        two = [Word(a + b, (latin_a + latin_b).title()) for (a, latin_a), (b, latin_b) in itertools.product(signs, signs)]
        return one[:20] + shuffled(two, code)
    if code == "JP":
        return once(shuffled(japanese(combined(pairs_of(words.JP_GIVEN_HEAD), pairs_of(words.JP_GIVEN_END[gender]))), code))
    return alphabetic(code, words.GIVEN[code][gender].split())


def nicknames(code: str) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for entry in filter(None, words.NICKNAMES.get(code, "").split(";")):
        name, short = entry.split()
        table.setdefault(name, []).append(short)
    return table


def cities(code: str) -> list[City]:
    found = [City(slashed(name)[0], postcode, area) for name, postcode, area in (entry.split() for entry in words.CITIES[code].split(";"))]
    if code == "RU":
        found = [City(Word(city.name.text, latin_of(city.name.text)), city.postcode, city.area) for city in found]
    if code in words.TOWN_ENDS:  # small towns have the postcodes and area codes of a large one
        heads = words.FAMILY[code][1].split()
        towns = [f"{head}-{end}" if "-" in end else head + end for head, end in itertools.product(heads, words.TOWN_ENDS[code].split())]
        for number, town in enumerate(shuffled(alphabetic(code, towns), "towns")[:300]):
            near = found[number % 12]
            found.append(City(town, near.postcode, near.area))
    return found


def brands(code: str) -> tuple[list[Word], list[Word], list[Word]]:
    if code in ("CN", "JP"):
        signs = [Word(text, latin) for text, latin in pairs_of(words.BRAND_SYLLABLES[code])]
        return signs, [Word("", "")], signs
    return tuple(alphabetic(code, part.split()) for part in words.BRAND_SYLLABLES["RU" if code == "RU" else "LATIN"])


def country(code: str) -> Country:
    towns = cities(code)
    streets = alphabetic(code, words.STREETS[code].split()) if code not in ("CN", "JP") else slashed(words.STREETS[code])
    trades = alphabetic(code, words.TRADES[code].split()) if code not in ("CN", "JP") else slashed(words.TRADES[code])
    return Country(code, Pool(family_names(code)), {gender: Pool(given_names(code, gender), .7) for gender in "mf"}, nicknames(code),
                   Pool([city.name for city in towns], .8), {city.name.text: city for city in towns}, streets,
                   [[spaced(form) for form in kind.split()] for kind in words.STREET_KINDS[code]], trades, words.LEGAL_FORMS[code], brands(code))


def digits(chance: random.Random, count: int) -> str:
    return str(chance.randrange(10 ** count)).zfill(count)


@dataclass(frozen=True)
class Address:
    city: City
    postcode: str
    street: Word
    kind: int
    number: str


def address(land: Country, chance: random.Random, city: City | None = None) -> Address:
    city = city or land.by_name[land.cities.pick(chance).text]
    number = str(chance.randint(1, 40) if chance.random() < .7 else chance.randint(41, 250))
    if land.code == "JP":
        number = f"{chance.randint(1, 6)}-{chance.randint(1, 30)}-{chance.randint(1, 20)}"
    elif land.code in LATIN and chance.random() < .1:
        number += chance.choice("abcd")
    street = chance.choice(land.streets) if chance.random() < .6 or land.code in ("CN", "JP") else land.family.pick(chance)
    return Address(city, postcode(land.code, city, chance), street, chance.randrange(len(land.street_kinds)), number)


def postcode(code: str, city: City, chance: random.Random) -> str:
    if code == "GB":
        return f"{city.postcode}{chance.randint(1, 20)} {chance.randint(1, 9)}{chance.choice('ABDEFGHJLNPQRSTUWXYZ')}{chance.choice('ABDEFGHJLNPQRSTUWXYZ')}"
    rest = digits(chance, {"DE": 3, "FR": 3, "ES": 3, "PL": 3, "RU": 4, "CN": 4, "JP": 5}[code])
    if code == "PL":
        return f"{city.postcode}-{rest}"
    return f"{city.postcode}{rest[0]}-{rest[1:]}" if code == "JP" else city.postcode + rest


def street_text(land: Country, place: Address, spelling: int, latin: bool = False) -> str:
    """The street as the country writes it; spelling 0 is the usual one."""
    forms = land.street_kinds[place.kind]
    if latin and land.code in ("CN", "JP", "RU"):
        return f"{place.street.latin} {'Road' if land.code == 'CN' else 'ul.' if land.code == 'RU' else ''}".strip()
    return forms[spelling % len(forms)].replace("*", place.street.text)


def mobile(code: str, chance: random.Random) -> str:
    """A number without country code and trunk prefix."""
    start, count = MOBILE[code]
    return start + digits(chance, count)


def landline(code: str, city: City, chance: random.Random) -> str:
    return city.area + digits(chance, LANDLINE[code] - len(city.area))


def phone_text(code: str, number: str, style: int) -> str:
    """One number in several formats."""
    grouped = " ".join([number[:3], *(number[at:at + 3] for at in range(3, len(number), 3))])
    return (f"+{CALLING[code]} {grouped}", f"{TRUNK[code]}{number}", f"00{CALLING[code]}{number}", f"{TRUNK[code]}{number[:3]}/{number[3:]}",
            f"+{CALLING[code]}{number}", f"({TRUNK[code]}{number[:3]}) {number[3:6]}-{number[6:]}")[style % 6]
