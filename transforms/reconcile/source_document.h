// A source document as matching sees it: parsed once, compared often. Texts are normalised for comparison;
// the golden values are made from `bytes`.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/decimal.h"
#include "base/id.h"
#include "base/result.h"
#include "crossbill/v1/document.pb.h"
#include "transforms/sdk/references.h"

namespace crossbill::transforms {

using DocumentKind = v1::Document::Kind;

struct RecordRef {
  std::string system;
  std::string stream;
  std::string key;
  friend auto operator<=>(const RecordRef&, const RecordRef&) = default;
};

struct DocumentLine {
  std::string id;  // without leading zeros
  std::string sku, ean, product_id, product_name;
  std::optional<Decimal> quantity;
  std::optional<Decimal> unit_price;
  std::optional<Decimal> amount;
  std::string currency;  // the unit price's own, else the document's
  std::vector<Mention> mentions;
  bool property = false;  // a unit or listing, not goods
};

// A line's price that was changed, as the record's own log or a list of approvals has it.
struct LoggedPrice {
  std::string line;  // without leading zeros
  std::string sku, ean, product_id;
  std::optional<Decimal> old_price;
  std::optional<Decimal> new_price;
  std::string changed_by, changed_on;
  std::string approved_by, approved_on;
  std::vector<Mention> mentions;  // the document whose price it is, where that is another one
};

struct SourceDocument {
  DocumentKind kind = v1::Document::UNSPECIFIED;
  RecordRef record;
  std::string number;             // normalised
  std::string number_text;        // as written
  std::vector<Mention> mentions;  // of the header
  std::optional<Date> date;
  std::string currency;
  std::optional<Decimal> total;
  std::optional<Decimal> gross;
  std::optional<Decimal> bank_fee;
  std::vector<DocumentLine> lines;
  std::vector<LoggedPrice> price_changes;
  std::string approved_by;
  std::string org_unit;
  std::string tracking;
  std::int64_t changed_at = INT64_MIN;  // microseconds; the least when the source does not say
  std::int64_t entered_at = INT64_MIN;  // the same
  bool credit_note = false;
  bool property = false;  // a property contract
  bool cancelled = false;
  Hash128 content;
  std::string bytes;      // crossbill.v1.Document
  std::string decisions;  // what people decided of the record: RecordDecisions; mostly empty

  std::size_t MemoryBytes() const;
};

// `bytes` is a Quote, Order, Shipment, Invoice, Payment or, for its kind, an Interaction. kEventDecode when
// it is none.
Result<SourceDocument> ParseSourceDocument(DocumentKind kind, RecordRef record, std::string_view bytes);
// Whether it can be parsed; the same error.
Status CheckSourceDocument(DocumentKind kind, const RecordRef& record, std::string_view bytes);

// "order" for ORDER: the name in topics; "orders" in resource names.
std::string_view KindName(DocumentKind kind);
std::string_view PluralKindName(DocumentKind kind);

// The id part of a resource name, from what never changes about the record.
std::string NameOf(DocumentKind kind, const RecordRef& smallest);

}  // namespace crossbill::transforms
