// Records with their values cleaned, as many as fit into memory: each different value once. Filled by one
// thread; then any thread may read.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "transforms/linkage/model.h"
#include "transforms/linkage/outline.h"
#include "transforms/linkage/term.h"

namespace google::protobuf {
class Message;
}

namespace crossbill::linkage {

using RecordNumber = std::uint32_t;

class Records {
 public:
  explicit Records(const Model& model) : fields_(model.fields.size()) {}

  // `key` and `system` name the record. Keys are unique.
  void Add(const Model& model, const google::protobuf::Message& message, std::string_view key,
           std::string_view system);

  std::size_t size() const { return keys_.size(); }
  Profile operator[](RecordNumber record) const;
  const std::string& key(RecordNumber record) const { return keys_[record]; }
  std::uint32_t system(RecordNumber record) const { return systems_[record]; }

  // Every different value of a field, with how many records have it.
  struct Value {
    Term term;
    std::uint32_t records = 0;
  };
  const std::deque<Value>& values(std::size_t field) const { return fields_[field].values; }
  // Outlines of all records; to be made when the rarities are known.
  void MakeOutlines();
  RecordOutline outline(RecordNumber record) const;
  // `rarity_of` gives that of each value of the field: see Term.
  void SetRarities(std::size_t field, const std::function<int(std::string_view text)>& rarity_of);

 private:
  struct FieldValues {
    std::deque<Value> values;  // terms point to their texts
    std::deque<std::string> texts;
    std::unordered_map<std::string_view, Value*> by_text;
  };
  Value* Intern(FieldValues& field, const std::string& text);

  std::vector<FieldValues> fields_;
  std::vector<const Term*> values_;    // of all records
  std::vector<std::uint64_t> hashes_;  // of values_
  std::vector<std::uint16_t> ends_;    // for each record and field, counted from the record's first value
  std::vector<std::uint64_t> begins_;  // for each record its first value
  std::vector<Outline> outlines_;      // of values_
  std::vector<std::uint32_t> has_;     // for each record a bit for each field with values
  std::vector<std::string> keys_;
  std::vector<std::uint32_t> systems_;
  std::unordered_map<std::string, std::uint32_t> system_numbers_;
};

}  // namespace crossbill::linkage
