#include "transforms/reconcile/clusters.h"

#include <algorithm>
#include <map>
#include <utility>

namespace crossbill::transforms {

Clusters::Clusters(DocumentSpan documents)
    : root_(documents.size()), next_(documents.size()), streams_(documents.size()) {
  std::map<std::pair<std::string_view, std::string_view>, int> numbers;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    root_[i] = static_cast<int>(i);
    next_[i] = static_cast<int>(i);
    const RecordRef& record = documents[i]->record;
    streams_[i] =
        numbers.try_emplace({record.system, record.stream}, static_cast<int>(numbers.size())).first->second;
  }
}

void Clusters::Unite(int a, int b, std::string_view rule, std::string evidence) {
  evidence_.push_back({std::min(a, b), std::max(a, b), rule, std::move(evidence)});
  int into = Find(a);
  int from = Find(b);
  if (into == from) {
    return;
  }
  if (from < into) {
    std::swap(into, from);
  }
  for (const int document : MembersOf(from)) {
    root_[static_cast<std::size_t>(document)] = into;
  }
  std::swap(next_[static_cast<std::size_t>(into)],
            next_[static_cast<std::size_t>(from)]);  // two rings become one
}

void Clusters::KeepApart(int a, int b) { walls_.insert(std::minmax(a, b)); }

bool Clusters::IsWall(int a, int b) const { return !walls_.empty() && walls_.contains(std::minmax(a, b)); }

bool Clusters::MayBeOne(int a, int b) const {
  if (walls_.empty()) {
    return true;
  }
  const std::vector<int> of_a = MembersOf(a), of_b = MembersOf(b);
  return std::none_of(of_a.begin(), of_a.end(), [&](int x) {
    return std::any_of(of_b.begin(), of_b.end(), [&](int y) { return IsWall(x, y); });
  });
}

std::vector<int> Clusters::MembersOf(int document) const {
  std::vector<int> members;
  int member = document;
  do {
    members.push_back(member);
    member = Next(member);
  } while (member != document);
  std::sort(members.begin(), members.end());
  return members;
}

}  // namespace crossbill::transforms
