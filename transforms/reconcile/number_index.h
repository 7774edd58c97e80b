// Which documents have a number, and what the mentions of a document mean. Built once per customer; read only
// afterwards.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "transforms/reconcile/clusters.h"

namespace crossbill::transforms {

// Own numbers of documents, by kind; or the customer's order numbers that orders mention.
class NumberIndex {
 public:
  void Add(DocumentKind kind, std::string_view number, int document);
  void Finish();
  // Calls visit(document) for each document of the kind with this number, in order.
  template <class Visit>
  void ForEach(DocumentKind kind, std::string_view number, const Visit& visit) const {
    const std::uint64_t hash = HashOfNumber(kind, number);
    for (std::size_t i = LowerBound(hash); i < entries_.size() && entries_[i].hash == hash; ++i) {
      visit(entries_[i].document);
    }
  }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    int document = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  static std::uint64_t HashOfNumber(DocumentKind kind, std::string_view number);
  std::size_t LowerBound(std::uint64_t hash) const;
  std::vector<Entry> entries_;
};

// A mention that was understood: it means the document `root`.
struct Resolved {
  int root = 0;
  const Mention* mention = nullptr;
};

class Resolver {
 public:
  Resolver(DocumentSpan documents, const Clusters& clusters);

  const NumberIndex& numbers() const { return numbers_; }
  // The one document of this kind that the mention means: of the mentioning system where that has the number,
  // else of any. -1: none or several.
  int Resolve(DocumentKind kind, const Mention& mention, const SourceDocument& from) const;
  // The first of the mentions that means one; -1: none does.
  int ResolveFirst(DocumentKind kind, const std::vector<Mention>& mentions, const SourceDocument& from) const;
  // Of all mentions of the header and the lines, without doubles, in order of roots.
  std::vector<int> ResolveAll(DocumentKind kind, const SourceDocument& from) const;

 private:
  DocumentSpan documents_;
  const Clusters& clusters_;
  NumberIndex numbers_;
  NumberIndex purchase_numbers_;  // the customer's order numbers, of orders
};

// May a mention of this type mean a document of the kind?
bool MayMean(v1::Reference::Type type, DocumentKind kind);

}  // namespace crossbill::transforms
