#include "facade/views/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/views/ranks.h"
#include "facade/views/search_terms.h"
#include "facade/views/views.h"

namespace crossbill::facade {
namespace {

void AddPostings(const Terms& terms, std::string_view customer, std::string_view where, Entries& entries) {
  for (const Term& term : terms) {
    entries.emplace(fmt::format("t{}{}{}{}{}{}", term.kind, term.text, '\0', customer, '\0', where), "");
  }
}

void AddRecords(const google::protobuf::RepeatedPtrField<v1::SourceRef>& records, std::string_view name,
                Entries& entries) {
  for (const v1::SourceRef& record : records) {
    std::string key = WithNul('s', RecordText(record));
    key += name;
    entries.emplace(std::move(key), "");
  }
}

struct CustomerTerms {
  Terms names, phones, emails;
};

// What lost against the golden value is still what people have on their paper.
void AddProvenance(const v1::Customer& customer, CustomerTerms& found) {
  for (const v1::FieldProvenance& field : customer.provenance()) {
    const auto add = [&](const std::string& value) {
      if (field.field().find("name") != std::string::npos) {
        AddNameTerms(value, found.names);
      } else if (field.field().find("phone") != std::string::npos) {
        AddPhoneTerms(value, found.phones);
      } else if (field.field().find("email") != std::string::npos) {
        AddEmailTerms(value, found.emails);
      }
    };
    add(field.value());
    for (const v1::SourceValue& other : field.others()) {
      add(other.value());
    }
  }
}

std::string InvertedDate(const std::string& date) {
  std::string inverted(10, '\xff');  // no date: last
  if (date.size() == inverted.size()) {
    std::transform(date.begin(), date.end(), inverted.begin(),
                   [](char c) { return static_cast<char>(0xff - c); });
  }
  return inverted;
}

// Digits whose order is that of the amounts, the largest first: how many there are before the point, then
// they themselves, each taken from nine. What is not known is last.
std::string InvertedAmount(const std::string& amount) {
  const auto number = Decimal::Parse(amount);
  const std::string text = number.ok() ? number->Abs().Normalised().ToString() : std::string();
  const std::size_t first = std::min(text.find_first_not_of('0'), text.size());
  const std::string whole = text.substr(first, std::min(text.find('.'), text.size()) - first);
  std::string inverted = fmt::format("{:02}", 99 - whole.size());
  for (std::size_t i = first; i < text.size(); ++i) {
    inverted += text[i] == '.' ? '.' : static_cast<char>('0' + '9' - text[i]);
  }
  return inverted + (text.empty() ? "~" : ":");
}

std::string OrderOf(const v1::Exception& exception) {
  return (exception.state() == v1::Exception::RESOLVED ? "r" : "a") +
         InvertedAmount(exception.at_stake().amount()) + '\0';
}

bool IsForTwoWays(const v1::DocumentLink& link) {
  return link.state() == v1::DocumentLink::PROPOSED && link.kind() == v1::Document::INVOICE;
}

void AddQuestion(DocumentQuestion question, const v1::UnifiedDocument& document, const v1::Money& at_stake,
                 Entries& entries) {
  const std::string kind(1, static_cast<char>(question));
  const std::string order = InvertedAmount(at_stake.amount()) + '\0' + document.name();
  entries.emplace("Q" + kind + order, "");
  if (!document.customer().empty()) {
    entries.emplace(WithNul('q', kind + document.customer()) + order, "");
  }
}

// What is left to people about the document. Of two that may be one, the question stands at the one whose
// name comes first.
void AddQuestions(const v1::UnifiedDocument& document, Entries& entries) {
  const auto& links = document.links();
  if (std::any_of(links.begin(), links.end(), IsForTwoWays)) {
    AddQuestion(DocumentQuestion::kSettles, document, document.open(), entries);
  }
  const auto& near = document.near_matches();
  if (std::any_of(near.begin(), near.end(),
                  [&](const v1::NearMatch& match) { return document.name() < match.document(); })) {
    const v1::Document& values = document.document();
    AddQuestion(DocumentQuestion::kSame, document, values.has_total() ? values.total() : values.gross(),
                entries);
  }
}

}  // namespace

Entries EntriesOf(const v1::Customer& customer) {
  Entries entries;
  for (const std::string& previous : customer.previous_names()) {
    if (previous != customer.name()) {
      entries.emplace(WithNul('p', previous) + customer.name(), "");
    }
  }
  if (!customer.merged_into().empty()) {
    entries.emplace(Key('m', customer.name()), customer.merged_into());
    return entries;
  }
  AddRecords(customer.records(), customer.name(), entries);
  const v1::Party& party = customer.party();
  CustomerTerms found;
  AddNameTerms(customer.display_name(), found.names);
  AddNameTerms(party.name(), found.names);
  AddNameTerms(party.name_kana(), found.names);
  for (const std::string& name : party.other_names()) {
    AddNameTerms(name, found.names);
  }
  for (const std::string& phone : party.phones()) {
    AddPhoneTerms(phone, found.phones);
  }
  for (const std::string& email : party.emails()) {
    AddEmailTerms(email, found.emails);
  }
  AddProvenance(customer, found);
  AddPostings(found.names, customer.name(), "name", entries);
  AddPostings(found.phones, customer.name(), "phone", entries);
  AddPostings(found.emails, customer.name(), "email", entries);
  for (const v1::Identifier& identifier : party.identifiers()) {
    Terms terms;
    AddKeyTerms(identifier.value(), terms);
    AddPostings(terms, customer.name(),
                identifier.type() == v1::Identifier::TAX_ID ? std::string("tax id")
                                                            : "identifier " + identifier.value(),
                entries);
  }
  for (const v1::SourceRef& record : customer.records()) {
    Terms terms;
    AddKeyTerms(record.key(), terms);
    AddPostings(terms, customer.name(), "record " + RecordText(record), entries);
  }
  return entries;
}

Entries EntriesOf(const v1::UnifiedDocument& document) {
  Entries entries;
  AddRecords(document.records(), document.name(), entries);
  AddQuestions(document, entries);
  const char kind = static_cast<char>(document.kind());
  if (!document.chain().empty()) {
    entries.emplace(WithNul('h', document.chain()) + document.name(), std::string(1, kind));
  }
  if (document.customer().empty()) {
    return entries;
  }
  entries.emplace(fmt::format("i{}{}{}{}{}", document.customer(), '\0',
                              InvertedDate(document.document().date()), '\0', document.name()),
                  std::string(1, kind) + document.chain());
  const auto add = [&](const std::string& number) {
    if (number.empty()) {
      return;
    }
    Terms terms;
    AddKeyTerms(number, terms);
    AddPostings(terms, document.customer(), fmt::format("number {} of {}", number, document.name()), entries);
  };
  add(document.document().number());
  add(document.document().tracking_number());
  for (const v1::Reference& reference : document.document().references()) {
    add(reference.number());
  }
  for (const v1::SourceRef& record : document.records()) {
    Terms terms;
    AddKeyTerms(record.key(), terms);
    AddPostings(terms, document.customer(),
                fmt::format("record {} of {}", RecordText(record), document.name()), entries);
  }
  return entries;
}

Entries EntriesOf(const v1::Exception& exception) {
  Entries entries;
  const std::string value = {static_cast<char>(exception.state()), static_cast<char>(exception.type())};
  if (!exception.customer().empty()) {
    entries.emplace(WithNul('x', exception.customer()) + OrderOf(exception) + exception.name(), value);
  }
  for (const std::string& document : exception.documents()) {
    entries.emplace(WithNul('y', document) + exception.name(), value);
  }
  entries.emplace("w" + OrderOf(exception) + exception.name(), value);
  return entries;
}

Entries EntriesOf(const v1::CustomerValue& value) {
  Entries entries;
  for (const RankEntry& entry : RanksOf(value)) {
    entries.emplace(RankKey(entry), "");
  }
  return entries;
}

Entries EntriesOf(const v1::MarketFigures& /*market*/) { return {}; }

Entries EntriesOf(const v1::AffinityFigures& figures) {
  Entries entries;
  if (!figures.other_product().empty()) {
    const std::string sales = BytesOf(static_cast<std::uint64_t>(figures.sales()));
    entries.emplace(WithNul('A', figures.product()) + figures.other_product(), sales);
    entries.emplace(WithNul('A', figures.other_product()) + figures.product(), sales);
  }
  return entries;
}

std::string_view CollectionOfKind(int kind) {
  switch (kind) {
    case v1::Document::QUOTE:
      return "quotes/";
    case v1::Document::ORDER:
      return "orders/";
    case v1::Document::SHIPMENT:
      return "shipments/";
    case v1::Document::INVOICE:
      return "invoices/";
    case v1::Document::PAYMENT:
      return "payments/";
    case v1::Document::INTERACTION:
      return "interactions/";
    default:
      return "";
  }
}

std::string RecordText(const v1::SourceRef& record) {
  return record.system() + "/" + record.stream() + "/" + record.key();
}

std::string Key(char space, std::string_view text) {
  std::string key(1, space);
  key += text;
  return key;
}

std::string WithNul(char space, std::string_view text) {
  std::string key = Key(space, text);
  key += '\0';
  return key;
}

std::string BytesOf(std::uint64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) {
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(number & 0xff);
  }
  return bytes;
}

std::uint64_t NumberOf(std::string_view eight_bytes) {
  if (eight_bytes.size() != 8) {
    return 0;
  }
  std::uint64_t number = 0;
  for (const char c : eight_bytes) {
    number = number << 8 | static_cast<unsigned char>(c);
  }
  return number;
}

std::string FeedKey(std::uint64_t sequence) { return "f" + BytesOf(sequence); }

std::string OffsetKey(const bus::TopicPartition& partition) {
  return fmt::format("{}{} {}", kOffsetPrefix, partition.topic, partition.partition);
}

std::optional<bus::TopicPartition> PartitionOfOffsetKey(std::string_view key) {
  if (!key.starts_with(kOffsetPrefix)) {
    return std::nullopt;
  }
  key.remove_prefix(kOffsetPrefix.size());
  const std::size_t blank = key.rfind(' ');
  if (blank == std::string_view::npos) {
    return std::nullopt;
  }
  bus::TopicPartition partition{std::string(key.substr(0, blank)), 0};
  for (const char c : key.substr(blank + 1)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    partition.partition = partition.partition * 10 + (c - '0');
  }
  return partition;
}

}  // namespace crossbill::facade
