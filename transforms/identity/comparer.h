// How the stage compares parties: what of a record is kept for it, where records meet, and what two of them
// weigh. By judgement (judged.h), or by a linkage model with what it has learnt (learnt.h). Immutable; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/party.pb.h"
#include "transforms/linkage/clustering.h"
#include "transforms/linkage/outline.h"

namespace crossbill::transforms {

// A record's values, cleaned.
class Cleaned {
 public:
  virtual ~Cleaned() = default;
  // Numbers of which a party has one; sorted.
  std::vector<linkage::Anchor> anchors;
};
using CleanedPtr = std::shared_ptr<const Cleaned>;

// Weights are hundredths of a bit.
struct Weighed {
  int weight = 0;
  bool contradicted = false;  // not the same, whatever else agrees
  int relation = -1;          // what explains the pair better than being the same; -1: nothing
  bool forbidden = false;     // contradicted by a number, which nothing outweighs
};

// The parts add up to the weight of the pair.
struct EvidenceOf {
  std::string field;  // "name", "tax_id", "prior"
  std::string level;  // "exact", "similar", "different" …
  int weight = 0;
  std::string left;  // what was compared
  std::string right;
};

struct ResolutionRules {
  linkage::ClusteringRules clusters;
  int keep = 0;        // pairs from this weight on are kept
  int connect = 0;     // pairs from this weight on make a component
  int review = 0;      // pairs from this weight on that are not joined are questions for a person
  bool whole = false;  // within a component the pairs that met nowhere are compared too
  std::size_t most_in_block = 100;
};

class Comparer {
 public:
  virtual ~Comparer() = default;
  // Another one where anything that decides is another.
  virtual const std::string& version() const = 0;
  virtual const ResolutionRules& rules() const = 0;
  // A weight is the logarithm of the odds that the two are the same.
  virtual bool WeighsOdds() const { return false; }

  virtual CleanedPtr Clean(const v1::Party& party) const = 0;
  // The cleaned values as bytes, and back; nullptr where they are none of this comparer's.
  virtual std::string Encode(const Cleaned& record) const = 0;
  virtual CleanedPtr Decode(std::string_view bytes) const = 0;
  // The same, good for AppendKeys and OutlineOf and for nothing else.
  virtual CleanedPtr DecodeForIndex(std::string_view bytes) const { return Decode(bytes); }

  // Blocking rules, each a chain of keys of which the next narrows a block that is too large.
  virtual std::size_t BlockingRules() const = 0;
  virtual std::size_t KeysOfRule(std::size_t rule) const = 0;
  // Records of a block of the rule that is not too large.
  virtual std::size_t MostInBlock(std::size_t) const { return rules().most_in_block; }
  // Appends what the rule's key number `level` adds to `key`, each once.
  virtual void AppendKeys(const Cleaned& record, std::size_t rule, std::size_t level, std::uint64_t key,
                          std::vector<std::uint64_t>& keys) const = 0;

  // What tells most pairs apart without the records' values. Empty: this comparer has none.
  virtual linkage::OwnedOutline OutlineOf(const Cleaned&) const { return {}; }
  // False where the pair surely weighs less than what is kept. Neither is empty.
  virtual bool MayBeKept(const linkage::OwnedOutline&, const linkage::OwnedOutline&) const { return true; }

  // A relation's name.
  virtual std::string_view NameOfRelation(int /*relation*/) const { return {}; }
  // A pair that weighs less than what is kept may be given any weight below that.
  virtual Weighed Compare(const Cleaned& left, const Cleaned& right) const = 0;
  virtual std::vector<EvidenceOf> Explain(const Cleaned& left, const Cleaned& right) const = 0;
};

}  // namespace crossbill::transforms
