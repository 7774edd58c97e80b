// Groups of source documents that are one document: a union-find over indices that remembers members and
// refuses what cannot be one document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

using DocumentSpan = std::span<const SourceDocument* const>;  // sorted by kind and record

// Why two records are one document.
struct MatchEvidence {
  int left = 0;
  int right = 0;
  std::string_view rule;  // "reference", "shared reference" …: constants
  std::string evidence;
};

class Clusters {
 public:
  explicit Clusters(DocumentSpan documents);
  int Find(int document) const { return root_[static_cast<std::size_t>(document)]; }
  // All that are one document with this one, in order.
  std::vector<int> MembersOf(int document) const;
  bool IsAlone(int document) const { return next_[static_cast<std::size_t>(document)] == document; }
  // One document with a record of its own stream that comes before it.
  bool IsSecondOfStream(int document) const {
    for (int other = Next(document); other != document; other = Next(other)) {
      if (other < document && StreamOf(other) == StreamOf(document)) {
        return true;
      }
    }
    return false;
  }
  // Numbers of (system, stream), so that comparing them is cheap.
  int StreamOf(int document) const { return streams_[static_cast<std::size_t>(document)]; }

  // A person said that these two are never one document: nothing unites them, nor what they belong to.
  void KeepApart(int a, int b);
  // Whether no such word stands between the two and all that they belong to.
  bool MayBeOne(int a, int b) const;

  // No two records of one stream, none that are kept apart. `compatible(a, b)` is asked for all pairs.
  template <class Compatible>
  bool CanUnite(int a, int b, const Compatible& compatible) const {
    if (Find(a) == Find(b)) {
      return false;
    }
    int x = a;
    do {
      int y = b;
      do {
        if (StreamOf(x) == StreamOf(y) || IsWall(x, y) || !compatible(x, y)) {
          return false;
        }
        y = Next(y);
      } while (y != b);
      x = Next(x);
    } while (x != a);
    return true;
  }
  // Without asking. The smaller index stays the root, so that roots do not depend on the order of unions.
  void Unite(int a, int b, std::string_view rule, std::string evidence);
  const std::vector<MatchEvidence>& evidence() const { return evidence_; }

 private:
  int Next(int document) const { return next_[static_cast<std::size_t>(document)]; }
  bool IsWall(int a, int b) const;
  std::vector<int> root_;
  std::vector<int> next_;  // the members of a cluster, as a ring
  std::vector<int> streams_;
  std::vector<MatchEvidence> evidence_;
  std::set<std::pair<int, int>> walls_;  // the smaller one first
};

}  // namespace crossbill::transforms
