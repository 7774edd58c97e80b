// RoutedDocument (crossbill/v1/internal.proto) read and written in place: the document's bytes are carried as
// they are, nothing is copied. Views point into the given bytes. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "transforms/sdk/routing_keys.h"

namespace crossbill::transforms {

struct Routed {
  std::string_view system;
  std::string_view stream;
  std::string_view key;
  std::uint32_t kind = 0;
  std::int64_t sequence = 0;
  std::string_view document;
  std::string_view via;
  bool removed = false;
  std::string_view number_key;
  std::string_view number_key_before;
  bool announcement = false;
  std::string_view customer;
  std::string_view next_places;  // one a line
  std::string_view clues;        // one a line
  std::string_view clues_before;
  std::string_view decisions;  // RecordDecisions
  bool decisions_only = false;
};

// Takes the first of places or clues; false: there is none.
bool TakeLine(std::string_view& lines, std::string_view& line);
bool HasLine(std::string_view lines, std::string_view line);

bool ReadRouted(std::string_view bytes, Routed& routed);
void AppendRouted(const Routed& routed, std::string& out);
// The RoutedDocument `stored` with other decisions; false when it cannot be read.
bool ReplaceDecisions(std::string_view stored, std::string_view decisions, std::string& out);

// "system/stream/key": the identity of a source record, as on the source topics.
std::string RecordKeyOf(const Routed& routed);

}  // namespace crossbill::transforms
