// One round of identity: which customers the changed records belong to now, and what has to be told. Made for
// one Flush; see README.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bus/topics.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/steward.pb.h"
#include "transforms/identity/clusters.h"
#include "transforms/identity/identity.h"
#include "transforms/identity/ledger.h"
#include "transforms/identity/matcher.h"
#include "transforms/identity/reviews.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// What the stage keeps. All of one thread.
struct IdentityState {
  const Comparer& comparer;
  Ledger& ledger;
  Matcher& matcher;
  Decisions& decisions;
  Reviews& reviews;
};

class Resolution {
 public:
  // timestamp_ms: of what is told; retention of the topics counts from it.
  Resolution(const bus::Topics& topics, const IdentityOptions& options, const IdentityState& state,
             Context& context, std::int64_t timestamp_ms)
      : topics_(topics), options_(options), state_(state), context_(context), timestamp_ms_(timestamp_ms) {}

  // `changed`: records that are new or gone, or whose pairs or decisions changed; `parties`: party keys whose
  // records changed.
  Status Run(const std::set<std::uint64_t>& changed, std::set<std::string> parties);
  // Afterwards: records that are related to some whose customer is another one now, and have not been looked
  // at. A round of them changes no customer.
  Result<std::set<std::uint64_t>> Affected();

 private:
  struct Group {  // a cluster, to be a customer
    std::vector<Member> members;
    std::vector<PartyRecord> records;  // of the members
    std::vector<Link> links;
    std::vector<linkage::Step> steps;
    std::string customer;
    bool crowded = false;
  };
  struct OldCustomer {
    std::uint64_t owner_age = 0;  // of the oldest record that is still there; 0: none
    std::size_t group = 0;        // where that is now
  };

  Status Gather(const std::set<std::uint64_t>& changed);
  Status GatherOne(std::uint64_t number);
  Result<Member> MemberOf(std::uint64_t number);
  Status AddComponent(std::uint64_t start);
  Status AddConnected(const Member& member, std::vector<std::uint64_t>& open);
  Status AddGroups(std::vector<Member> component);
  Status Remember(std::uint64_t number, std::size_t group);
  Status NameGroups();
  Result<std::string> NewCustomer(const PartyRecord& first);
  Status MergeInto(const std::string& winner, const std::string& loser);
  Status SignPost(const std::string& name, const std::string& successor);
  Status Forget(const std::string& customer);
  Status Store(const Group& group);
  Status EmitMoves();
  v1::Customer DraftOf(const Group& group) const;
  Status EmitCustomer(const Group& group, v1::Customer customer);
  Status AddRelations(const Group& group, v1::Customer& customer);
  v1::RecordLink LinkOf(const Group& group, const Link& link) const;
  Status EmitReviews(const Group& group);
  Status AskAbout(const Member& member, const std::string& customer);
  Result<Reviews::Question> QuestionOf(const Resident& record, const std::string& customer,
                                       const Resident& other, const std::string& others, int documents);
  Status EmitAssignment(const std::string& party_key);
  void Emit(const std::string& topic, std::string_view message, const std::string& key,
            const google::protobuf::Message* value);
  void EmitBytes(const std::string& topic, std::string_view message, const std::string& key,
                 std::optional<std::string_view> value);

  const bus::Topics& topics_;
  const IdentityOptions& options_;
  IdentityState state_;
  Context& context_;
  std::int64_t timestamp_ms_;
  std::set<std::uint64_t> visited_;
  std::vector<std::uint64_t> gone_;
  std::vector<Group> groups_;
  std::map<std::string, OldCustomer> old_;
  std::set<std::string> new_;                  // customers made in this round
  std::map<std::string, std::string> merged_;  // into which customer
  // Records that went from one customer to another.
  std::map<std::pair<std::string, std::string>, std::vector<const PartyRecord*>> moves_;
  std::set<std::string> parties_;
  std::set<std::uint64_t> moved_;  // records that have another customer than before
};

}  // namespace crossbill::transforms
