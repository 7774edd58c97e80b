#include "app/proposals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "app/json.h"
#include "base/decimal.h"

namespace crossbill::app {
namespace {

constexpr std::array<std::string_view, 14> kShared = {
    "date",   "currency", "total",   "tax",     "gross",           "lines",    "due_on",
    "status", "org_unit", "carrier", "ship_to", "tracking_number", "bank_fee", "type"};

// "159.20 CNY" and "159.2 CNY" are one amount.
bool SameValue(const std::string& a, const std::string& b) {
  const std::size_t end_a = a.find(' ');
  const std::size_t end_b = b.find(' ');
  const auto left = Decimal::Parse(a.substr(0, end_a));
  const auto right = Decimal::Parse(b.substr(0, end_b));
  if (end_a == std::string::npos || end_b == std::string::npos || !left.ok() || !right.ok()) {
    return a == b;
  }
  return *left == *right && a.substr(end_a) == b.substr(end_b);
}

std::string RecordJson(const v1::SourceRef& record) {
  return "\"system\":" + Quoted(record.system()) + ",\"stream\":" + Quoted(record.stream()) +
         ",\"key\":" + Quoted(record.key());
}

std::string LacksJson(const v1::UnifiedDocument& document, const std::set<std::string>& systems) {
  std::string json;
  for (const std::string& system : systems) {
    const bool has = std::any_of(document.records().begin(), document.records().end(),
                                 [&](const v1::SourceRef& record) { return record.system() == system; });
    if (!has) {
      json += (json.empty() ? "" : ",") + Quoted(system);
    }
  }
  return json;
}

std::string DiffersJson(const v1::UnifiedDocument& document) {
  std::string json;
  for (const v1::FieldProvenance& field : document.provenance()) {
    if (std::find(kShared.begin(), kShared.end(), field.field()) == kShared.end()) {
      continue;
    }
    for (const v1::SourceValue& other : field.others()) {
      if (!SameValue(other.value(), field.value())) {
        json += fmt::format("{}{{{},\"field\":{},\"has\":{},\"golden\":{}}}", json.empty() ? "" : ",",
                            RecordJson(other.source()), Quoted(field.field()), Quoted(other.value()),
                            Quoted(field.value()));
      }
    }
  }
  return json;
}

}  // namespace

std::string ProposalOf(const v1::UnifiedDocument& document, const std::set<std::string>& systems) {
  const std::string lacks = LacksJson(document, systems);
  const std::string differs = DiffersJson(document);
  if (lacks.empty() && differs.empty()) {
    return {};
  }
  std::string records;
  for (const v1::SourceRef& record : document.records()) {
    records += (records.empty() ? "{" : ",{") + RecordJson(record) + "}";
  }
  return fmt::format("{{\"id\":{},\"records\":[{}],\"kind\":{},\"lacks\":[{}],\"differs\":[{}]}}\n",
                     Quoted(document.name()), records, Quoted(v1::Document::Kind_Name(document.kind())),
                     lacks, differs);
}

}  // namespace crossbill::app
