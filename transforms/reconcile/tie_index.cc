#include "transforms/reconcile/tie_index.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace crossbill::transforms {
namespace {

constexpr std::uint32_t kAllLevels = (1u << kTieLevels) - 1;

Hash128 ContentOf(const SourceDocument& document) {
  return Hash128Of({document.content.ToHex(), document.decisions});
}

std::vector<Tie> Without(const std::vector<Tie>& ties, const std::vector<Tie>& others) {
  std::vector<Tie> left;
  std::set_difference(ties.begin(), ties.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

// The levels at which a number that so many carry ties them.
std::uint32_t LevelsOf(std::size_t carriers) {
  std::uint32_t levels = 0;
  for (int level = 0; level < kTieLevels; ++level) {
    levels |= carriers <= kTieLimits[static_cast<std::size_t>(level)] ? 1u << level : 0;
  }
  return levels;
}

}  // namespace

Status TieIndex::Take(const std::string& record) {
  CROSSBILL_TRY(const std::optional<Standing> before, store_.FindStanding(record));
  CROSSBILL_TRY(const std::optional<SourceDocument> document, store_.FindDocument(record));
  const bool was_here = before && !before->gone;
  if (!document && !was_here) {
    return Ok();
  }
  Standing now = before.value_or(Standing());
  now.gone = !document;
  now.content = document ? ContentOf(*document) : Hash128();
  now.ties = document ? TiesOf(*document) : std::vector<Tie>();
  const std::vector<Tie> known = before ? before->ties : std::vector<Tie>();
  if (document && was_here && now.content == before->content && now.ties == known) {
    return Ok();
  }
  store_.MarkPartOf(record);
  if (document.has_value() != was_here) {
    CROSSBILL_RETURN_IF_ERROR(MarkDecided(OwnTie(record)));
  }
  for (const Tie& tie : Without(known, now.ties)) {
    CROSSBILL_RETURN_IF_ERROR(Lose(tie, record));
  }
  store_.SetStanding(record, now);
  for (const Tie& tie : Without(now.ties, known)) {
    CROSSBILL_RETURN_IF_ERROR(Gain(tie, record));
  }
  head_.records += document && !was_here ? 1 : 0;
  head_.records -= !document && was_here ? 1 : 0;
  return Ok();
}

// What others that stay tied with each other may lose is the way through this record; where the number comes
// down to a limit, it ties them anew.
Status TieIndex::Lose(const Tie& tie, const std::string& record) {
  if (IsDecided(tie)) {
    CROSSBILL_RETURN_IF_ERROR(MarkDecided(tie));
    store_.DropTie(tie, record);
    return Ok();
  }
  store_.DropTie(tie, record);
  CROSSBILL_TRY(std::vector<std::string> others, store_.WithTie(tie, kTieLimits[0] + 1));
  if (others.empty()) {
    return Ok();
  }
  const std::uint32_t levels = LevelsOf(others.size());
  const std::uint32_t levels_before = LevelsOf(others.size() + 1);
  head_.loosened |= levels_before;
  if (levels == 0) {
    return Ok();
  }
  if (levels == levels_before) {
    others.resize(1);
  }
  Mark(others, record);
  return Ok();
}

// Those that are tied already stay so, and one of them stands for all; but where the number goes beyond a
// limit, they lose this tie.
Status TieIndex::Gain(const Tie& tie, const std::string& record) {
  store_.AddTie(tie, record);
  if (IsDecided(tie)) {
    return MarkDecided(tie);
  }
  CROSSBILL_TRY(std::vector<std::string> all, store_.WithTie(tie, kTieLimits[0] + 2));
  const std::uint32_t levels = LevelsOf(all.size());
  const std::uint32_t levels_before = LevelsOf(all.size() - 1);
  std::erase(all, record);
  if (levels_before == 0 || all.empty()) {
    return Ok();
  }
  head_.loosened |= levels_before & ~levels;
  if (levels == levels_before) {
    all.resize(1);
  }
  Mark(all, record);
  return Ok();
}

// Decisions are few: whom one of them touches is not looked at closer.
Status TieIndex::MarkDecided(std::string_view tie) {
  CROSSBILL_TRY(const std::vector<std::string> tied, store_.Decided(tie));
  if (!tied.empty()) {
    head_.loosened = kAllLevels;
    Mark(tied, {});
  }
  return Ok();
}

void TieIndex::Mark(const std::vector<std::string>& records, const std::string& but) {
  for (const std::string& record : records) {
    if (record != but) {
      store_.MarkPartOf(record);
    }
  }
}

}  // namespace crossbill::transforms
