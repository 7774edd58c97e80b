#include "transforms/identity/golden.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "transforms/linkage/names.h"

namespace crossbill::transforms {
namespace {

struct Candidate {
  const v1::Party* party = nullptr;
  std::string value;
  std::size_t rank = 0;  // the system's place in the authority order
};

class Golden {
 public:
  Golden(const std::vector<const v1::Party*>& parties, const std::vector<std::string>& authority,
         v1::Customer& customer)
      : parties_(parties), authority_(authority), customer_(customer) {}

  using Getter = std::function<std::string(const v1::Party&)>;

  // The winning party, or nothing where no record has the field.
  const v1::Party* Choose(const std::string& field, const Getter& get) {
    std::vector<Candidate> candidates;
    for (const v1::Party* party : parties_) {
      std::string value = get(*party);
      if (!value.empty()) {
        candidates.push_back({party, std::move(value), RankOf(party->source().system())});
      }
    }
    if (candidates.empty()) {
      return nullptr;
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      if (a.rank != b.rank) {
        return a.rank < b.rank;
      }
      return CodePoints(a.value) > CodePoints(b.value);
    });
    AddProvenance(field, candidates);
    return candidates.front().party;
  }

  // One value of a list, which `others` say too.
  void AddListed(const std::string& field, const std::vector<Candidate>& said) { AddProvenance(field, said); }

  std::size_t RankOf(std::string_view system) const {
    return static_cast<std::size_t>(std::find(authority_.begin(), authority_.end(), system) -
                                    authority_.begin());
  }
  const std::vector<const v1::Party*>& parties() const { return parties_; }

 private:
  void AddProvenance(const std::string& field, const std::vector<Candidate>& candidates) {
    v1::FieldProvenance* provenance = customer_.add_provenance();
    provenance->set_field(field);
    provenance->set_value(candidates.front().value);
    *provenance->mutable_winner() = candidates.front().party->source();
    provenance->set_rule(std::string(RuleOf(candidates)));
    for (std::size_t i = 1; i < candidates.size(); ++i) {
      v1::SourceValue* other = provenance->add_others();
      *other->mutable_source() = candidates[i].party->source();
      other->set_value(candidates[i].value);
    }
  }

  static std::string_view RuleOf(const std::vector<Candidate>& candidates) {
    const Candidate& winner = candidates.front();
    if (candidates.size() == 1) {
      return "only one";
    }
    const bool agreed = std::all_of(candidates.begin(), candidates.end(),
                                    [&](const Candidate& c) { return c.value == winner.value; });
    if (agreed) {
      return "all agree";
    }
    if (candidates[1].rank > winner.rank) {
      return "authority";
    }
    return CodePoints(candidates[1].value) < CodePoints(winner.value) ? "longest" : "first record";
  }

  const std::vector<const v1::Party*>& parties_;
  const std::vector<std::string>& authority_;
  v1::Customer& customer_;
};

// Values that are the same once they are cleaned are one; the first in authority order is shown.
template <class Value>
struct Listed {
  const Value* value = nullptr;
  std::string form;
  std::vector<Candidate> said;
};

template <class Value>
std::vector<Listed<Value>> Union(
    const Golden& golden,
    const std::function<const google::protobuf::RepeatedPtrField<Value>&(const v1::Party&)>& list,
    const std::function<std::string(const Value&, const v1::Party&)>& form,
    const std::function<std::string(const Value&)>& text) {
  std::vector<const v1::Party*> parties = golden.parties();
  std::stable_sort(parties.begin(), parties.end(), [&](const v1::Party* a, const v1::Party* b) {
    return golden.RankOf(a->source().system()) < golden.RankOf(b->source().system());
  });
  std::vector<Listed<Value>> values;
  for (const v1::Party* party : parties) {
    for (const Value& value : list(*party)) {
      const std::string cleaned = form(value, *party);
      if (cleaned.empty()) {
        continue;
      }
      auto found =
          std::find_if(values.begin(), values.end(), [&](const auto& one) { return one.form == cleaned; });
      if (found == values.end()) {
        found = values.insert(values.end(), {&value, cleaned, {}});
      }
      found->said.push_back({party, text(value), golden.RankOf(party->source().system())});
    }
  }
  return values;
}

std::string AddressText(const v1::Address& a) {
  std::string text;
  for (const std::string* part :
       {&a.street(), &a.city(), &a.region(), &a.postal_code(), &a.country(), &a.text()}) {
    if (part->empty()) {
      continue;
    }
    if (!text.empty()) {
      text += ", ";
    }
    text += *part;
  }
  return text;
}

bool HasMoreThanOnePhone(const std::vector<const v1::Party*>& parties) {
  int phones = 0;
  for (const v1::Party* party : parties) {
    phones += party->phones_size();
  }
  return phones > 1;
}

std::string PhoneForm(const std::string& phone, const v1::Party& party) {
  const std::string country = party.addresses_size() > 0 ? party.addresses(0).country() : std::string();
  auto e164 = PhoneToE164(phone, country);
  return e164 ? *std::move(e164) : Nfkc(phone);
}

void AddPhonesAndEmails(Golden& golden, v1::Party& party) {
  const auto text = [](const std::string& value) { return value; };
  // One that is alone is like no other, whatever its form, which is dear to make.
  const bool compares = HasMoreThanOnePhone(golden.parties());
  const auto phone_form = [&](const std::string& phone, const v1::Party& of) {
    return compares ? PhoneForm(phone, of) : phone;
  };
  for (const auto& one : Union<std::string>(
           golden, [](const v1::Party& p) -> const auto& { return p.phones(); }, phone_form, text)) {
    golden.AddListed("party.phones[" + std::to_string(party.phones_size()) + "]", one.said);
    party.add_phones(*one.value);
  }
  const auto email = [](const std::string& value, const v1::Party&) {
    auto normal = NormaliseEmail(Nfkc(value));
    return normal ? *std::move(normal) : value;
  };
  for (const auto& one : Union<std::string>(
           golden, [](const v1::Party& p) -> const auto& { return p.emails(); }, email, text)) {
    golden.AddListed("party.emails[" + std::to_string(party.emails_size()) + "]", one.said);
    party.add_emails(*one.value);
  }
}

void AddAddressesAndIdentifiers(Golden& golden, v1::Party& party) {
  const auto address_form = [](const v1::Address& a, const v1::Party&) { return Fold(AddressText(a)); };
  for (const auto& one : Union<v1::Address>(
           golden, [](const v1::Party& p) -> const auto& { return p.addresses(); }, address_form,
           AddressText)) {
    golden.AddListed("party.addresses[" + std::to_string(party.addresses_size()) + "]", one.said);
    *party.add_addresses() = *one.value;
  }
  const auto identifier_form = [](const v1::Identifier& i, const v1::Party&) {
    return i.value().empty()
               ? std::string()
               : v1::Identifier::Type_Name(i.type()) + "|" + i.system() + "|" + FoldForMatching(i.value());
  };
  const auto identifier_text = [](const v1::Identifier& i) { return i.value(); };
  for (const auto& one : Union<v1::Identifier>(
           golden, [](const v1::Party& p) -> const auto& { return p.identifiers(); }, identifier_form,
           identifier_text)) {
    golden.AddListed("party.identifiers[" + std::to_string(party.identifiers_size()) + "]", one.said);
    *party.add_identifiers() = *one.value;
  }
}

// Other ways in which the name is written, the golden one left out.
void AddOtherNames(const Golden& golden, v1::Party& party) {
  std::vector<std::string> seen = {Fold(party.name())};
  const auto add = [&](const std::string& name) {
    const std::string form = Fold(name);
    if (form.empty() || std::find(seen.begin(), seen.end(), form) != seen.end()) {
      return;
    }
    seen.push_back(form);
    party.add_other_names(name);
  };
  for (const v1::Party* one : golden.parties()) {
    add(one->name());
    for (const std::string& name : one->other_names()) {
      add(name);
    }
  }
}

}  // namespace

void MakeGolden(const std::vector<const v1::Party*>& parties, const std::vector<std::string>& authority,
                v1::Customer& customer) {
  Golden golden(parties, authority, customer);
  v1::Party& party = *customer.mutable_party();
  const auto choose = [&](const char* field, std::string (*get)(const v1::Party&),
                          void (*set)(v1::Party&, const v1::Party&)) {
    if (const v1::Party* winner = golden.Choose(std::string("party.") + field, get)) {
      set(party, *winner);
    }
  };
#define CROSSBILL_GOLDEN(field)                             \
  choose(                                                   \
      #field, [](const v1::Party& p) { return p.field(); }, \
      [](v1::Party& to, const v1::Party& from) { to.set_##field(from.field()); })
  CROSSBILL_GOLDEN(name);
  CROSSBILL_GOLDEN(name_kana);
  CROSSBILL_GOLDEN(born_on);
  CROSSBILL_GOLDEN(segment);
  CROSSBILL_GOLDEN(owner);
  CROSSBILL_GOLDEN(org_unit);
  CROSSBILL_GOLDEN(created_on);
#undef CROSSBILL_GOLDEN
  choose(
      "kind",
      [](const v1::Party& p) {
        return p.kind() == v1::Party::UNSPECIFIED ? std::string() : v1::Party::Kind_Name(p.kind());
      },
      [](v1::Party& to, const v1::Party& from) { to.set_kind(from.kind()); });
  AddPhonesAndEmails(golden, party);
  AddAddressesAndIdentifiers(golden, party);
  AddOtherNames(golden, party);
  customer.set_display_name(party.name());
  for (const v1::Party* one : parties) {
    *customer.add_records() = one->source();
  }
}

}  // namespace crossbill::transforms
