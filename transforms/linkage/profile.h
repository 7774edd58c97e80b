// The cleaned values of one record, with their texts: what a stream keeps of it. Immutable once made; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transforms/linkage/model.h"
#include "transforms/linkage/term.h"

namespace google::protobuf {
class Message;
}

namespace crossbill::linkage {

// For each field of the model the cleaned forms of a record's values. `country`: of a record that has none.
std::vector<std::vector<std::string>> CleanForms(const Model& model, const google::protobuf::Message& message,
                                                 std::string_view country = {});
// A term of `text`, which must outlive it.
Term MakeTerm(std::string_view text);

class OwnedProfile {
 public:
  explicit OwnedProfile(const std::vector<std::vector<std::string>>& forms);
  OwnedProfile(OwnedProfile&&) = default;
  OwnedProfile(const OwnedProfile&) = delete;
  OwnedProfile& operator=(const OwnedProfile&) = delete;

  Profile view() const { return {pointers_, hashes_, ends_}; }
  // The forms as bytes, for Decode.
  std::string Encode() const;
  // Of what Encode gave: good for blocking keys and outlines, and for nothing else. Nothing where the bytes
  // are none of Encode's for so many fields.
  static std::optional<OwnedProfile> ForIndex(std::string_view bytes, std::size_t fields);
  // False where the bytes are none of Encode's for so many fields.
  static bool Decode(std::string_view bytes, std::size_t fields,
                     std::vector<std::vector<std::string>>& forms);
  // Gives each value of a field its rarity: see Term.
  template <class RarityOf>
  void SetRarities(std::size_t field, const RarityOf& rarity_of) {
    for (std::size_t i = field == 0 ? 0 : ends_[field - 1]; i < ends_[field]; ++i) {
      terms_[i].rarity = rarity_of(terms_[i]);
    }
  }

 private:
  OwnedProfile() = default;
  void AddPointers();

  std::vector<char> texts_;  // terms point into it, wherever the profile is moved
  std::vector<Term> terms_;
  std::vector<const Term*> pointers_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint16_t> ends_;
};

}  // namespace crossbill::linkage
