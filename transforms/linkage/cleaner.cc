#include "transforms/linkage/cleaner.h"

#include <algorithm>
#include <array>

#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "transforms/linkage/filler.h"
#include "transforms/linkage/latin.h"
#include "transforms/linkage/names.h"
#include "transforms/linkage/nicknames.h"
#include "transforms/linkage/registration_number.h"

namespace crossbill::linkage {
namespace {

using transforms::CityForm;
using transforms::Fold;
using transforms::MakeNameForm;
using transforms::NameForm;
using transforms::ReadingOf;

using Forms = std::vector<std::string>;

constexpr std::size_t kFewestPhoneDigits = 6;
constexpr std::array<std::string_view, 12> kNoNames = {"unknown", "none", "n a", "na",      "nn",  "null",
                                                       "test",    "xxx",  "tbd", "unnamed", "nil", "no name"};

// Everybody's domains, by what stands before the first dot.
constexpr std::array<std::string_view, 24> kProviders = {
    "gmail", "googlemail", "yahoo", "hotmail", "outlook", "live",   "msn",     "icloud",
    "me",    "aol",        "gmx",   "web",     "mail",    "yandex", "qq",      "163",
    "126",   "sina",       "wp",    "o2",      "orange",  "free",   "wanadoo", "docomo"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void Add(std::string form, Forms& forms) {
  if (!form.empty() && std::find(forms.begin(), forms.end(), form) == forms.end()) {
    forms.push_back(std::move(form));
  }
}

bool IsNobody(std::string_view folded) {
  return std::find(kNoNames.begin(), kNoNames.end(), folded) != kNoNames.end();
}

bool IsProvider(std::string_view domain) {
  return std::find(kProviders.begin(), kProviders.end(), domain.substr(0, domain.find('.'))) !=
         kProviders.end();
}

void CleanWords(std::string_view raw, std::string_view, Forms& forms) { Add(Fold(raw), forms); }

void CleanText(std::string_view raw, std::string_view, Forms& forms) {
  Add(CollapseSpace(CaseFold(Nfkc(raw))), forms);
}

void AddName(NameForm name, Forms& forms) {
  if (name.cjk) {
    Add(name.full, forms);
    return;
  }
  transforms::DropGenerations(name.words);
  std::string words;
  for (const std::string& word : name.words) {
    words += (words.empty() ? "" : " ") + word;
  }
  if (!IsNobody(words)) {
    Add(std::move(words), forms);
  }
}

void CleanPersonName(std::string_view raw, std::string_view, Forms& forms) {
  AddName(MakeNameForm(raw), forms);
}

// The words stay in their order, the legal form goes.
void CleanOrganisationName(std::string_view raw, std::string_view, Forms& forms) {
  AddName(MakeNameForm(raw), forms);
}

void CleanLegalForm(std::string_view raw, std::string_view, Forms& forms) {
  Add(MakeNameForm(raw).legal, forms);
}

void CleanReading(std::string_view raw, std::string_view, Forms& forms) { Add(ReadingOf(raw), forms); }

void CleanEmail(std::string_view raw, std::string_view, Forms& forms) { Add(EmailForm(raw), forms); }

// What stands behind the @, where it is an organisation's own.
void CleanEmailDomain(std::string_view raw, std::string_view, Forms& forms) {
  const std::string email = EmailForm(raw);
  const std::size_t at = email.find('@');
  if (at != std::string::npos && !IsProvider(std::string_view(email).substr(at + 1))) {
    Add(email.substr(at + 1), forms);
  }
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), IsDigit);
  return digits;
}

void CleanPhone(std::string_view raw, std::string_view country, Forms& forms) {
  const auto e164 = PhoneToE164(raw, country);
  std::string digits = DigitsOf(e164 ? *e164 : Nfkc(raw));
  if (!e164 && digits.starts_with("00")) {
    digits.erase(0, 2);  // dialled from abroad: the country's code follows
  }
  if (digits.size() >= kFewestPhoneDigits && !IsFiller(digits)) {
    Add(std::move(digits), forms);
  }
}

void CleanTaxId(std::string_view raw, std::string_view country, Forms& forms) {
  Add(ParseTaxId(raw, country).text, forms);
}

// With its country: numbers of two countries have nothing to do with each other.
void CleanSureTaxId(std::string_view raw, std::string_view country, Forms& forms) {
  const RegistrationNumber number = ParseTaxId(raw, country);
  if (number.check == CheckDigits::kHold) {
    Add(number.country + number.text, forms);
  }
}

// The words of a name in order of the alphabet: given and family name may have changed places.
void CleanNameWords(std::string_view raw, std::string_view, Forms& forms) {
  NameForm name = MakeNameForm(raw);
  if (!IsNobody(name.full)) {
    Add(std::move(name.full), forms);
  }
}

// A reading in kana has both names in one text, the family name first.
void CleanLatinPart(std::string_view raw, bool family, Forms& forms) {
  std::string folded = Fold(raw);
  const std::size_t blank = folded.find(' ');
  if (blank != std::string::npos && !ReadingOf(raw).empty()) {
    folded = family ? folded.substr(0, blank) : folded.substr(blank + 1);
  }
  if (!IsNobody(folded)) {
    Add(LatinOf(folded), forms);
  }
}

void CleanLatinGiven(std::string_view raw, std::string_view, Forms& forms) {
  CleanLatinPart(raw, false, forms);
}

void CleanLatinFamily(std::string_view raw, std::string_view, Forms& forms) {
  CleanLatinPart(raw, true, forms);
}

// The one Polish letter that Fold leaves, as it is no letter with a mark.
std::string WithoutStroke(std::string_view folded) {
  constexpr std::string_view kStroke = "ł";
  std::string text;
  for (std::size_t at = 0; at < folded.size();) {
    const bool stroke = folded.substr(at).starts_with(kStroke);
    text += stroke ? 'l' : folded[at];
    at += stroke ? kStroke.size() : 1;
  }
  return text;
}

// Of each word of a given name the full names that it may stand for.
void CleanFullGivenNames(std::string_view raw, std::string_view, Forms& forms) {
  for (const std::string& word : MakeNameForm(raw).words) {
    for (const std::string_view full : FullNamesOf(WithoutStroke(word))) {
      Add(std::string(full), forms);
    }
  }
}

// Letters and digits of a number, without its punctuation.
void CleanIdentifier(std::string_view raw, std::string_view, Forms& forms) {
  std::string form = FoldForMatching(raw);
  std::erase(form, ' ');
  if (!form.empty() && !IsFiller(form)) {
    Add(std::move(form), forms);
  }
}

void CleanPostcode(std::string_view raw, std::string_view, Forms& forms) {
  std::string form = FoldForMatching(raw);
  std::erase(form, ' ');
  Add(std::move(form), forms);
}

void CleanCity(std::string_view raw, std::string_view, Forms& forms) { Add(CityForm(raw), forms); }

void CleanDate(std::string_view raw, std::string_view, Forms& forms) {
  const auto date = Date::Parse(raw);
  if (date.ok()) {
    Add(date->ToString(), forms);
  }
}

void CleanDecimal(std::string_view raw, std::string_view, Forms& forms) {
  const auto number = Decimal::Parse(raw);
  if (number.ok()) {
    Add(number->Normalised().ToString(), forms);
  }
}

// For texts that are cut: those that begin alike have a value in common. Further on fewer lengths are enough.
void CleanStarts(std::string_view raw, std::string_view, Forms& forms) {
  constexpr std::array<std::size_t, 13> kLengths = {3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28};
  const std::string words = Fold(raw);
  std::size_t characters = 0;
  for (std::size_t end = 0; end <= words.size(); ++end) {
    if (end < words.size() && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) {
      continue;
    }
    if (std::find(kLengths.begin(), kLengths.end(), characters) != kLengths.end()) {
      Add(words.substr(0, end), forms);
    }
    ++characters;
  }
  if (characters <= kLengths.back()) {
    Add(words, forms);
  }
}

// Numbers of one step of a scale and those of the next have no step in common, however near they are. So
// there are two scales, and the steps of the one begin in the middle of the other's.
void AddStep(char scale, std::int64_t step, Forms& forms) { Add(scale + std::to_string(step), forms); }

// Steps of a decade, from a mantissa of three digits on; half a step of the one scale.
void CleanNearAmount(std::string_view raw, std::string_view, Forms& forms) {
  constexpr std::array<int, 12> kHalfSteps = {100, 120, 150, 180, 220, 270, 330, 390, 470, 560, 680, 820};
  const auto number = Decimal::Parse(raw);
  if (!number.ok() || number->IsZero()) {
    return;
  }
  __int128 mantissa = number->Abs().coefficient();
  int exponent = -number->scale();
  for (; mantissa >= 1000; mantissa /= 10) {
    ++exponent;
  }
  for (; mantissa < 100; mantissa *= 10) {
    --exponent;
  }
  const auto half = std::upper_bound(kHalfSteps.begin(), kHalfSteps.end(), static_cast<int>(mantissa));
  const std::int64_t halves =
      exponent * static_cast<std::int64_t>(kHalfSteps.size()) + (half - kHalfSteps.begin());
  AddStep('a', halves >> 1, forms);
  AddStep('b', (halves + 1) >> 1, forms);
}

void AddWindows(std::string_view raw, std::int64_t half_window, Forms& forms) {
  const auto date = Date::Parse(raw);
  if (!date.ok()) {
    return;
  }
  const std::int64_t days = date->days();
  const std::int64_t halves = days / half_window - (days % half_window < 0 ? 1 : 0);
  AddStep('a', halves >> 1, forms);
  AddStep('b', (halves + 1) >> 1, forms);
}

void CleanNearWeek(std::string_view raw, std::string_view, Forms& forms) { AddWindows(raw, 7, forms); }
void CleanNearMonth(std::string_view raw, std::string_view, Forms& forms) { AddWindows(raw, 31, forms); }

// The numbers of an address in their order: house, block, room.
void CleanNumbers(std::string_view raw, std::string_view, Forms& forms) {
  std::string form;
  bool inside = false;
  for (const char c : Nfkc(raw)) {
    if (IsDigit(c)) {
      form += !inside && !form.empty() ? " " : "";
      form += c;
    }
    inside = IsDigit(c);
  }
  Add(std::move(form), forms);
}

// The words of an address, without its numbers.
void CleanStreet(std::string_view raw, std::string_view, Forms& forms) {
  std::string form = Fold(raw);
  std::erase_if(form, IsDigit);
  Add(CollapseSpace(form), forms);
}

constexpr Cleaner kCleaners[] = {
    {"words", "Letters and digits in lower case, without marks; everything else is a blank.", CleanWords},
    {"text", "As it is, in lower case, blanks once.", CleanText},
    {"person_name", "Without forms of address and what stands behind a name; \"unknown\" is none.",
     CleanPersonName},
    {"organisation_name", "Without its legal form.", CleanOrganisationName},
    {"legal_form", "The class of the legal form: ltd, gmbh, kk.", CleanLegalForm},
    {"reading", "A kana reading in katakana.", CleanReading},
    {"email", "Lower case, without a +tag; nobody's addresses are none.", CleanEmail},
    {"email_domain", "What stands behind the @; none where it is everybody's.", CleanEmailDomain},
    {"phone", "The digits with the country's code.", CleanPhone},
    {"tax_id", "A tax or registration number without its country.", CleanTaxId},
    {"sure_tax_id", "The same with its country, where its check digits hold; else none.", CleanSureTaxId},
    {"name_words", "A person's name, its words in order of the alphabet.", CleanNameWords},
    {"latin_given_name",
     "A given name in Latin letters, whatever script it is in; of a kana reading the second word.",
     CleanLatinGiven},
    {"latin_family_name", "A family name in Latin letters; of a kana reading the first word.",
     CleanLatinFamily},
    {"full_given_names",
     "The full names that the words of a given name are short for, or are: Margaret of Peggy; none where it "
     "is "
     "in nobody's use as either.",
     CleanFullGivenNames},
    {"identifier", "Letters and digits of a number; fillers are none.", CleanIdentifier},
    {"postcode", "Without blanks.", CleanPostcode},
    {"city", "Without its rank, district or ward.", CleanCity},
    {"date", "A date such as 2026-10-31.", CleanDate},
    {"decimal", "A number without zeros at its end.", CleanDecimal},
    {"starts",
     "The beginnings of a text's words, from three characters on: several values, also of a text that is "
     "cut.",
     CleanStarts},
    {"near_amount",
     "For blocks: two steps of a scale; numbers of which the lesser is 85 % of the other, or more, have one "
     "in common.",
     CleanNearAmount},
    {"near_week", "For blocks: two fortnights; dates of seven days have one in common.", CleanNearWeek},
    {"near_month", "For blocks: two windows of 62 days; dates of 31 days have one in common.",
     CleanNearMonth},
    {"numbers", "The numbers in a text.", CleanNumbers},
    {"street", "The words of a street, without numbers.", CleanStreet},
};

}  // namespace

// Also of a mailbox: "Ann Lee" <ann.lee@example.org>.
std::string EmailForm(std::string_view raw) {
  if (const std::size_t open = raw.rfind('<'); open != std::string_view::npos && raw.ends_with('>')) {
    raw = raw.substr(open + 1, raw.size() - open - 2);
  }
  auto email = NormaliseEmail(Nfkc(raw));
  if (!email) {
    return {};
  }
  const std::size_t plus = email->find('+');
  const std::size_t at = email->find('@');
  if (plus != std::string::npos && plus > 0 && plus < at) {
    email->erase(plus, at - plus);
  }
  return IsFillerEmail(*email) ? std::string() : *std::move(email);
}

std::span<const Cleaner> AllCleaners() { return kCleaners; }

const Cleaner* FindCleaner(std::string_view name) {
  for (const Cleaner& cleaner : kCleaners) {
    if (cleaner.name == name) {
      return &cleaner;
    }
  }
  return nullptr;
}

}  // namespace crossbill::linkage
