// PostgreSQL's COPY text format as values. Pure functions but for the arena; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "connectors/sdk/value.h"

namespace crossbill::connectors {

struct PgColumn {
  std::string name;
  unsigned type = 25;  // OID
};

// int2, int4, int8: kInt. numeric, real, double: kDecimal. date: kDate. timestamp with or without zone:
// kTimestamp. bool: kBool. Everything else: kText as PostgreSQL prints it; char(n) without the blanks that
// fill it up, which SQL does not count.
ValueType PgTypeOf(unsigned oid);

// The fields of a line after its first `skip` ones; the texts are copied to the arena. A value that its type
// does not hold (NaN, infinity) is text. zone: of timestamps without one. False when a text is not UTF-8.
bool ParseCopyLine(std::string_view line, std::size_t skip, const std::vector<PgColumn>& columns,
                   const TimeZone& zone, Arena& arena, Value* cells);
// The first n fields as they stand in the line, with the tabs between them.
std::string_view CopyPrefix(std::string_view line, std::size_t n);
// The fields of a prefix, unescaped; NULL is an empty text.
std::vector<std::string> CopyFields(std::string_view prefix);

}  // namespace crossbill::connectors
