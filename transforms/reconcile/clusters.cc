#include "transforms/reconcile/clusters.h"

#include <algorithm>
#include <map>
#include <utility>

namespace crossbill::transforms {

Clusters::Clusters(DocumentSpan documents) : root_(documents.size()), members_(documents.size()), streams_(documents.size()) {
  std::map<std::pair<std::string_view, std::string_view>, int> numbers;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    root_[i] = static_cast<int>(i);
    members_[i] = {static_cast<int>(i)};
    const RecordRef& record = documents[i]->record;
    streams_[i] = numbers.try_emplace({record.system, record.stream}, static_cast<int>(numbers.size())).first->second;
  }
}

void Clusters::Unite(int a, int b, std::string_view rule, std::string evidence) {
  evidence_.push_back({std::min(a, b), std::max(a, b), rule, std::move(evidence)});
  int into = Find(a);
  int from = Find(b);
  if (into == from) { return; }
  if (from < into) { std::swap(into, from); }
  auto& target = members_[static_cast<std::size_t>(into)];
  auto& moved = members_[static_cast<std::size_t>(from)];
  for (const int document : moved) { root_[static_cast<std::size_t>(document)] = into; }
  target.insert(target.end(), moved.begin(), moved.end());
  std::sort(target.begin(), target.end());
  moved.clear();
}

}  // namespace crossbill::transforms
