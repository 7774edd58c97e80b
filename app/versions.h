// The versions of a source document: what changed from one to the next, by whom, and who approved it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crossbill/v1/document.pb.h"

namespace crossbill::app {

struct Version {
  std::int64_t sequence = 0;             // the stream's running number; 0: not known
  std::string read_at;                   // when it was read
  std::optional<v1::Document> document;  // nothing: the record was deleted
};

struct FieldChange {
  std::string field;  // "total", "lines[10].unit_price"
  std::string before;
  std::string after;
};

// What the document says, by field; lines by their numbers.
std::map<std::string, std::string> FieldsOf(const v1::Document& document);
// A version that is not there has no fields.
std::vector<FieldChange> ChangesBetween(const std::optional<v1::Document>& before,
                                        const std::optional<v1::Document>& after);

// "version 7  2026-10-31T…  changed by WEBERK at …" and its changes against the one before.
std::string ShowVersion(const Version& version, const std::vector<FieldChange>& changes, bool first);
std::string VersionJson(const std::string& record, const Version& version,
                        const std::vector<FieldChange>& changes);

}  // namespace crossbill::app
