// Groups of source documents that are one document: a union-find over indices that remembers members and refuses what cannot be one document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

using DocumentSpan = std::span<const SourceDocument* const>;   // sorted by kind and record

// Why two records are one document.
struct MatchEvidence {
  int left = 0;
  int right = 0;
  std::string_view rule;    // "reference", "shared reference" …: constants
  std::string evidence;
};

class Clusters {
 public:
  explicit Clusters(DocumentSpan documents);
  int Find(int document) const { return root_[static_cast<std::size_t>(document)]; }
  const std::vector<int>& MembersOf(int root) const { return members_[static_cast<std::size_t>(root)]; }
  // Numbers of (system, stream), so that comparing them is cheap.
  int StreamOf(int document) const { return streams_[static_cast<std::size_t>(document)]; }

  // No two records of one stream. `compatible(a, b)` is asked for all pairs.
  template <class Compatible>
  bool CanUnite(int a, int b, const Compatible& compatible) const {
    if (Find(a) == Find(b)) { return false; }
    for (const int x : MembersOf(Find(a))) {
      for (const int y : MembersOf(Find(b))) {
        if (StreamOf(x) == StreamOf(y) || !compatible(x, y)) { return false; }
      }
    }
    return true;
  }
  // Without asking. The smaller index stays the root, so that roots do not depend on the order of unions.
  void Unite(int a, int b, std::string_view rule, std::string evidence);
  const std::vector<MatchEvidence>& evidence() const { return evidence_; }

 private:
  std::vector<int> root_;
  std::vector<std::vector<int>> members_;    // by root
  std::vector<int> streams_;
  std::vector<MatchEvidence> evidence_;
};

}  // namespace crossbill::transforms
