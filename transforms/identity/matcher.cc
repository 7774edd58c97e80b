#include "transforms/identity/matcher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "transforms/identity/attested.h"

namespace crossbill::transforms {

Status Matcher::Load() {
  if (is_loaded_) {
    return Ok();
  }
  is_loaded_ = true;
  bool is_first = true;
  return index_.Fill([&](const auto& visit) {
    const bool has_outlines = !std::exchange(is_first, false);
    return visit_all_([&](const Resident& record) {
      if (!has_outlines) {
        outlines_.Put(record.number, comparer_.OutlineOf(*record.cleaned));
      }
      visit(record);
    });
  });
}

Status Matcher::Enter(const Resident& record, std::set<std::uint64_t>& touched) {
  if (record.number > BlockIndex::kMostNumber) {
    return Error(Code::kLimit,
                 "identity has given all of its 4,294,967,295 numbers: start with an empty state",
                 record.key);
  }
  touched.insert(record.number);
  Meetings meetings;
  CROSSBILL_RETURN_IF_ERROR(index_.Enter(record, meetings));
  std::vector<StoredEdge> edges;
  linkage::OwnedOutline outline = comparer_.OutlineOf(*record.cleaned);
  for (const std::uint64_t number : outlines_.MayBeKept(outline, meetings.met)) {
    CROSSBILL_TRY(const ResidentPtr other, lookup_(number));
    const Weighed weighed = comparer_.Compare(*record.cleaned, *other->cleaned);
    if (IsKept(weighed)) {
      edges.push_back({number, weighed.weight, weighed.contradicted, weighed.relation});
      touched.insert(number);
    }
  }
  outlines_.Put(record.number, std::move(outline));
  CROSSBILL_RETURN_IF_ERROR(edges_.Add(record.number, edges));
  return After(meetings, touched);
}

Status Matcher::Leave(const Resident& record, std::set<std::uint64_t>& touched) {
  touched.insert(record.number);
  outlines_.Erase(record.number);
  CROSSBILL_TRY(const std::vector<StoredEdge> edges, edges_.Take(record.number));
  for (const StoredEdge& edge : edges) {
    touched.insert(edge.other);
  }
  Meetings meetings;
  CROSSBILL_RETURN_IF_ERROR(index_.Leave(record, meetings));
  return After(meetings, touched);
}

Status Matcher::After(const Meetings& meetings, std::set<std::uint64_t>& touched) {
  for (const auto& members : meetings.widened) {
    CROSSBILL_RETURN_IF_ERROR(Widened(members, touched));
  }
  for (const auto& members : meetings.narrowed) {
    CROSSBILL_RETURN_IF_ERROR(Narrowed(members, touched));
  }
  return Ok();
}

Status Matcher::Widened(const std::vector<std::uint64_t>& members, std::set<std::uint64_t>& touched) {
  std::vector<ResidentPtr> residents;
  for (const std::uint64_t number : members) {
    CROSSBILL_TRY(ResidentPtr resident, lookup_(number));
    residents.push_back(std::move(resident));
  }
  for (std::size_t i = 0; i < residents.size(); ++i) {
    for (std::size_t j = i + 1; j < residents.size(); ++j) {
      const Weighed weighed = comparer_.Compare(*residents[i]->cleaned, *residents[j]->cleaned);
      if (!IsKept(weighed)) {
        continue;
      }
      bool changed = false;
      CROSSBILL_RETURN_IF_ERROR(edges_.Set(residents[i]->number, residents[j]->number, weighed, changed));
      if (changed) {
        touched.insert({residents[i]->number, residents[j]->number});
      }
    }
  }
  return Ok();
}

Status Matcher::Narrowed(const std::vector<std::uint64_t>& members, std::set<std::uint64_t>& touched) {
  const std::set<std::uint64_t> all(members.begin(), members.end());
  for (const std::uint64_t left : members) {
    CROSSBILL_TRY(const std::vector<StoredEdge> edges, edges_.Of(left));
    for (const StoredEdge& edge : edges) {
      if (edge.other < left || edge.documents > 0 || !all.contains(edge.other)) {
        continue;
      }
      CROSSBILL_TRY(const ResidentPtr one, lookup_(left));
      CROSSBILL_TRY(const ResidentPtr other, lookup_(edge.other));
      if (!index_.Meet(*one, *other)) {
        bool changed = false;
        CROSSBILL_RETURN_IF_ERROR(edges_.Remove(left, edge.other, changed));
        touched.insert({left, edge.other});
      }
    }
  }
  return Ok();
}

Status Matcher::Attest(const Resident& one, const Resident& other, int documents,
                       std::set<std::uint64_t>& touched) {
  CROSSBILL_TRY(const int before, edges_.DocumentsOf(one.number, other.number));
  if (before == documents) {
    return Ok();
  }
  touched.insert({one.number, other.number});
  if (documents > 0) {
    return edges_.SetAttested(one.number, other.number,
                              WeighAttested(comparer_, *one.cleaned, *other.cleaned, documents), documents);
  }
  const Weighed weighed = comparer_.Compare(*one.cleaned, *other.cleaned);
  if (IsKept(weighed) && index_.Meet(one, other)) {
    return edges_.SetAttested(one.number, other.number, weighed, 0);
  }
  bool changed = false;
  return edges_.Remove(one.number, other.number, changed);
}

Status Matcher::Clear() {
  is_loaded_ = true;
  outlines_.Clear();
  index_.Clear();
  return edges_.Clear();
}

}  // namespace crossbill::transforms
