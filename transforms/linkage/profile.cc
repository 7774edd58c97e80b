#include "transforms/linkage/profile.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <numeric>
#include <span>

#include "base/code_points.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/id.h"
#include "crossbill/v1/party.pb.h"
#include "transforms/linkage/names.h"

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

// A person's given and family name, where the system only has the whole name.
class MissingNames {
 public:
  explicit MissingNames(const Message& message)
      : party_(google::protobuf::DynamicCastToGenerated<v1::Party>(&message)) {
    if (party_ != nullptr && party_->kind() != v1::Party::ORGANISATION && party_->given_name().empty() &&
        party_->family_name().empty() && !party_->name().empty()) {
      parts_ = transforms::PartsOfPersonName(party_->name());
    }
  }

  // What stands in the field, or the part of the name that belongs there.
  const std::string& Of(std::span<const FieldDescriptor* const> path, const std::string& text) const {
    if (party_ == nullptr || path.size() != 1 || !text.empty()) {
      return text;
    }
    const int field = path.front()->number();
    return field == v1::Party::kGivenNameFieldNumber    ? parts_.given
           : field == v1::Party::kFamilyNameFieldNumber ? parts_.family
                                                        : text;
  }

 private:
  const v1::Party* party_;
  transforms::PersonNameParts parts_;
};

// Only digits, and what may stand among them in a date or a decimal.
bool MayBeNumber(std::string_view text) {
  return text.find_first_not_of("0123456789-+.") == std::string_view::npos;
}

void SetNumber(Term& term) {
  constexpr int kHundredths = 2;
  if (!MayBeNumber(term.text)) {
    return;
  }
  if (term.text.find('-', 1) != std::string_view::npos) {
    const auto date = Date::Parse(term.text);
    term.has_number = date.ok();
    term.number = date.ok() ? date->days() : 0;
  } else if (const auto decimal = Decimal::Parse(term.text); decimal.ok()) {
    const auto scaled = decimal->Rounded(kHundredths, Rounding::kHalfEven).Times(Decimal(100));
    constexpr __int128 kMost = 1'000'000'000'000'000;
    const __int128 value = scaled.ok() ? scaled->Rounded(0, Rounding::kHalfEven).coefficient() : kMost;
    term.has_number = value < kMost && value > -kMost;
    term.number = term.has_number ? static_cast<std::int64_t>(value) : 0;
  }
}

// A length of four bytes and the bytes.
void AppendText(std::string& bytes, std::string_view text) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(text.size() >> shift));
  }
  bytes += text;
}

bool TakeText(std::string_view& bytes, std::string_view& text) {
  constexpr std::size_t kLength = 4;
  if (bytes.size() < kLength) {
    return false;
  }
  std::size_t size = 0;
  for (std::size_t i = 0; i < kLength; ++i) {
    size |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  if (bytes.size() - kLength < size) {
    return false;
  }
  text = bytes.substr(kLength, size);
  bytes.remove_prefix(kLength + size);
  return true;
}

// Calls visit(field, text) for each form. False where the bytes are none of Encode's for so many fields.
template <class Visit>
bool VisitEncoded(std::string_view bytes, std::size_t fields, const Visit& visit) {
  for (std::size_t field = 0; field < fields; ++field) {
    if (bytes.empty()) {
      return false;
    }
    const auto values = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    for (unsigned i = 0; i < values; ++i) {
      std::string_view text;
      if (!TakeText(bytes, text)) {
        return false;
      }
      visit(field, text);
    }
  }
  return bytes.empty();
}

}  // namespace

std::vector<std::vector<std::string>> CleanForms(const Model& model, const Message& message,
                                                 std::string_view country) {
  std::string own = CountryOf(message);
  if (own.empty()) {
    own = country;
  }
  const MissingNames missing(message);
  std::vector<std::vector<std::string>> forms(model.fields.size());
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    const Field& field = model.fields[i];
    for (const FieldPath& path : field.from) {
      VisitTexts(message, path, [&](const std::string& found) {
        const std::string& text = missing.Of(path, found);
        if (!text.empty() && forms[i].size() < kMostValues) {
          field.cleaner->clean(text, own, forms[i]);
        }
      });
    }
  }
  return forms;
}

Term MakeTerm(std::string_view text) {
  Term term;
  term.text = text;
  term.hash = HashOf(text);
  const CodePointsOf characters(text);
  term.length = static_cast<std::uint32_t>(characters.span().size());
  for (const char32_t character : characters.span()) {
    term.characters |= std::uint64_t{1} << (character & 63);
  }
  SetNumber(term);
  return term;
}

OwnedProfile::OwnedProfile(const std::vector<std::vector<std::string>>& forms) {
  std::size_t bytes = 0;
  for (const auto& field : forms) {
    for (const std::string& form : field) {
      bytes += form.size();
    }
  }
  texts_.reserve(bytes);
  for (const auto& field : forms) {
    for (const std::string& form : field) {
      const std::size_t begin = texts_.size();
      texts_.insert(texts_.end(), form.begin(), form.end());
      terms_.push_back(MakeTerm({texts_.data() + begin, form.size()}));
    }
    ends_.push_back(static_cast<std::uint16_t>(terms_.size()));
  }
  AddPointers();
}

void OwnedProfile::AddPointers() {
  pointers_.reserve(terms_.size());
  hashes_.reserve(terms_.size());
  for (const Term& term : terms_) {
    pointers_.push_back(&term);
    hashes_.push_back(term.hash);
  }
}

std::string OwnedProfile::Encode() const {
  std::string bytes;
  const Profile profile = view();
  for (std::size_t field = 0; field < ends_.size(); ++field) {
    bytes.push_back(static_cast<char>(profile[field].size()));
    for (const Term* term : profile[field]) {
      AppendText(bytes, term->text);
    }
  }
  return bytes;
}

bool OwnedProfile::Decode(std::string_view bytes, std::size_t fields,
                          std::vector<std::vector<std::string>>& forms) {
  forms.assign(fields, {});
  return VisitEncoded(bytes, fields,
                      [&](std::size_t field, std::string_view text) { forms[field].emplace_back(text); });
}

std::optional<OwnedProfile> OwnedProfile::ForIndex(std::string_view bytes, std::size_t fields) {
  OwnedProfile profile;
  profile.terms_.reserve(2 * fields);  // mostly enough
  profile.texts_.assign(bytes.begin(), bytes.end());
  profile.ends_.assign(fields, 0);
  const auto add = [&](std::size_t field, std::string_view text) {
    Term& term = profile.terms_.emplace_back();
    term.text = text;
    term.hash = HashOf(text);
    ++profile.ends_[field];
  };
  if (!VisitEncoded({profile.texts_.data(), profile.texts_.size()}, fields, add)) {
    return std::nullopt;
  }
  std::partial_sum(profile.ends_.begin(), profile.ends_.end(), profile.ends_.begin());
  profile.AddPointers();
  return profile;
}

}  // namespace crossbill::linkage
