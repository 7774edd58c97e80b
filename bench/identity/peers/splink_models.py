"""Splink's models for each kind of set. Those of febrl, historical and payments are its tutorials'; those of the generated sets are made as its guides say."""
from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from made.words import LEGAL_FORMS  # noqa: E402


@dataclass(frozen=True)
class Model:
    prepare: str  # the columns, as SQL over the records
    blocking: list
    comparisons: list
    em: list  # one training session each
    deterministic: list = field(default_factory=list)
    recall: float = .0
    max_pairs: float = 1e6
    probability: Callable[[int], float] | None = None  # that two random records match, from the size of the first source, where that is known
    fix_frequencies: bool = False  # estimate_without_term_frequencies

    def settings(self, two_sources: bool, first: int) -> SettingsCreator:
        known = {"probability_two_random_records_match": self.probability(first)} if self.probability else {}
        return SettingsCreator(link_type="link_only" if two_sources else "dedupe_only", unique_id_column_name="id", blocking_rules_to_generate_predictions=self.blocking, comparisons=self.comparisons,
                               retain_matching_columns=False, retain_intermediate_calculation_columns=False, **known)


# Without the number the tutorials' comparisons are too few: the address takes its place.
ADDRESS = [cl.JaroWinklerAtThresholds("address_1", [.9, .8]), cl.JaroWinklerAtThresholds("suburb", [.9])]


def febrl3(ssn: bool) -> Model:
    number = ["soc_sec_id"] if ssn else []
    return Model(
        "*", [block_on(column) for column in (*number, "given_name", "surname", "date_of_birth", "postcode")],
        [cl.NameComparison("given_name"), cl.NameComparison("surname"), cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
         *([cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2])] if ssn else ADDRESS), cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
         cl.ExactMatch("postcode").configure(term_frequency_adjustments=True)],
        [block_on("date_of_birth"), block_on("postcode")],
        [*(block_on(column) for column in number), block_on("given_name", "surname", "date_of_birth"),
         "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth"], .9)


def febrl4(ssn: bool) -> Model:
    number = ["soc_sec_id"] if ssn else []
    return Model(
        "*", [block_on("given_name", "surname"), "l.given_name = r.surname and l.surname = r.given_name", block_on("date_of_birth"), *(block_on(column) for column in number),
              block_on("state", "address_1"), block_on("street_number", "address_1"), block_on("postcode")],
        [cl.NameComparison("given_name").configure(term_frequency_adjustments=True), cl.NameComparison("surname").configure(term_frequency_adjustments=True),
         cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True),
         *([cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2])] if ssn else ADDRESS),
         cl.ExactMatch("street_number").configure(term_frequency_adjustments=True), cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True)],
        [block_on("date_of_birth"), block_on("postcode")], [*(block_on(column) for column in number), block_on("given_name", "surname", "date_of_birth")], .8, fix_frequencies=True)


def historical() -> Model:
    return Model(
        "*, first_name || ' ' || surname AS first_name_surname_concat",
        [block_on("substr(first_name,1,3)", "substr(surname,1,4)"), block_on("surname", "dob"), block_on("first_name", "dob"), block_on("postcode_fake", "first_name"),
         block_on("postcode_fake", "surname"), block_on("dob", "birth_place"), block_on("substr(postcode_fake,1,3)", "dob"), block_on("substr(postcode_fake,1,3)", "first_name"),
         block_on("substr(postcode_fake,1,3)", "surname"), block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)")],
        [cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"), cl.DateOfBirthComparison("dob", input_is_string=True),
         cl.PostcodeComparison("postcode_fake"), cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True), cl.ExactMatch("occupation").configure(term_frequency_adjustments=True)],
        [block_on("first_name", "surname"), block_on("dob")],
        [block_on("first_name", "surname", "dob"), block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"), block_on("dob", "postcode_fake")], .6, 1e7, fix_frequencies=True)


def within_days(days: int) -> dict[str, str]:
    """Money arrives after it was sent, never before."""
    return {"sql_condition": f"transaction_date_r - transaction_date_l <= {days} and transaction_date_r >= transaction_date_l", "label_for_charts": f"<={days} days"}


def payments() -> Model:
    """The tutorial's without its rule that blocks on the true answer."""
    near = "substr(l.memo,1,3) = substr(r.memo,1,3) and l.amount/r.amount > 0.7 and l.amount/r.amount < 1.3"
    return Model(
        "id, source, memo, CAST(transaction_date AS DATE) AS transaction_date, CAST(amount AS DOUBLE) AS amount",
        [f"strftime(l.transaction_date, '%Y%m') = strftime(r.transaction_date, '%Y%m') and {near}", f"strftime(l.transaction_date+15, '%Y%m') = strftime(r.transaction_date, '%Y%m') and {near}",
         block_on("substr(memo,1,9)"), "round(l.amount/2,0)*2 = round(r.amount/2,0)*2 and yearweek(r.transaction_date) = yearweek(l.transaction_date)",
         "round(l.amount/2,0)*2 = round((r.amount+1)/2,0)*2 and yearweek(r.transaction_date) = yearweek(l.transaction_date + 4)"],
        [{"output_column_name": "amount", "comparison_levels": [cll.NullLevel("amount"), cll.ExactMatchLevel("amount"),
                                                            *(cll.PercentageDifferenceLevel("amount", share) for share in (.01, .03, .1, .3)), cll.ElseLevel()]},
         cl.LevenshteinAtThresholds("memo", [2, 6, 10]),
         {"output_column_name": "transaction_date", "comparison_levels": [cll.NullLevel("transaction_date"), *(within_days(days) for days in (1, 4, 10, 30)), cll.ElseLevel()]}],
        [block_on("memo"), block_on("amount")], probability=lambda first: 1 / first)


def text(column: str) -> str:
    return f"lower(strip_accents({column})) AS {column}"


# One comparison for the whole address: its parts go together, and would count twice.
PLACE = {"output_column_name": "place", "comparison_levels": [
    cll.NullLevel("postcode"), {"sql_condition": "postcode_l = postcode_r and house_number_l = house_number_r", "label_for_charts": "postcode and house"},
    cll.ExactMatchLevel("postcode", term_frequency_adjustments=True),
    {"sql_condition": "street_l = street_r and house_number_l = house_number_r", "label_for_charts": "street and house"}, cll.ExactMatchLevel("city"), cll.ElseLevel()]}
PHONE = "nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 8), '') AS phone"


def persons(wide: bool) -> Model:
    tight = [block_on("family_name", "given_name", "born_on"), block_on("family_name", "given_name", "postcode"), block_on("email"), block_on("phone"), block_on("national_id"),
             block_on("born_on", "substr(family_name,1,3)"),
             block_on("born_on", "given_name"), block_on("postcode", "family_name"), block_on("postcode", "street", "house_number")]
    more = [block_on("born_on"), block_on("postcode"), block_on("given_name", "family_name", "city"), block_on("substr(given_name,1,4)", "substr(family_name,1,5)", "substr(born_on,1,4)")]
    return Model(
        f"id, {text('given_name')}, {text('family_name')}, born_on, lower(email) AS email, {PHONE}, {text('street')}, lower(house_number) AS house_number, "
        f"{text('city')}, upper(postcode) AS postcode, national_id, gender",
        tight + (more if wide else []),
        [cl.NameComparison("given_name").configure(term_frequency_adjustments=True), cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
         cl.DateOfBirthComparison("born_on", input_is_string=True), cl.EmailComparison("email"),
         cl.LevenshteinAtThresholds("phone", 1), cl.LevenshteinAtThresholds("national_id", 1), PLACE, cl.ExactMatch("gender")],
        [block_on("given_name", "family_name"), block_on("born_on")],
        [block_on("national_id"), block_on("given_name", "family_name", "born_on"), block_on("email", "born_on")], .6, fix_frequencies=True)


def form_pattern() -> str:
    """All spellings of the legal forms, the longest first, as one regular expression."""
    forms = {form.lower() for group in LEGAL_FORMS.values() for spellings in group for form in spellings.split("|")} | {"co., ltd.", "ooo"}
    spelt = "|".join(re.escape(form).replace("'", "''").replace(r"\ ", " ") for form in sorted(forms, key=len, reverse=True))
    return rf"(^|[\s,«»\)])({spelt})($|[\s,«»])|株式会社|有限会社|合同会社|股份有限公司|集团有限公司|有限责任公司|有限公司|股份公司"


def companies() -> Model:
    bare = f"trim(regexp_replace(regexp_replace(lower(name), '{form_pattern()}', ' ', 'g'), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"
    name = {"output_column_name": "name", "comparison_levels": [
        cll.NullLevel("bare"), cll.ExactMatchLevel("bare", term_frequency_adjustments=True), {"sql_condition": "words_l = words_r", "label_for_charts": "same words"},
        cll.JaroWinklerLevel("bare", .95),
        {"sql_condition": "list_has_all(words_l, words_r) or list_has_all(words_r, words_l)", "label_for_charts": "words of one in the other"}, cll.JaroWinklerLevel("bare", .88), cll.ElseLevel()]}
    return Model(
        f"id, strip_accents({bare}) AS bare, list_sort(list_distinct(string_split(strip_accents({bare}), ' '))) AS words, {text('street')}, "
        f"lower(house_number) AS house_number, {text('city')}, upper(postcode) AS postcode, {PHONE}, lower(email) AS email, "
        "nullif(regexp_extract(lower(email), '@(.*)', 1), '') AS domain, vat_id, registration_no",
        [block_on("bare"), block_on("email"), block_on("phone"), block_on("vat_id"), block_on("registration_no"), block_on("domain", "city"),
         block_on("postcode", "street"), block_on("substr(bare,1,6)", "city"), block_on("substr(bare,1,5)", "postcode")],
        [name, cl.JaroWinklerAtThresholds("street", [.92]), cl.ExactMatch("house_number"), cl.JaroWinklerAtThresholds("city", [.92]).configure(term_frequency_adjustments=True),
         cl.ExactMatch("postcode").configure(term_frequency_adjustments=True), cl.LevenshteinAtThresholds("phone", [1, 2]), cl.ExactMatch("domain").configure(term_frequency_adjustments=True),
         cl.LevenshteinAtThresholds("vat_id", 1), cl.LevenshteinAtThresholds("registration_no", 1)],
        [block_on("bare", "city"), block_on("phone"), block_on("postcode", "street")],
        [block_on("vat_id", "postcode"), block_on("bare", "postcode"), block_on("registration_no", "city")], .6, fix_frequencies=True)


def model(kind: str, header: list[str]) -> Model:
    """The model for a kind of set with these columns."""
    if kind == "febrl":
        return (febrl4 if "source" in header else febrl3)("soc_sec_id" in header)
    made = {"historical": historical, "payments": payments, "persons": lambda: persons(False), "persons_wide": lambda: persons(True), "companies": companies}
    if kind not in made:
        sys.exit(f"splink: no model for {kind}; there are febrl, {', '.join(made)}")
    return made[kind]()


KINDS = ("febrl", "historical", "payments", "persons", "persons_wide", "companies")
