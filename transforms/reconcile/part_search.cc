#include "transforms/reconcile/part_search.h"

#include <algorithm>
#include <utility>

namespace crossbill::transforms {

Result<const Standing*> PartSearch::StandingOf(const std::string& record) {
  auto found = standings_.find(record);
  if (found == standings_.end()) {
    CROSSBILL_TRY(std::optional<Standing> standing, store_.FindStanding(record));
    found = standings_.emplace(record, std::move(standing)).first;
  }
  return found->second ? &*found->second : nullptr;
}

Result<PartSearch::Found> PartSearch::PartOf(const std::string& record) {
  for (int level = 0;; ++level) {
    Records seen;
    CROSSBILL_TRY(const bool few_enough, Connected(record, level, seen));
    if (few_enough) {
      Found found{{seen.begin(), seen.end()}, level};
      std::sort(found.records.begin(), found.records.end());
      return found;
    }
    too_many_[static_cast<std::size_t>(level)].merge(seen);
  }
}

Result<bool> PartSearch::Connected(const std::string& record, int level, Records& seen) {
  const bool last = level + 1 == kTieLevels;
  std::vector<std::string> open = {record};
  std::unordered_set<std::string> ties_seen;
  seen.insert(record);
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    CROSSBILL_TRY(const bool too_many, IsAmongTooMany(next, level));
    if (too_many || (!last && seen.size() > most_)) {
      return false;
    }
    CROSSBILL_TRY(const Standing* const standing, StandingOf(next));
    std::vector<std::string> ties = {OwnTie(next)};
    if (standing != nullptr) {
      ties.insert(ties.end(), standing->ties.begin(), standing->ties.end());
    }
    for (const std::string& tie : ties) {
      if (!ties_seen.insert(tie).second) {
        continue;
      }
      CROSSBILL_TRY(std::vector<std::string> tied, Tied(tie, level));
      for (std::string& other : tied) {
        if (seen.insert(other).second) {
          open.push_back(std::move(other));
        }
      }
    }
  }
  return true;
}

// Known without a search: this one saw it before, or it was so when the record's part was found, and since
// then nothing was loosened.
Result<bool> PartSearch::IsAmongTooMany(const std::string& record, int level) {
  if (too_many_[static_cast<std::size_t>(level)].contains(record)) {
    return true;
  }
  if ((loosened_ >> level & 1) != 0) {
    return false;
  }
  CROSSBILL_TRY(const Standing* const standing, StandingOf(record));
  return standing != nullptr && standing->level > level;
}

Result<std::vector<std::string>> PartSearch::Tied(const std::string& tie, int level) {
  if (IsDecided(tie)) {
    return store_.Decided(tie);
  }
  const std::size_t limit = kTieLimits[static_cast<std::size_t>(level)];
  CROSSBILL_TRY(std::vector<std::string> tied, store_.WithTie(tie, limit + 1));
  if (tied.size() > limit) {
    tied.clear();
  }
  return tied;
}

}  // namespace crossbill::transforms
