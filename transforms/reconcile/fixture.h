// Hand-made documents for the tests and the benchmark of this folder.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "crossbill/v1/document.pb.h"
#include "crossbill/v1/document_decision.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "transforms/reconcile/outcome.h"

namespace crossbill::transforms {

// A document written down in one expression: Doc(ORDER, "crm",
// "1").Number("SO-1").On("2026-01-05").Total("100", "EUR").
class Doc {
 public:
  Doc(DocumentKind kind, std::string_view system, std::string_view key) : kind_(kind) {
    message_.mutable_source()->set_system(std::string(system));
    message_.mutable_source()->set_stream(std::string(KindName(kind)) + "s");
    message_.mutable_source()->set_key(std::string(key));
  }
  Doc& Number(std::string_view number) {
    message_.set_number(std::string(number));
    return *this;
  }
  Doc& On(std::string_view date) {
    message_.set_date(std::string(date));
    return *this;
  }
  Doc& Total(std::string_view amount, std::string_view currency) {
    message_.set_currency(std::string(currency));
    message_.mutable_total()->set_amount(std::string(amount));
    message_.mutable_total()->set_currency(std::string(currency));
    return *this;
  }
  Doc& Gross(std::string_view amount) {
    message_.mutable_gross()->set_amount(std::string(amount));
    message_.mutable_gross()->set_currency(message_.currency());
    return *this;
  }
  Doc& Ref(v1::Reference::Type type, std::string_view number) {
    v1::Reference& reference = *message_.add_references();
    reference.set_type(type);
    reference.set_number(std::string(number));
    return *this;
  }
  // A line; `price` may be empty.
  Doc& Line(std::string_view sku, std::string_view quantity, std::string_view price = {}) {
    v1::Line& line = *message_.add_lines();
    line.set_id(std::to_string(message_.lines_size() * 10));
    line.mutable_product()->set_sku(std::string(sku));
    line.set_quantity(std::string(quantity));
    if (!price.empty()) {
      line.mutable_unit_price()->set_amount(std::string(price));
      line.mutable_unit_price()->set_currency(message_.currency());
    }
    return *this;
  }
  // Of the last line.
  Doc& LineRef(v1::Reference::Type type, std::string_view number, std::string_view line = {}) {
    v1::Reference& reference = *message_.mutable_lines(message_.lines_size() - 1)->add_references();
    reference.set_type(type);
    reference.set_number(std::string(number));
    reference.set_line(std::string(line));
    return *this;
  }
  Doc& Tracking(std::string_view number) {
    message_.set_tracking_number(std::string(number));
    return *this;
  }
  Doc& Text(std::string_view text) {
    message_.set_text(std::string(text));
    return *this;
  }
  Doc& CreditNote() {
    message_.set_type(v1::Invoice::CREDIT_NOTE);
    return *this;
  }
  Doc& ChangedAt(std::string_view instant) {
    message_.set_changed_at(std::string(instant));
    return *this;
  }
  v1::Document& message() { return message_; }
  const v1::Document& message() const { return message_; }
  DocumentKind kind() const { return kind_; }

  // A person's decision on this record and another one; `at` is the second of 2026-06-01T10:00.
  Doc& Decided(v1::DocumentDecision::Verdict verdict, const Doc& other, int at = 0,
               std::string_view amount = {}) {
    v1::DocumentDecision& decision = *decisions_.add_decisions();
    decision.set_name("decisions/" + std::to_string(100 + at));
    decision.set_verdict(verdict);
    decision.set_decided_by("A. Clerk");
    decision.set_decided_at("2026-06-01T10:00:" + std::to_string(10 + at) + "Z");
    decision.set_reason("because");
    if (!amount.empty()) {
      decision.mutable_amount()->set_amount(std::string(amount));
    }
    v1::RecordPair& pair = *decision.add_pairs();
    *pair.mutable_left() = message_.source();
    *pair.mutable_right() = other.message().source();
    return *this;
  }

  SourceDocument Parsed() const {
    auto parsed = ParseSourceDocument(
        kind_, {message_.source().system(), message_.source().stream(), message_.source().key()},
        message_.SerializeAsString());
    CROSSBILL_CHECK(parsed.ok());
    parsed->decisions = decisions_.SerializeAsString();
    return std::move(parsed).value();
  }
  // The value of a record of <prefix>.internal.reconcile.
  std::string Routed(std::int64_t sequence, std::string_view via = "P|erp|1", bool removed = false) const {
    v1::RoutedDocument routed;
    *routed.mutable_source() = message_.source();
    routed.set_kind(kind_);
    routed.set_sequence(sequence);
    routed.set_via(std::string(via));
    routed.set_removed(removed);
    if (!removed) {
      routed.set_document(message_.SerializeAsString());
      routed.set_decisions(decisions_.SerializeAsString());
    }
    return routed.SerializeAsString();
  }
  // The same without the document: what was decided since.
  std::string RoutedDecisions(std::string_view via) const {
    v1::RoutedDocument routed;
    *routed.mutable_source() = message_.source();
    routed.set_via(std::string(via));
    routed.set_decisions(decisions_.SerializeAsString());
    routed.set_decisions_only(true);
    return routed.SerializeAsString();
  }

 private:
  DocumentKind kind_;
  v1::Document message_;
  v1::RecordDecisions decisions_;
};

inline constexpr DocumentKind kQuote = v1::Document::QUOTE;
inline constexpr DocumentKind kOrder = v1::Document::ORDER;
inline constexpr DocumentKind kShipment = v1::Document::SHIPMENT;
inline constexpr DocumentKind kInvoice = v1::Document::INVOICE;
inline constexpr DocumentKind kPayment = v1::Document::PAYMENT;

// What documents come to, readable: documents by the key of each of their records, exceptions by type.
struct World {
  std::map<std::string, v1::UnifiedDocument> documents;  // by name
  std::map<std::string, std::string> name_of;            // "erp/4500001" → the document it is in
  std::vector<v1::Exception> exceptions;
  std::map<std::string, std::string> bytes;  // by name: everything, as published
  std::optional<Date> next_due;

  const v1::UnifiedDocument& Of(const std::string& record) const { return documents.at(name_of.at(record)); }
  bool Same(const std::string& a, const std::string& b) const { return name_of.at(a) == name_of.at(b); }
  bool Linked(const std::string& a, const std::string& b) const {
    for (const v1::DocumentLink& link : Of(a).links()) {
      if (link.document() == name_of.at(b)) {
        return true;
      }
    }
    return false;
  }
  std::vector<v1::Exception> Exceptions(v1::Exception::Type type) const {
    std::vector<v1::Exception> found;
    for (const v1::Exception& exception : exceptions) {
      if (exception.type() == type) {
        found.push_back(exception);
      }
    }
    return found;
  }
};

// "erp/1 crm/2": the records of an exception, in their order.
inline std::string RecordsOf(const v1::Exception& exception) {
  std::string text;
  for (const v1::SourceRef& record : exception.records()) {
    text += (text.empty() ? "" : " ") + record.system() + "/" + record.key();
  }
  return text;
}

inline ReconcileOptions TestOptions() {
  ReconcileOptions options;
  options.authority = {"erp", "finance", "crm"};
  return options;
}

inline World Reconcile(const std::vector<Doc>& docs, std::string_view as_of = "2026-10-31",
                       const ReconcileOptions& options = TestOptions(),
                       std::string_view customer = "customers/c1") {
  std::vector<SourceDocument> parsed;
  for (const Doc& doc : docs) {
    parsed.push_back(doc.Parsed());
  }
  std::vector<const SourceDocument*> pointers;
  for (const SourceDocument& document : parsed) {
    pointers.push_back(&document);
  }
  const Outcome outcome = ReconcileDocuments(pointers, customer, options, Date::Parse(as_of).value());
  World world;
  world.next_due = outcome.next_due();
  for (std::size_t i = 0; i < outcome.outputs().size(); ++i) {
    const std::string& name = outcome.outputs()[i].name;
    const std::string value = outcome.Render(i);
    world.bytes[name] = value;
    if (name.starts_with("exceptions/")) {
      CROSSBILL_CHECK(world.exceptions.emplace_back().ParseFromString(value));
      continue;
    }
    v1::UnifiedDocument& document = world.documents[name];
    CROSSBILL_CHECK(document.ParseFromString(value));
    for (const v1::SourceRef& record : document.records()) {
      world.name_of[record.system() + "/" + record.key()] = name;
    }
  }
  return world;
}

}  // namespace crossbill::transforms
