#include "transforms/reconcile/near_numbers.h"

namespace crossbill::transforms {

NearNumbers::NearNumbers(DocumentSpan documents, DocumentKind kind) : kind_(kind) {
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const SourceDocument& document = *documents[i];
    if (document.kind != kind || document.number.size() < kMinLength) {
      continue;
    }
    numbers_.Add(kind, document.number, static_cast<int>(i));
    ForEachDeletion(document.number,
                    [&](const std::string& shorter) { deletions_.Add(kind, shorter, static_cast<int>(i)); });
  }
  numbers_.Finish();
  deletions_.Finish();
}

}  // namespace crossbill::transforms
