// binary-float (file): how much a pair counts in training
#include "runtime/labelled_pairs.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "transforms/sdk/source_event.h"

namespace crossbill::runtime {

std::vector<linkage::LabelledPair> LabelledPairs(const std::vector<v1::Decision>& decisions,
                                                 const linkage::Records& records) {
  std::unordered_map<std::string_view, linkage::RecordNumber> numbers;
  for (linkage::RecordNumber number = 0; number < records.size(); ++number) {
    numbers.emplace(records.key(number), number);
  }
  std::map<std::pair<linkage::RecordNumber, linkage::RecordNumber>, linkage::LabelledPair> newest;
  for (const v1::Decision& decision : decisions) {
    if (decision.undone()) {
      continue;
    }
    std::set<std::string> named;
    for (const v1::RecordPair& pair : decision.pairs()) {
      named.insert({transforms::RecordKey(pair.left()), transforms::RecordKey(pair.right())});
    }
    const double weight =
        std::min(1.0, static_cast<double>(named.size()) / std::max(decision.pairs_size(), 1));
    for (const v1::RecordPair& pair : decision.pairs()) {
      const auto left = numbers.find(transforms::RecordKey(pair.left()));
      const auto right = numbers.find(transforms::RecordKey(pair.right()));
      if (left != numbers.end() && right != numbers.end()) {
        newest[std::minmax(left->second, right->second)] = {
            left->second, right->second, decision.verdict() == v1::Decision::CONFIRM, weight};
      }
    }
  }
  std::vector<linkage::LabelledPair> labelled;
  for (const auto& [pair, label] : newest) {
    labelled.push_back(label);
  }
  return labelled;
}

}  // namespace crossbill::runtime
