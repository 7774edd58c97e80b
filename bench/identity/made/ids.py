"""National numbers of persons and companies, with the check digits that each country's authorities describe."""
from __future__ import annotations

import random
from datetime import date

from .countries import digits

CN_DISTRICTS = ("110101", "110105", "310101", "310104", "440104", "440106", "440304", "440305", "320102", "320508", "330102", "510104", "420102", "610102", "120101", "500103")
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def weighted(text: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(text, weights))


def mod_11_10(text: str) -> str:
    """ISO 7064, MOD 11,10."""
    product = 10
    for digit in text:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return text + str((11 - product) % 10)


def luhn(text: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(text)))
    return text + str(-total % 10)


def company_de(chance: random.Random) -> str:
    return "DE" + mod_11_10(str(chance.randint(1, 9)) + digits(chance, 7))


def company_fr(chance: random.Random) -> str:
    siren = luhn(str(chance.randint(3, 8)) + digits(chance, 7))
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def company_gb(chance: random.Random) -> str:
    body = str(chance.randint(1, 9)) + digits(chance, 6)
    return f"GB{body}{97 - weighted(body, (8, 7, 6, 5, 4, 3, 2)) % 97:02d}"


def company_es(chance: random.Random) -> str:
    body = digits(chance, 7)
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(body))
    return f"ES{chance.choice('AB')}{body}{-total % 10}"


def company_pl(chance: random.Random) -> str:
    while True:
        body = str(chance.randint(1, 9)) + digits(chance, 8)
        check = weighted(body, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
        if check < 10:
            return f"PL{body}{check}"


def company_ru(chance: random.Random) -> str:
    body = f"{chance.randint(1, 99):02d}" + digits(chance, 7)
    return body + str(weighted(body, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def company_cn(chance: random.Random) -> str:
    organisation = digits(chance, 8)
    check = -weighted(organisation, (3, 7, 9, 10, 5, 8, 4, 2)) % 11
    body = f"91{chance.randint(110000, 659999)}{organisation}{'X' if check == 10 else check}"
    return body + USCC[-sum(USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(body)) % 31]


def company_jp(chance: random.Random) -> str:
    body = "0" + digits(chance, 11)
    return str(9 - sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(body))) % 9) + body


def person_de(chance: random.Random, born: date, gender: str) -> str:
    signs = chance.sample("0123456789", 9)
    signs.insert(chance.randint(1, 9), chance.choice(signs))
    return mod_11_10("".join(signs)) if signs[0] != "0" else mod_11_10("".join(reversed(signs))) if signs[-1] != "0" else person_de(chance, born, gender)


def person_fr(chance: random.Random, born: date, gender: str) -> str:
    body = f"{1 if gender == 'm' else 2}{born:%y%m}{chance.randint(1, 95):02d}{chance.randint(1, 600):03d}{chance.randint(1, 999):03d}"
    return f"{body}{97 - int(body) % 97:02d}"


def person_gb(chance: random.Random, born: date, gender: str) -> str:
    return f"{chance.choice('ABCEGHJKLMNPRSTW')}{chance.choice('ABCEGHJKLMNPRSTW')}{digits(chance, 6)}{chance.choice('ABCD')}"


def person_es(chance: random.Random, born: date, gender: str) -> str:
    body = digits(chance, 8)
    return body + "TRWAGMYFPDXBNJZSQVHLCKE"[int(body) % 23]


def person_pl(chance: random.Random, born: date, gender: str) -> str:
    body = f"{born:%y}{born.month + (20 if born.year >= 2000 else 0):02d}{born:%d}{digits(chance, 3)}{chance.choice('13579' if gender == 'm' else '02468')}"
    return body + str(-weighted(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def person_ru(chance: random.Random, born: date, gender: str) -> str:
    body = f"{chance.randint(1, 99):02d}" + digits(chance, 8)
    body += str(weighted(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    return body + str(weighted(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def person_cn(chance: random.Random, born: date, gender: str) -> str:
    body = f"{chance.choice(CN_DISTRICTS)}{born:%Y%m%d}{digits(chance, 2)}{chance.choice('13579' if gender == 'm' else '02468')}"
    return body + "10X98765432"[weighted(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11]


def person_jp(chance: random.Random, born: date, gender: str) -> str:
    body = digits(chance, 11)
    rest = weighted(body, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return body + str(0 if rest <= 1 else 11 - rest)


COMPANY = {"DE": company_de, "FR": company_fr, "GB": company_gb, "ES": company_es, "PL": company_pl, "RU": company_ru, "CN": company_cn, "JP": company_jp}
PERSON = {"DE": person_de, "FR": person_fr, "GB": person_gb, "ES": person_es, "PL": person_pl, "RU": person_ru, "CN": person_cn, "JP": person_jp}


def registration(code: str, chance: random.Random) -> str:
    """The number in the register of companies, as it is commonly written."""
    number = chance.randint(1000, 299999)
    return {"DE": f"HRB {number}", "GB": f"{number + 1_000_000:08d}", "FR": f"RCS {luhn(str(chance.randint(3, 8)) + digits(chance, 7))}", "PL": f"KRS {number:010d}", "ES": f"M-{number}",
            "RU": f"1{digits(chance, 12)}", "CN": f"{chance.randint(110000, 659999)}{digits(chance, 9)}", "JP": f"{chance.randint(1, 50):02d}-{number:06d}"}[code]
