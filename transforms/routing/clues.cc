#include "transforms/routing/clues.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/date.h"
#include "base/decimal.h"
#include "crossbill/v1/common.pb.h"
#include "crossbill/v1/document.pb.h"
#include "transforms/sdk/references.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kLeastNumber = 5;  // shorter ones are years, pages and quantities
constexpr int kMonthsBefore = 6;         // between an invoice and its payment

struct Facts {
  std::string_view number, date, currency, amount, text, bank_reference;
  std::vector<std::string_view> references;  // Reference messages, the document's own before its lines'
};

std::string_view FieldOf(std::string_view message, int field) {
  WireReader reader(message);
  std::string_view found;
  while (reader.Next()) {
    if (reader.IsBytes(static_cast<std::uint32_t>(field))) {
      found = reader.bytes();
    }
  }
  return found;
}

// `amount`: the field of the amount that counts.
bool ReadFacts(std::string_view bytes, int amount, bool with_references, Facts& facts) {
  using D = v1::Document;
  std::vector<std::string_view> of_lines;
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(D::kNumberFieldNumber)) {
      facts.number = reader.bytes();
    } else if (reader.IsBytes(D::kDateFieldNumber)) {
      facts.date = reader.bytes();
    } else if (reader.IsBytes(D::kCurrencyFieldNumber)) {
      facts.currency = reader.bytes();
    } else if (reader.IsBytes(D::kTextFieldNumber)) {
      facts.text = reader.bytes();
    } else if (reader.IsBytes(static_cast<std::uint32_t>(amount))) {
      facts.amount = FieldOf(reader.bytes(), v1::Money::kAmountFieldNumber);
    } else if (with_references && reader.IsBytes(D::kReferencesFieldNumber)) {
      facts.references.push_back(reader.bytes());
    } else if (with_references && reader.IsBytes(D::kLinesFieldNumber)) {
      WireReader line(reader.bytes());
      while (line.Next()) {
        if (line.IsBytes(v1::Line::kReferencesFieldNumber)) {
          of_lines.push_back(line.bytes());
        }
      }
    }
  }
  facts.references.insert(facts.references.end(), of_lines.begin(), of_lines.end());
  return reader.ok();
}

void AddPlace(std::string_view place, std::string& places) {
  const std::string line = std::string(place) + '\n';
  if (places.starts_with(line) || places.find('\n' + line) != std::string::npos) {
    return;
  }
  places += line;
}

void AddNumber(std::string_view number, std::string& places) {
  if (number.size() >= kLeastNumber) {
    AddPlace("C|N|" + std::string(number), places);
  }
}

// The month as a number that can be counted down.
std::optional<int> MonthOf(std::string_view date) {
  const auto parsed = Date::Parse(date);
  if (date.empty() || !parsed.ok()) {
    return std::nullopt;
  }
  const std::string text = parsed->ToString();  // 2026-01-31
  return parsed->year() * 12 + (text[text.size() - 5] - '0') * 10 + (text[text.size() - 4] - '0') - 1;
}

void AddAmount(const Facts& facts, int month, std::string& places) {
  const auto amount = Decimal::Parse(facts.amount);
  if (facts.amount.empty() || facts.currency.empty() || !amount.ok() || *amount <= Decimal()) {
    return;
  }
  AddPlace(fmt::format("C|A|{}|{}|{}-{:02}", facts.currency, amount->Normalised().ToString(), month / 12,
                       month % 12 + 1),
           places);
}

void WithoutLastBreak(std::string& places) {
  if (!places.empty()) {
    places.pop_back();
  }
}

}  // namespace

std::string CluesOf(int kind, std::string_view bytes) {
  std::string clues;
  Facts facts;
  if ((kind != v1::Document::ORDER && kind != v1::Document::INVOICE) ||
      !ReadFacts(bytes, v1::Document::kGrossFieldNumber, false, facts)) {
    return clues;
  }
  AddNumber(NormaliseNumber(facts.number), clues);
  if (const std::optional<int> month = MonthOf(facts.date)) {
    AddAmount(facts, *month, clues);
  }
  WithoutLastBreak(clues);
  return clues;
}

std::string PlacesToLook(int kind, std::string_view bytes) {
  std::string places;
  Facts facts;
  if (kind == v1::Document::INTERACTION || !ReadFacts(bytes, v1::Document::kTotalFieldNumber, true, facts)) {
    return places;
  }
  std::vector<Mention> mentions;
  for (const std::string_view reference : facts.references) {
    AddMentions(v1::Reference::OTHER, FieldOf(reference, v1::Reference::kNumberFieldNumber), {}, mentions);
  }
  if (kind == v1::Document::PAYMENT && !facts.text.empty()) {
    AddMentionsInText(facts.text, mentions);
  }
  for (const Mention& mention : mentions) {
    AddNumber(mention.number, places);
  }
  const std::optional<int> month = MonthOf(facts.date);
  for (int back = 0; kind == v1::Document::PAYMENT && month && back <= kMonthsBefore; ++back) {
    AddAmount(facts, *month - back, places);
  }
  WithoutLastBreak(places);
  return places;
}

}  // namespace crossbill::transforms
