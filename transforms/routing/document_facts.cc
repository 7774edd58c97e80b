#include "transforms/routing/document_facts.h"

#include <cstdint>

#include "crossbill/v1/common.pb.h"
#include "crossbill/v1/document.pb.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

using D = v1::Document;

void AddReferencesOfLine(std::string_view line, std::vector<std::string_view>& references) {
  WireReader reader(line);
  while (reader.Next()) {
    if (reader.IsBytes(v1::Line::kReferencesFieldNumber)) {
      references.push_back(reader.bytes());
    }
  }
}

}  // namespace

std::string_view FieldOf(std::string_view message, int field) {
  WireReader reader(message);
  std::string_view found;
  while (reader.Next()) {
    if (reader.IsBytes(static_cast<std::uint32_t>(field))) {
      found = reader.bytes();
    }
  }
  return found;
}

bool ReadDocumentFacts(std::string_view bytes, FactsOf of, DocumentFacts& facts) {
  std::vector<std::string_view> of_lines;
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(D::kNumberFieldNumber)) {
      facts.number = reader.bytes();
    } else if (reader.IsBytes(D::kDateFieldNumber)) {
      facts.date = reader.bytes();
    } else if (reader.IsBytes(D::kCurrencyFieldNumber)) {
      facts.currency = reader.bytes();
    } else if (reader.IsBytes(D::kTextFieldNumber)) {
      facts.text = reader.bytes();
    } else if (reader.IsBytes(D::kTotalFieldNumber)) {
      facts.total = FieldOf(reader.bytes(), v1::Money::kAmountFieldNumber);
    } else if (reader.IsBytes(D::kGrossFieldNumber)) {
      facts.gross = FieldOf(reader.bytes(), v1::Money::kAmountFieldNumber);
    } else if (reader.IsBytes(D::kReferencesFieldNumber)) {
      facts.references.push_back(reader.bytes());
    } else if (of == FactsOf::kDocumentAndLines && reader.IsBytes(D::kLinesFieldNumber)) {
      AddReferencesOfLine(reader.bytes(), of_lines);
    }
  }
  facts.references.insert(facts.references.end(), of_lines.begin(), of_lines.end());
  return reader.ok();
}

}  // namespace crossbill::transforms
