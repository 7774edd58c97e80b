#include "transforms/identity/features.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "transforms/linkage/cleaner.h"
#include "transforms/linkage/filler.h"
#include "transforms/linkage/registration_number.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kPhoneDigits = 8, kFewestPhoneDigits = 6;
constexpr std::string_view kStreetWords[] = {"丁目", "番地", "番", "号", "室", "楼", "单元"};

void AddOnce(std::vector<std::string>& values, std::string value) {
  if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) {
    values.push_back(std::move(value));
  }
}

void AddTaxId(std::string_view text, std::string_view country, std::vector<TaxId>& ids) {
  linkage::RegistrationNumber number = linkage::ParseTaxId(text, country);
  const bool known =
      std::any_of(ids.begin(), ids.end(), [&](const TaxId& id) { return id.text == number.text; });
  if (!number.empty() && !known) {
    ids.push_back({std::move(number.text), number.check != linkage::CheckDigits::kFail});
  }
}

// Systems disagree about prefixes and leading zeros; the end of the number is what they have in common.
std::string PhoneForm(std::string_view text, std::string_view country) {
  std::string digits;
  const auto e164 = PhoneToE164(text, country);
  for (const char c : e164 ? *e164 : Nfkc(text)) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      digits.push_back(c);
    }
  }
  if (digits.size() > kPhoneDigits) {
    digits.erase(0, digits.size() - kPhoneDigits);
  }
  return digits.size() < kFewestPhoneDigits || linkage::IsFiller(digits) ? std::string() : digits;
}

std::string PostcodeForm(std::string_view text) {
  std::string form = FoldForMatching(text);
  std::erase(form, ' ');
  return form;
}

AddressForm MakeAddressForm(const v1::Address& address) {
  AddressForm form;
  form.postcode = PostcodeForm(address.postal_code());
  form.city = CityForm(address.city());
  form.street = address.street().empty() ? address.text() : address.street();
  std::string folded = Fold(form.street);
  for (const std::string_view word : kStreetWords) {
    for (std::size_t at = folded.find(word); at != std::string::npos; at = folded.find(word)) {
      folded.replace(at, word.size(), " ");
    }
  }
  std::string number;
  for (const char c : folded + " ") {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      number.push_back(c);
      continue;
    }
    if (!number.empty()) {
      form.numbers.push_back(std::exchange(number, {}));
    }
    if (c != ' ') {
      form.letters.push_back(c);
    }
  }
  return form;
}

void AddIdentifiers(const v1::Party& party, std::string_view country, Features& features) {
  for (const v1::Identifier& identifier : party.identifiers()) {
    if (identifier.value().empty()) {
      continue;
    }
    switch (identifier.type()) {
      case v1::Identifier::TAX_ID:
        AddTaxId(identifier.value(), country, features.tax_ids);
        break;
      case v1::Identifier::EXTERNAL:
        AddOnce(features.anchors, "EXTERNAL:" + identifier.system() + "|" + identifier.value());
        break;
      case v1::Identifier::UNSPECIFIED:
        break;
      default:
        AddOnce(features.anchors,
                v1::Identifier::Type_Name(identifier.type()) + ":" + PostcodeForm(identifier.value()));
    }
  }
  // Another system's record may carry this one's number.
  if (!party.id().empty()) {
    AddOnce(features.anchors, "EXTERNAL:" + party.source().system() + "|" + party.id());
  }
}

void AddBlocks(Features& features) {
  std::vector<std::string>& blocks = features.blocks;
  for (const TaxId& id : features.tax_ids) {
    blocks.push_back("t" + id.text);
  }
  for (const std::string& anchor : features.anchors) {
    blocks.push_back("x" + anchor);
  }
  for (const std::string& email : features.emails) {
    blocks.push_back("e" + email);
  }
  for (const std::string& phone : features.phones) {
    blocks.push_back("p" + phone);
  }
  for (const NameForm& name : features.names) {
    blocks.push_back("n" + name.full);
  }
  for (const std::string& name : features.bare_names) {
    blocks.push_back("n" + name);
  }
  if (!features.reading.empty()) {
    blocks.push_back("k" + features.reading);
  }
  for (const AddressForm& address : features.addresses) {
    if (address.postcode.empty() || address.numbers.empty()) {
      continue;
    }
    std::string block = "a" + address.postcode;
    for (const std::string& number : address.numbers) {
      block += "/" + number;
    }
    blocks.push_back(std::move(block));
  }
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
}

void AddName(std::string_view text, Features& features) {
  NameForm name = MakeNameForm(text);
  if (name.empty()) {
    return;
  }
  if (!name.legal.empty()) {
    features.organisation = true;
  }
  if (name.kana && features.reading.empty()) {
    features.reading = ReadingOf(name.full);
  }
  std::string bare = name.full;
  for (const AddressForm& address : features.addresses) {
    bare = WithoutCity(name, address.city);
    if (bare != name.full) {
      break;
    }
  }
  features.bare_names.push_back(std::move(bare));
  features.names.push_back(std::move(name));
}

}  // namespace

Features MakeFeatures(const v1::Party& party, std::string_view default_country) {
  Features features;
  features.organisation = party.kind() == v1::Party::ORGANISATION;
  std::string country(default_country);
  for (const v1::Address& address : party.addresses()) {
    AddressForm form = MakeAddressForm(address);
    if (!form.postcode.empty() || !form.city.empty() || !form.numbers.empty()) {
      features.addresses.push_back(std::move(form));
    }
    if (!address.country().empty() && country == default_country) {
      country = address.country();
    }
  }
  features.reading = ReadingOf(party.name_kana());
  AddName(party.name(), features);
  for (const std::string& name : party.other_names()) {
    AddName(name, features);
  }
  AddIdentifiers(party, country, features);
  for (const std::string& email : party.emails()) {
    AddOnce(features.emails, linkage::EmailForm(email));
  }
  for (const std::string& phone : party.phones()) {
    AddOnce(features.phones, PhoneForm(phone, country));
  }
  features.born_on = party.born_on();
  AddBlocks(features);
  return features;
}

}  // namespace crossbill::transforms
