#include "transforms/evidence/testimony.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace crossbill::transforms {
namespace {

bool Agree(const std::string& left, const std::string& right) { return !left.empty() && left == right; }
bool Differ(const std::string& left, const std::string& right) {
  return !left.empty() && !right.empty() && left != right;
}

// How much two documents of two systems say, that they are of one party.
int CountOf(const v1::NumberMention& left, const v1::NumberMention& right) {
  if (left.kind() != right.kind()) {
    return left.own() != right.own() ? 1 : 0;  // one names the other; two own numbers are alike by chance
  }
  if (Differ(left.currency(), right.currency())) {
    return 0;
  }
  if (Agree(left.net(), right.net()) || Agree(left.gross(), right.gross())) {
    return 2;
  }
  return Differ(left.net(), right.net()) || Differ(left.gross(), right.gross()) ? 0 : 1;
}

// For each system the one party whose documents are here; none where there are several.
std::map<std::string_view, std::optional<std::string_view>> PartiesOf(
    const std::vector<v1::NumberMention>& mentions) {
  std::map<std::string_view, std::optional<std::string_view>> parties;
  for (const v1::NumberMention& mention : mentions) {
    const auto [at, is_new] = parties.try_emplace(mention.source().system(), mention.party());
    if (!is_new && at->second != mention.party()) {
      at->second.reset();
    }
  }
  return parties;
}

}  // namespace

v1::PartyEvidence FindEvidence(const std::vector<v1::NumberMention>& mentions) {
  v1::PartyEvidence evidence;
  if (mentions.size() < 2 || mentions.size() > kMostAtNumber) {
    return evidence;
  }
  const auto parties = PartiesOf(mentions);
  std::map<std::pair<std::string_view, std::string_view>, int> counts;
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    for (std::size_t j = i + 1; j < mentions.size(); ++j) {
      const v1::NumberMention& left = mentions[i];
      const v1::NumberMention& right = mentions[j];
      if (left.source().system() != right.source().system() && parties.at(left.source().system()) &&
          parties.at(right.source().system())) {
        int& count = counts[std::minmax<std::string_view>(left.party(), right.party())];
        count = std::max(count, CountOf(left, right));
      }
    }
  }
  for (const auto& [pair, count] : counts) {
    if (count > 0) {
      v1::PartyEvidence::Pair& told = *evidence.add_pairs();
      told.set_left(std::string(pair.first));
      told.set_right(std::string(pair.second));
      told.set_count(count);
    }
  }
  return evidence;
}

}  // namespace crossbill::transforms
