// Records of a project's sources for linking them in one go, without the bus: read, mapped, cleaned; and
// their pairs weighed on several threads. What it gives does not depend on how many.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "runtime/project.h"
#include "transforms/linkage/blocks.h"
#include "transforms/linkage/clustering.h"
#include "transforms/linkage/records.h"
#include "transforms/linkage/training.h"
#include "transforms/linkage/weights.h"

namespace crossbill::runtime {

struct RecordsRead {
  linkage::Records records;
  std::int64_t rows = 0;
  std::int64_t rejected = 0;  // rows that gave no record
};

// Every stream that publishes the model's kind of record, to what is its end now. Of rows with the same key
// the last one counts.
Result<RecordsRead> ReadRecords(const ProjectConfig& project, const linkage::Model& model, const Clock& clock,
                                Log& log);

// Two records that are not the same, but have something to do with each other.
struct RelatedPair {
  linkage::RecordNumber left = 0;
  linkage::RecordNumber right = 0;
  int relation = 0;  // of the model
};

struct WeighedPairs {
  std::vector<linkage::Edge> edges;  // between records, of the weight asked for or more
  std::vector<RelatedPair> related;
  std::int64_t pairs = 0;  // that were compared
};

// Pairs below `least` hundredths of a bit are left out. The records get their outlines.
WeighedPairs WeighPairs(const linkage::Model& model, const linkage::Weights& weights,
                        linkage::Records& records, const linkage::Blocks& blocks, int least,
                        unsigned threads);

}  // namespace crossbill::runtime
