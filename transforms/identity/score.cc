#include "transforms/identity/score.h"

#include <algorithm>
#include <string>

#include "base/distance.h"
#include "base/text.h"

namespace crossbill::transforms {
namespace {

// Weights in hundredths of a bit. First values, set by judgement; the learnt ones come with `crossbill train
// identity`.
constexpr int kTaxIdSame = 900, kTaxIdDifferent = -2000, kTaxIdDoubtful = -300;
constexpr int kAnchorSame = 1500;
constexpr int kEmailSame = 800, kEmailDifferent = -100;
constexpr int kPhoneSame = 500, kPhoneDifferent = -150;
constexpr int kNameSame = 500, kNameReading = 450, kNameInitial = 350, kNameSimilar = 300, kNameSlip = 0,
              kNameExtended = -350, kNameDifferent = -900;
constexpr int kLegalDifferent = -150;
constexpr int kPostcodeSame = 200, kPostcodeDifferent = -150;
constexpr int kCitySame = 100, kCityDifferent = -300;
constexpr int kStreetSame = 400, kStreetNumbers = 150, kStreetDifferent = -200;
constexpr int kBornSame = 400, kBornDifferent = -500;

bool Meet(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::any_of(left.begin(), left.end(), [&](const std::string& value) {
    return std::find(right.begin(), right.end(), value) != right.end();
  });
}

void Add(Evidence& evidence, std::string_view field, std::string_view level, int weight) {
  evidence.parts.push_back({field, level, weight});
  evidence.weight += weight;
}

void CompareSets(std::string_view field, const std::vector<std::string>& left,
                 const std::vector<std::string>& right, int same, int different, Evidence& evidence) {
  if (left.empty() || right.empty()) {
    return Add(evidence, field, "missing", 0);
  }
  if (Meet(left, right)) {
    return Add(evidence, field, "normalised", same);
  }
  Add(evidence, field, "different", different);
}

// Two different numbers forbid; one whose check digits fail may be mistyped.
void CompareTaxIds(const std::vector<TaxId>& left, const std::vector<TaxId>& right, Evidence& evidence) {
  if (left.empty() || right.empty()) {
    return Add(evidence, "tax_id", "missing", 0);
  }
  const auto has = [&](const TaxId& id) {
    return std::any_of(right.begin(), right.end(), [&](const TaxId& other) { return other.text == id.text; });
  };
  if (std::any_of(left.begin(), left.end(), has)) {
    return Add(evidence, "tax_id", "normalised", kTaxIdSame);
  }
  const auto sound = [](const TaxId& id) { return id.sound; };
  evidence.forbidden =
      std::any_of(left.begin(), left.end(), sound) && std::any_of(right.begin(), right.end(), sound);
  Add(evidence, "tax_id", evidence.forbidden ? "different" : "doubtful",
      evidence.forbidden ? kTaxIdDifferent : kTaxIdDoubtful);
}

enum class NameLevel { kDifferent, kExtended, kSlip, kUnknown, kSimilar, kInitial, kReading, kSame };

// One more word or sign of a word of at least four letters, two in a long word.
bool IsTypo(std::string_view a, std::string_view b) {
  const std::size_t length = std::min(CodePoints(a), CodePoints(b));
  if (length < 4) {
    return false;
  }
  return DamerauLevenshtein(a, b) <= (length >= 10 ? 2 : 1);
}

// "Ana" and "Anna": a letter is doubled, in a word that is too short for other slips.
bool IsDoubled(std::string_view a, std::string_view b) {
  const auto [shorter, longer] = a.size() < b.size() ? std::pair(a, b) : std::pair(b, a);
  if (shorter.size() < 3 || longer.size() != shorter.size() + 1) {
    return false;
  }
  const auto at = std::mismatch(shorter.begin(), shorter.end(), longer.begin());
  return at.second != longer.begin() && *at.second == *(at.second - 1) &&
         std::equal(at.first, shorter.end(), at.second + 1);
}

// The words of both, without those that both have.
void TakeCommon(std::vector<std::string>& left, std::vector<std::string>& right) {
  for (auto it = left.begin(); it != left.end();) {
    const auto found = std::find(right.begin(), right.end(), *it);
    if (found == right.end()) {
      ++it;
      continue;
    }
    right.erase(found);
    it = left.erase(it);
  }
}

bool IsInitialOf(std::string_view initial, std::string_view word) {
  return initial.size() == 1 && word.starts_with(initial);
}

std::string WithoutBlanks(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += word;
  }
  return text;
}

// "J. Müller" and "Jürgen W. Müller": what is left of the shorter are initials of words of the other.
bool AreInitials(const std::vector<std::string>& fewer, const std::vector<std::string>& more) {
  return !fewer.empty() && fewer.size() <= more.size() &&
         std::all_of(fewer.begin(), fewer.end(), [&](const std::string& initial) {
           return std::any_of(more.begin(), more.end(),
                              [&](const std::string& word) { return IsInitialOf(initial, word); });
         });
}

constexpr std::size_t kMostSlips = 3;  // words

// Each word of the one can be given a word of the other that it may be, as an initial or by a slip: "Sam
// Beker" and "S. Becker".
bool MayBeSlips(const std::vector<std::string>& left, std::vector<std::string> right) {
  if (left.size() != right.size() || left.size() > kMostSlips) {
    return false;
  }
  const auto may_be = [](const std::string& word, const std::string& other) {
    return IsInitialOf(word, other) || IsInitialOf(other, word) || IsTypo(word, other) ||
           IsDoubled(word, other);
  };
  std::sort(right.begin(), right.end());
  do {
    if (std::equal(left.begin(), left.end(), right.begin(), may_be)) {
      return true;
    }
  } while (std::next_permutation(right.begin(), right.end()));
  return false;
}

NameLevel CompareWords(const NameForm& a, const NameForm& b) {
  std::vector<std::string> left = a.words, right = b.words;
  TakeCommon(left, right);
  const std::size_t common = a.words.size() - left.size();
  if (left.empty() && right.empty()) {
    return NameLevel::kSame;
  }
  if (left.empty() || right.empty()) {
    const std::vector<std::string>& more = left.empty() ? right : left;
    const bool initials =
        std::all_of(more.begin(), more.end(), [](const std::string& word) { return word.size() == 1; });
    return initials ? NameLevel::kInitial : NameLevel::kExtended;
  }
  if (common > 0 && (AreInitials(left, right) || AreInitials(right, left))) {
    return NameLevel::kInitial;
  }
  if (left.size() == 1 && right.size() == 1 && IsTypo(left[0], right[0])) {
    return NameLevel::kSimilar;
  }
  // Words run together or cut elsewhere: "Noah J.S chwarz", "Luka sJohnson".
  if (WithoutBlanks(a.words) == WithoutBlanks(b.words)) {
    return NameLevel::kSimilar;
  }
  return MayBeSlips(left, right) ? NameLevel::kSlip : NameLevel::kDifferent;
}

// Signs of three bytes each, in any order.
bool SameSigns(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.size() % 3 != 0) {
    return false;
  }
  std::vector<std::string_view> of_a, of_b;
  for (std::size_t i = 0; i < a.size(); i += 3) {
    of_a.push_back(a.substr(i, 3));
    of_b.push_back(b.substr(i, 3));
  }
  std::sort(of_a.begin(), of_a.end());
  std::sort(of_b.begin(), of_b.end());
  return of_a == of_b;
}

NameLevel CompareCjk(std::string_view a, std::string_view b, bool organisation) {
  if (a == b) {
    return NameLevel::kSame;
  }
  const std::size_t of_a = CodePoints(a), of_b = CodePoints(b);
  const std::size_t length = std::min(of_a, of_b);
  if (organisation) {
    if (length >= 3 && DamerauLevenshtein(a, b) <= 1) {
      return length >= 5 ? NameLevel::kSimilar : NameLevel::kSlip;
    }
    if (length >= 2 && (a.starts_with(b) || b.starts_with(a) || a.ends_with(b) || b.ends_with(a))) {
      return NameLevel::kExtended;
    }
    return NameLevel::kDifferent;
  }
  // A person's name of two to four signs has none to spare: another sign is another person. One that is
  // doubled or left out within the name, or two that changed places, say neither.
  const bool turned = of_a == of_b && SameSigns(a, b);
  const bool slip = length >= 3 && (turned || of_a != of_b) && DamerauLevenshtein(a, b) <= 1 &&
                    !a.starts_with(b) && !b.starts_with(a);
  return slip ? NameLevel::kSlip : NameLevel::kDifferent;
}

NameLevel CompareReadings(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) {
    return NameLevel::kUnknown;
  }
  if (a == b) {
    return NameLevel::kReading;
  }
  return IsTypo(a, b) ? NameLevel::kSlip : NameLevel::kDifferent;
}

NameLevel CompareNames(const Features& left, std::size_t i, const Features& right, std::size_t j) {
  const NameForm& a = left.names[i];
  const NameForm& b = right.names[j];
  if (a.full == b.full || left.bare_names[i] == right.bare_names[j] || a.full == right.bare_names[j] ||
      left.bare_names[i] == b.full) {
    return NameLevel::kSame;
  }
  if (a.cjk != b.cjk || a.kana != b.kana) {
    return NameLevel::kUnknown;
  }  // other scripts: not to be compared letter by letter
  if (!a.cjk) {
    return CompareWords(a, b);
  }
  const bool organisation = left.organisation || right.organisation;
  return std::max(CompareCjk(a.full, b.full, organisation),
                  CompareCjk(left.bare_names[i], right.bare_names[j], organisation));
}

void AddNames(const Features& left, const Features& right, Evidence& evidence) {
  if (left.names.empty() || right.names.empty()) {
    return Add(evidence, "name", "missing", 0);
  }
  NameLevel best = NameLevel::kDifferent;
  std::size_t best_i = 0, best_j = 0;
  for (std::size_t i = 0; i < left.names.size(); ++i) {
    for (std::size_t j = 0; j < right.names.size(); ++j) {
      const NameLevel level = CompareNames(left, i, right, j);
      if (level > best) {
        best = level;
        best_i = i;
        best_j = j;
      }
    }
  }
  // Names in different scripts meet in their readings; equal readings also excuse another way of writing.
  const NameLevel readings = CompareReadings(left.reading, right.reading);
  if (best == NameLevel::kUnknown || readings == NameLevel::kReading) {
    best = best == NameLevel::kUnknown ? readings : std::max(best, readings);
  }
  switch (best) {
    case NameLevel::kSame:
      Add(evidence, "name", "exact", kNameSame);
      break;
    case NameLevel::kReading:
      Add(evidence, "name", "reading", kNameReading);
      break;
    case NameLevel::kInitial:
      Add(evidence, "name", "initial", kNameInitial);
      break;
    case NameLevel::kSimilar:
      Add(evidence, "name", "similar", kNameSimilar);
      break;
    case NameLevel::kSlip:
      Add(evidence, "name", "slip", kNameSlip);
      break;
    case NameLevel::kUnknown:
      Add(evidence, "name", "other script", 0);
      break;
    case NameLevel::kExtended:
      Add(evidence, "name", "extended", kNameExtended);
      break;
    case NameLevel::kDifferent:
      Add(evidence, "name", "different", kNameDifferent);
      break;
  }
  evidence.contradicted = best == NameLevel::kDifferent;
  const std::string& a = left.names[best_i].legal;
  const std::string& b = right.names[best_j].legal;
  if (!a.empty() && !b.empty() && a != b) {
    Add(evidence, "legal_form", "different", kLegalDifferent);
  }
}

// Whether what stands around the numbers can be the same street: one is the end or the beginning of the
// other, or they begin alike.
bool AlikeStreets(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) {
    return a.empty() && b.empty();
  }
  if (a.ends_with(b) || b.ends_with(a) || a.starts_with(b) || b.starts_with(a)) {
    return true;
  }
  const auto mismatch = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto common = static_cast<std::size_t>(mismatch.first - a.begin());
  return common >= 5 || DamerauLevenshtein(a, b) <= 2;
}

Evidence CompareAddress(const AddressForm& a, const AddressForm& b) {
  Evidence evidence;
  const bool postcodes = !a.postcode.empty() && !b.postcode.empty();
  const bool cities = !a.city.empty() && !b.city.empty();
  if (postcodes) {
    const bool same = a.postcode == b.postcode;
    Add(evidence, "postal_code", same ? "exact" : "different", same ? kPostcodeSame : kPostcodeDifferent);
  }
  if (cities) {
    const bool same = a.city == b.city;
    Add(evidence, "city", same ? "normalised" : "different", same ? kCitySame : kCityDifferent);
  }
  if (a.numbers.empty() || b.numbers.empty()) {
    return evidence;
  }
  if (a.numbers != b.numbers) {
    Add(evidence, "street", "different", kStreetDifferent);
  } else if (AlikeStreets(a.letters, b.letters)) {
    Add(evidence, "street", "normalised", kStreetSame);
  } else {
    Add(evidence, "street", "numbers", kStreetNumbers);
  }
  return evidence;
}

void AddAddresses(const Features& left, const Features& right, Evidence& evidence) {
  if (left.addresses.empty() || right.addresses.empty()) {
    return Add(evidence, "address", "missing", 0);
  }
  Evidence best;
  bool found = false;
  for (const AddressForm& a : left.addresses) {
    for (const AddressForm& b : right.addresses) {
      Evidence one = CompareAddress(a, b);
      if (!found || one.weight > best.weight) {
        best = std::move(one);
      }
      found = true;
    }
  }
  for (const JudgedPart& part : best.parts) {
    Add(evidence, part.field, part.level, part.weight);
  }
}

}  // namespace

Evidence Compare(const Features& left, const Features& right) {
  Evidence evidence;
  evidence.parts.reserve(8);
  CompareTaxIds(left.tax_ids, right.tax_ids, evidence);
  if (Meet(left.anchors, right.anchors)) {
    Add(evidence, "identifier", "exact", kAnchorSame);
  }
  bool anchored = evidence.weight > 0;
  AddNames(left, right, evidence);
  CompareSets("email", left.emails, right.emails, kEmailSame, kEmailDifferent, evidence);
  CompareSets("phone", left.phones, right.phones, kPhoneSame, kPhoneDifferent, evidence);
  anchored = anchored || Meet(left.emails, right.emails);
  evidence.contradicted = evidence.contradicted && !anchored;
  AddAddresses(left, right, evidence);
  if (!left.born_on.empty() && !right.born_on.empty()) {
    const bool same = left.born_on == right.born_on;
    Add(evidence, "born_on", same ? "exact" : "different", same ? kBornSame : kBornDifferent);
  }
  return evidence;
}

}  // namespace crossbill::transforms
