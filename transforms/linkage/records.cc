#include "transforms/linkage/records.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "base/date.h"
#include "base/decimal.h"
#include "base/id.h"

namespace crossbill::linkage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kMostValues = 32;  // of one field: a record with more of them is no party

template <class Visit>
void VisitTexts(const Message& message, std::span<const FieldDescriptor* const> path, const Visit& visit) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* step = path.front();
  const bool last = path.size() == 1;
  const int count = step->is_repeated() ? reflection.FieldSize(message, step) : 1;
  std::string scratch;
  for (int i = 0; i < count; ++i) {
    if (last) {
      visit(step->is_repeated() ? reflection.GetRepeatedStringReference(message, step, i, &scratch)
                                : reflection.GetStringReference(message, step, &scratch));
    } else if (step->is_repeated()) {
      VisitTexts(reflection.GetRepeatedMessage(message, step, i), path.subspan(1), visit);
    } else if (reflection.HasField(message, step)) {
      VisitTexts(reflection.GetMessage(message, step), path.subspan(1), visit);
    }
  }
}

// The country of a party's first address that has one.
std::string CountryOf(const Message& message) {
  const FieldDescriptor* addresses = message.GetDescriptor()->FindFieldByName("addresses");
  if (addresses == nullptr || addresses->message_type() == nullptr) {
    return {};
  }
  const FieldDescriptor* country = addresses->message_type()->FindFieldByName("country");
  std::string found;
  if (country != nullptr) {
    const FieldDescriptor* const path[] = {addresses, country};
    VisitTexts(message, path, [&](const std::string& text) { found = found.empty() ? text : found; });
  }
  return found;
}

void SetNumber(Term& term) {
  constexpr int kHundredths = 2;
  if (const auto date = Date::Parse(term.text); date.ok()) {
    term.number = date->days();
    term.has_number = true;
  } else if (const auto decimal = Decimal::Parse(term.text); decimal.ok()) {
    const auto scaled = decimal->Rounded(kHundredths, Rounding::kHalfEven).Times(Decimal(100));
    constexpr __int128 kMost = 1'000'000'000'000'000;
    const __int128 value = scaled.ok() ? scaled->Rounded(0, Rounding::kHalfEven).coefficient() : kMost;
    term.has_number = value < kMost && value > -kMost;
    term.number = term.has_number ? static_cast<std::int64_t>(value) : 0;
  }
}

}  // namespace

void Records::Add(const Model& model, const Message& message, std::string_view key, std::string_view system) {
  const std::string country = CountryOf(message);
  begins_.push_back(values_.size());
  std::vector<std::string> forms;
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    const Field& field = model.fields[i];
    forms.clear();
    for (const FieldPath& path : field.from) {
      VisitTexts(message, path, [&](const std::string& text) {
        if (!text.empty() && forms.size() < kMostValues) {
          field.cleaner->clean(text, country, forms);
        }
      });
    }
    for (const std::string& form : forms) {
      Value* const value = Intern(fields_[i], form);
      ++value->records;
      values_.push_back(&value->term);
    }
    ends_.push_back(static_cast<std::uint16_t>(values_.size() - begins_.back()));
  }
  keys_.emplace_back(key);
  systems_.push_back(
      system_numbers_.emplace(std::string(system), static_cast<std::uint32_t>(system_numbers_.size()))
          .first->second);
}

Records::Value* Records::Intern(FieldValues& field, const std::string& text) {
  const auto found = field.by_text.find(text);
  if (found != field.by_text.end()) {
    return found->second;
  }
  const std::string& kept = field.texts.emplace_back(text);
  Value& value = field.values.emplace_back();
  value.term.text = kept;
  value.term.hash = HashOf(kept);
  SetNumber(value.term);
  field.by_text.emplace(kept, &value);
  return &value;
}

Profile Records::operator[](RecordNumber record) const {
  const std::size_t fields = fields_.size();
  const std::span<const std::uint16_t> ends(ends_.data() + record * fields, fields);
  return {{values_.data() + begins_[record], ends.back()}, ends};
}

void Records::SetRarities(std::size_t field, const std::function<int(std::string_view text)>& rarity_of) {
  for (Value& value : fields_[field].values) {
    value.term.rarity = rarity_of(value.term.text);
  }
}

}  // namespace crossbill::linkage
