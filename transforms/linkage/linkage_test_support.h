// A small model and parties for it; payments for the packaged one.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/payment.pb.h"
#include "transforms/linkage/records.h"

namespace crossbill::linkage {

inline const google::protobuf::Descriptor* PartyOrPayment(std::string_view kind) {
  return kind == "party" ? v1::Party::descriptor() : kind == "payment" ? v1::Payment::descriptor() : nullptr;
}

inline Model ReadModelText(std::string_view yaml, config::Problems& problems) {
  const auto variables = config::ProcessEnvironment();
  const auto file = config::ReadYaml("model.yaml", yaml, *variables, ".", problems);
  return file == nullptr ? Model() : Model::Read(*file, PartyOrPayment, problems);
}

inline constexpr std::string_view kSmallModel = R"(
version: 1
record: party
fields:
  given: {from: [given_name], clean: person_name}
  family: {from: [family_name], clean: person_name}
  born: {from: [born_on], clean: date}
  city: {from: [addresses.city], clean: city}
comparisons:
  - {field: given, levels: [exact, jaro_winkler >= 0.9]}
  - {field: family, levels: [exact, jaro_winkler >= 0.9], frequencies: true}
  - {field: born, levels: [exact, mistyped]}
  - {field: city, levels: [exact]}
blocks:
  - {keys: [family, given/1, born]}
  - {keys: ["born, city"]}
)";

inline Model SmallModel() {
  config::Problems problems;
  Model model = ReadModelText(kSmallModel, problems);
  EXPECT_FALSE(problems.HasErrors()) << problems.ToString();
  return model;
}

struct Person {
  std::string given, family, born, city;
};

inline void Add(const Model& model, const Person& person, std::string_view key, Records& records,
                std::string_view system = "crm") {
  v1::Party party;
  party.set_given_name(person.given);
  party.set_family_name(person.family);
  party.set_born_on(person.born);
  if (!person.city.empty()) {
    party.add_addresses()->set_city(person.city);
  }
  records.Add(model, party, key, system);
}

}  // namespace crossbill::linkage
