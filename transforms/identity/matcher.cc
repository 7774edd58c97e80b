#include "transforms/identity/matcher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/for_each_part.h"
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
    return residents_.visit_all([&](const Resident& record) {
      if (!has_outlines) {
        outlines_.Put(record.number, comparer_.OutlineOf(*record.cleaned));
      }
      visit(record);
    });
  });
}

// What is found out about a record on its way into the index.
struct Matcher::Entering {
  ResidentPtr record;
  Meetings meetings;
  std::vector<std::uint64_t> numbers;  // of those that it meets, who may be kept
  std::vector<ResidentPtr> others;     // their records
  std::vector<StoredEdge> edges;
};

// Records that come together meet each other as if they came one by one. That one of them makes a block too
// large, so that others meet no more, is seen to when all are in the index: it only takes pairs away.
Status Matcher::EnterAll(std::span<const ResidentPtr> records, std::set<std::uint64_t>& touched) {
  std::vector<Entering> all(records.size());
  std::vector<linkage::OwnedOutline> outlines(records.size());
  CallForEach(for_each_part_, records.size(),
              [&](std::size_t i) { outlines[i] = comparer_.OutlineOf(*records[i]->cleaned); });
  for (std::size_t i = 0; i < records.size(); ++i) {
    all[i].record = records[i];
    if (records[i]->number > BlockIndex::kMostNumber) {
      return Error(Code::kLimit,
                   "identity has given all of its 4,294,967,295 numbers: start with an empty state",
                   records[i]->key);
    }
    touched.insert(records[i]->number);
    CROSSBILL_RETURN_IF_ERROR(index_.Enter(*records[i], all[i].meetings));
    outlines_.Put(records[i]->number, std::move(outlines[i]));
  }
  CallForEach(for_each_part_, all.size(), [&](std::size_t i) {
    all[i].numbers = outlines_.MayBeKept(all[i].record->number, all[i].meetings.met);
  });
  CROSSBILL_RETURN_IF_ERROR(FindOthers(all));
  CallForEach(for_each_part_, all.size(), [&](std::size_t i) { Compare(all[i]); });
  for (const Entering& entering : all) {
    for (const StoredEdge& edge : entering.edges) {
      touched.insert(edge.other);
    }
    CROSSBILL_RETURN_IF_ERROR(edges_.Add(entering.record->number, entering.edges));
  }
  for (const Entering& entering : all) {
    CROSSBILL_RETURN_IF_ERROR(After(entering.meetings, touched));
  }
  return Ok();
}

Status Matcher::FindOthers(std::vector<Entering>& all) {
  std::vector<std::uint64_t> numbers;
  for (const Entering& entering : all) {
    numbers.insert(numbers.end(), entering.numbers.begin(), entering.numbers.end());
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  CROSSBILL_TRY(const std::vector<ResidentPtr> records, residents_.find_all(numbers));
  for (Entering& entering : all) {
    for (const std::uint64_t number : entering.numbers) {
      const auto place = std::lower_bound(numbers.begin(), numbers.end(), number) - numbers.begin();
      entering.others.push_back(records[static_cast<std::size_t>(place)]);
    }
  }
  return Ok();
}

void Matcher::Compare(Entering& entering) const {
  for (const ResidentPtr& other : entering.others) {
    const Weighed weighed = comparer_.Compare(*entering.record->cleaned, *other->cleaned);
    if (IsKept(weighed)) {
      entering.edges.push_back({other->number, weighed.weight, weighed.contradicted, weighed.relation});
    }
  }
  entering.others.clear();
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
    CROSSBILL_TRY(ResidentPtr resident, residents_.find(number));
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
      CROSSBILL_TRY(const ResidentPtr one, residents_.find(left));
      CROSSBILL_TRY(const ResidentPtr other, residents_.find(edge.other));
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
