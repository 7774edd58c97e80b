// Finds the part that a record of a crowd stands in: those that ties connect with it, by the first of the
// limits by which they are few enough. One search sees one state of the ties, and remembers what it saw.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "transforms/reconcile/part_store.h"

namespace crossbill::transforms {

class PartSearch {
 public:
  // `most`: records of a part; only what is decided may connect more. `loosened` as in CrowdHead: at these
  // levels a record's standing says nothing any more of how much it is connected with.
  PartSearch(PartStore& store, std::size_t most, std::uint32_t loosened)
      : store_(store), most_(most), loosened_(loosened) {}

  struct Found {
    std::vector<std::string> records;  // sorted
    int level = 0;
  };
  // `record` must be here, and all changes indexed.
  Result<Found> PartOf(const std::string& record);
  // As stored when it was first asked for; nullptr: none.
  Result<const Standing*> StandingOf(const std::string& record);
  // After standings were stored.
  void ForgetStandings() { standings_.clear(); }

 private:
  using Records = std::unordered_set<std::string>;
  // False when it is connected with too many at this level.
  Result<bool> Connected(const std::string& record, int level, Records& seen);
  Result<bool> IsAmongTooMany(const std::string& record, int level);
  Result<std::vector<std::string>> Tied(const std::string& tie, int level);

  PartStore& store_;
  std::size_t most_;
  std::uint32_t loosened_;
  std::map<std::string, std::optional<Standing>> standings_;
  std::array<Records, kTieLimits.size()> too_many_;  // by level
};

}  // namespace crossbill::transforms
