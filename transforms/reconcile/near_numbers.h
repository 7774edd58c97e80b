// Numbers that were mistyped: a character doubled, left out, or two exchanged. A character that is another
// one is not taken for a slip: running numbers differ by just that. Built once; read only afterwards.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "transforms/reconcile/number_index.h"

namespace crossbill::transforms {

class NearNumbers {
 public:
  // Of all documents of this kind.
  NearNumbers(DocumentSpan documents, DocumentKind kind);
  // The one document (as `root_of` names it) whose number was meant; -1: none or several.
  template <class RootOf>
  int Find(std::string_view number, const RootOf& root_of) const {
    int found = -1;
    bool several = false;
    ForEach(number, [&](int document) {
      const int root = root_of(document);
      several |= found >= 0 && found != root;
      found = root;
    });
    return several ? -1 : found;
  }

 private:
  static constexpr std::size_t kMinLength = 6;  // shorter ones have too many neighbours
  template <class Visit>
  static void ForEachDeletion(std::string_view number, const Visit& visit) {
    std::string shorter;
    for (std::size_t i = 0; i < number.size(); ++i) {
      if (i > 0 && number[i] == number[i - 1]) {
        continue;
      }  // the same text again
      shorter.assign(number.substr(0, i));
      shorter.append(number.substr(i + 1));
      visit(shorter);
    }
  }
  template <class Visit>
  void ForEach(std::string_view number, const Visit& visit) const {
    if (number.size() < kMinLength) {
      return;
    }
    ForEachDeletion(number, [&](const std::string& shorter) { numbers_.ForEach(kind_, shorter, visit); });
    deletions_.ForEach(kind_, number, visit);
    std::string exchanged(number);
    for (std::size_t i = 1; i < number.size(); ++i) {
      if (number[i] == number[i - 1]) {
        continue;
      }
      std::swap(exchanged[i], exchanged[i - 1]);
      numbers_.ForEach(kind_, exchanged, visit);
      std::swap(exchanged[i], exchanged[i - 1]);
    }
  }

  DocumentKind kind_;
  NumberIndex numbers_;
  NumberIndex deletions_;  // the numbers with one character left out
};

}  // namespace crossbill::transforms
