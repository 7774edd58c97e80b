// What intake needs to know of a document, found in its bytes without decoding it. Views point into the given
// bytes. Any thread.
#pragma once

#include <string_view>

namespace crossbill::transforms {

struct ScannedDocument {
  std::string_view number;
  std::string_view customer_id;
  // The first reference that can lead to a party, the document's own before its lines'; kind empty when there
  // is none.
  std::string_view reference_kind;  // "ORDER"
  std::string_view reference_number;
};

// All document kinds have these fields under the same numbers. False for bytes that are no message.
bool ScanDocument(std::string_view bytes, ScannedDocument& scanned);

}  // namespace crossbill::transforms
