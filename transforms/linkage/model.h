// A linkage model: which values of two records are compared, how, and where records meet. Immutable once
// read; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "transforms/linkage/cleaner.h"
#include "transforms/linkage/level.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace crossbill::linkage {

// A field of a message, also of a nested one: each step but the last is a message.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

struct Field {
  std::string name;
  std::vector<FieldPath> from;
  const Cleaner* cleaner = nullptr;
};

struct Comparison {
  std::size_t field = 0;               // its name
  std::vector<std::size_t> fields;     // that its levels look at in both records
  std::vector<CrossedFields> crossed;  // … one in one record, the other in the other
  std::vector<Level> levels;           // what is below all of them is one more: see LevelCount
  bool frequencies = false;

  std::size_t LevelCount() const { return levels.size() + 1; }
};

// A part of a block's key: "family_name", or its first characters, "family_name/4".
struct KeyPart {
  std::size_t field = 0;
  std::size_t characters = 0;  // 0: all
};
// Each key is what is added to the ones before it.
struct BlockingRule {
  std::vector<std::vector<KeyPart>> keys;
  std::size_t most = 0;  // records of a block that is not too large
};

// What else than being the same makes records agree: a household, a group of firms. Or, where they are the
// same, why much differs at once.
struct Relation {
  std::string name;
  bool same = false;
  std::vector<bool> shares;   // for each comparison: related records mostly agree in it
  std::vector<bool> differs;  // … reach its closest level only by chance
  std::vector<bool> by;       // … agree in it as records of one entity do
};

// Weights in hundredths of a bit.
struct ClusterRules {
  int link = 0;
  int missing = 0;
  int review = 0;
  bool one_per_system = false;
  std::vector<std::size_t> forbid;  // fields of which nobody has two values
  bool one_to_one = false;          // pairs of two systems; one_per_system then, too
  std::optional<int> automatic;     // the margin from which a pair of them needs no eyes
};

inline constexpr std::size_t kMostComparisons = 24;  // of a model
inline constexpr int kMostInBlock = 100;             // records, whatever the model says
inline constexpr std::size_t kMostRelations = 6;
inline constexpr std::size_t kMostBlockingRules = 64;

struct Model {
  std::string record;  // the kind of event
  std::vector<Field> fields;
  std::vector<Comparison> comparisons;
  std::vector<Relation> relations;
  std::vector<BlockingRule> blocks;
  ClusterRules clusters;

  // The message of a kind of event, nullptr for none.
  using DescriptorOf = const google::protobuf::Descriptor* (*)(std::string_view kind);
  // What is wrong is added to `problems`; the model is only used when nothing was.
  static Model Read(const config::File& file, DescriptorOf descriptor_of, config::Problems& problems);
};

// "-3.25" in hundredths; a third digit behind the point is an error.
Result<int> ParseBits(std::string_view text);

}  // namespace crossbill::linkage
