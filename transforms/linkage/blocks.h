// Which records are compared: those that meet in a block that is not too large. A function of the set of
// records, whatever order they came in (docs/adr/0017). Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "transforms/linkage/model.h"
#include "transforms/linkage/records.h"

namespace crossbill::linkage {

class Blocks {
 public:
  // `most_records`: in a block, also where its rule allows more.
  Blocks(const Model& model, const Records& records, std::size_t most_records = kMostInBlock);

  std::size_t rules() const { return rules_.size(); }
  std::size_t blocks(std::size_t rule) const { return rules_[rule].ends.size(); }
  // Calls visit(left, right) with left < right for the pairs of the blocks from `first` to before `last` that
  // meet in no earlier block of the rule, nor under an earlier rule.
  template <class Visit>
  void VisitPairs(std::size_t rule, std::size_t first, std::size_t last, const Visit& visit) const {
    VisitMeetings(0, rule, first, last, visit);
  }
  // All pairs of a rule that meet under no earlier one.
  template <class Visit>
  void VisitPairs(std::size_t rule, const Visit& visit) const {
    VisitPairs(rule, 0, blocks(rule), visit);
  }
  // The pairs of a block that meet in no earlier block of the rule, also those that meet under another one.
  template <class Visit>
  void VisitBlock(std::size_t rule, std::size_t block, const Visit& visit) const {
    VisitMeetings(rule, rule, block, block + 1, visit);
  }

 private:
  struct Member {
    std::uint64_t key = 0;  // the rule's number, then bits of the hash
    RecordNumber record = 0;
  };
  struct Rule {
    std::vector<Member> members;      // by key, then by record
    std::vector<std::uint64_t> ends;  // of the blocks in `members`
  };
  static constexpr unsigned kRuleBits = 6;
  static_assert(kMostBlockingRules <= std::size_t{1} << kRuleBits);
  // Not more than any key of the rule.
  static std::uint64_t FirstKeyOf(std::size_t rule) {
    constexpr unsigned kWord = 64;
    return std::uint64_t{rule} << (kWord - kRuleBits);
  }

  // `since`: the first of the rules under which a pair must not have met before.
  template <class Visit>
  void VisitMeetings(std::size_t since, std::size_t rule, std::size_t first, std::size_t last,
                     const Visit& visit) const {
    for (std::size_t block = first; block < last; ++block) {
      const std::span<const Member> members = MembersOf(rules_[rule], block);
      for (std::size_t i = 0; i < members.size(); ++i) {
        for (std::size_t j = i + 1; j < members.size(); ++j) {
          if (FirstMeeting(FirstKeyOf(since), members[i].record, members[j].record) == members[i].key) {
            visit(members[i].record, members[j].record);
          }
        }
      }
    }
  }
  static std::span<const Member> MembersOf(const Rule& rule, std::size_t block);
  std::span<const std::uint64_t> KeysOf(RecordNumber record) const {
    return {keys_.data() + keys_ends_[record], keys_ends_[record + 1] - keys_ends_[record]};
  }
  void Fill(const BlockingRule& spec, const Records& records, std::size_t most_records, Rule& rule) const;
  void IndexByRecord(std::size_t records);
  // The first key that both have, from `since` on; 0: none.
  std::uint64_t FirstMeeting(std::uint64_t since, RecordNumber a, RecordNumber b) const;

  std::vector<Rule> rules_;
  std::vector<std::uint64_t> keys_;  // of each record those of all rules, ascending
  std::vector<std::uint64_t> keys_ends_;
};

}  // namespace crossbill::linkage
