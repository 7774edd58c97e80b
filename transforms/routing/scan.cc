#include "transforms/routing/scan.h"

#include "crossbill/v1/common.pb.h"
#include "crossbill/v1/document.pb.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr int kNumber = v1::Document::kNumberFieldNumber;
constexpr int kReferences = v1::Document::kReferencesFieldNumber;
constexpr int kCustomer = v1::Document::kCustomerFieldNumber;
constexpr int kLines = v1::Document::kLinesFieldNumber;

// The kind of document that a reference's number belongs to; empty for one that leads to no document of the
// same system.
std::string_view KindOfReference(std::uint64_t type) {
  switch (type) {
    case v1::Reference::ORDER:
      return "ORDER";
    case v1::Reference::CONTRACT:
      return "ORDER";  // a property purchase contract is an order
    case v1::Reference::SHIPMENT:
      return "SHIPMENT";
    case v1::Reference::INVOICE:
      return "INVOICE";
    case v1::Reference::QUOTE:
      return "QUOTE";
    case v1::Reference::PAYMENT:
      return "PAYMENT";
    default:
      return {};
  }
}

bool ScanReference(std::string_view bytes, ScannedDocument& scanned) {
  WireReader reader(bytes);
  std::uint64_t type = 0;
  std::string_view number;
  while (reader.Next()) {
    if (reader.IsVarint(v1::Reference::kTypeFieldNumber)) {
      type = reader.varint();
    }
    if (reader.IsBytes(v1::Reference::kNumberFieldNumber)) {
      number = reader.bytes();
    }
  }
  const std::string_view kind = KindOfReference(type);
  if (!kind.empty() && !number.empty() && scanned.reference_kind.empty()) {
    scanned.reference_kind = kind;
    scanned.reference_number = number;
  }
  return reader.ok();
}

bool ScanLine(std::string_view bytes, ScannedDocument& scanned) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(v1::Line::kReferencesFieldNumber) && !ScanReference(reader.bytes(), scanned)) {
      return false;
    }
  }
  return reader.ok();
}

bool ScanCustomer(std::string_view bytes, ScannedDocument& scanned) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(v1::PartyRef::kIdFieldNumber)) {
      scanned.customer_id = reader.bytes();
    }
  }
  return reader.ok();
}

}  // namespace

bool ScanDocument(std::string_view bytes, ScannedDocument& scanned) {
  scanned = {};
  ScannedDocument of_lines;
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.type() != WireType::kBytes) {
      continue;
    }
    switch (reader.field()) {
      case kNumber:
        scanned.number = reader.bytes();
        break;
      case kReferences:
        if (!ScanReference(reader.bytes(), scanned)) {
          return false;
        }
        break;
      case kCustomer:
        if (!ScanCustomer(reader.bytes(), scanned)) {
          return false;
        }
        break;
      case kLines:
        if (!ScanLine(reader.bytes(), of_lines)) {
          return false;
        }
        break;
      default:
        break;
    }
  }
  if (scanned.reference_kind.empty()) {
    scanned.reference_kind = of_lines.reference_kind;
    scanned.reference_number = of_lines.reference_number;
  }
  return reader.ok();
}

}  // namespace crossbill::transforms
