#include "transforms/linkage/records.h"

#include <google/protobuf/message.h>

#include <algorithm>

#include "transforms/linkage/profile.h"

namespace crossbill::linkage {

using google::protobuf::Message;

void Records::Add(const Model& model, const Message& message, std::string_view key, std::string_view system) {
  begins_.push_back(values_.size());
  const auto forms = CleanForms(model, message);
  for (std::size_t i = 0; i < forms.size(); ++i) {
    for (const std::string& form : forms[i]) {
      Value* const value = Intern(fields_[i], form);
      ++value->records;
      values_.push_back(&value->term);
      hashes_.push_back(value->term.hash);
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
  value.term = MakeTerm(kept);
  field.by_text.emplace(kept, &value);
  return &value;
}

Profile Records::operator[](RecordNumber record) const {
  const std::size_t fields = fields_.size();
  const std::span<const std::uint16_t> ends(ends_.data() + record * fields, fields);
  return {
      {values_.data() + begins_[record], ends.back()}, {hashes_.data() + begins_[record], ends.back()}, ends};
}

void Records::MakeOutlines() {
  outlines_.clear();
  outlines_.reserve(values_.size());
  for (const Term* term : values_) {
    outlines_.push_back(OutlineOf(*term));
  }
  has_.assign(size(), 0);
  for (RecordNumber record = 0; record < size(); ++record) {
    const Profile profile = (*this)[record];
    for (std::size_t field = 0; field < fields_.size(); ++field) {
      has_[record] |= profile.Has(field) ? std::uint32_t{1} << field : 0;
    }
  }
}

RecordOutline Records::outline(RecordNumber record) const {
  const std::size_t fields = fields_.size();
  const std::span<const std::uint16_t> ends(ends_.data() + record * fields, fields);
  return {{outlines_.data() + begins_[record], ends.back()}, ends, has_[record]};
}

void Records::SetRarities(std::size_t field, const std::function<int(std::string_view text)>& rarity_of) {
  for (Value& value : fields_[field].values) {
    value.term.rarity = rarity_of(value.term.text);
  }
}

}  // namespace crossbill::linkage
