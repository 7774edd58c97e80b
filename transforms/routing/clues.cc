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

namespace crossbill::transforms {
namespace {

constexpr int kMonthsBefore = 6;  // between an invoice and its payment

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

void AddAmount(std::string_view text, std::string_view currency, int month, std::string& places) {
  const auto amount = Decimal::Parse(text);
  if (text.empty() || currency.empty() || !amount.ok() || *amount <= Decimal()) {
    return;
  }
  AddPlace(fmt::format("C|A|{}|{}|{}-{:02}", currency, amount->Normalised().ToString(), month / 12,
                       month % 12 + 1),
           places);
}

void WithoutLastBreak(std::string& places) {
  if (!places.empty()) {
    places.pop_back();
  }
}

}  // namespace

std::string CluesOf(const DocumentFacts& facts) {
  std::string clues;
  AddNumber(NormaliseNumber(facts.number), clues);
  if (const std::optional<int> month = MonthOf(facts.date)) {
    AddAmount(facts.gross, facts.currency, *month, clues);
  }
  WithoutLastBreak(clues);
  return clues;
}

std::string PlacesToLook(int kind, std::string_view bytes) {
  std::string places;
  DocumentFacts facts;
  if (kind == v1::Document::INTERACTION || !ReadDocumentFacts(bytes, FactsOf::kDocumentAndLines, facts)) {
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
    AddAmount(facts.total, facts.currency, *month - back, places);
  }
  WithoutLastBreak(places);
  return places;
}

}  // namespace crossbill::transforms
