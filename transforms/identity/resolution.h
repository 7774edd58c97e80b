// One round of identity: which customers the changed records belong to now, and what has to be told. Made for
// one Flush; see README.md.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bus/topics.h"
#include "transforms/identity/clusters.h"
#include "transforms/identity/identity.h"
#include "transforms/identity/ledger.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

class Resolution {
 public:
  // timestamp_ms: of what is told; retention of the topics counts from it.
  Resolution(const bus::Topics& topics, const IdentityOptions& options, Ledger& ledger, Context& context,
             std::int64_t timestamp_ms)
      : customers_topic_(topics.Unified("customer")),
        assignments_topic_(topics.Assignments()),
        options_(options),
        ledger_(ledger),
        context_(context),
        timestamp_ms_(timestamp_ms) {}

  // `changed`: records that are new, changed, deleted or compared otherwise than before; `parties`: party
  // keys whose records changed.
  Status Run(const std::set<std::string>& changed, std::set<std::string> parties);

 private:
  struct Group {                          // a cluster, to be a customer
    std::vector<PartyRecordPtr> records;  // in order of keys
    std::vector<Edge> links;
    std::string component;
    std::string customer;
  };
  struct OldCustomer {
    std::uint64_t owner_age = 0;  // of the oldest record that is still there; 0: none
    std::string owner;
    std::size_t group = 0;  // where the owner is now
  };

  Status Gather(const std::set<std::string>& changed);
  Status AddComponent(const PartyRecordPtr& start);
  Status Neighbours(const PartyRecord& record, std::vector<PartyRecordPtr>& found);
  void AddGroups(const std::vector<PartyRecordPtr>& component);
  void Remember(const PartyRecord& record, std::size_t group);
  Status NameGroups();
  Result<std::string> NewCustomer(const PartyRecord& first);
  Status MergeInto(const std::string& winner, const std::string& loser);
  Status SignPost(const std::string& name, const std::string& successor);
  Status Forget(const std::string& customer);
  Status Store(const Group& group);
  Status EmitCustomer(const Group& group);
  Status EmitAssignment(const std::string& party_key);
  void Emit(const std::string& topic, const std::string& key, const std::string* value);

  std::string customers_topic_;
  std::string assignments_topic_;
  const IdentityOptions& options_;
  Ledger& ledger_;
  Context& context_;
  std::int64_t timestamp_ms_;
  std::set<std::string> visited_;
  std::vector<Group> groups_;
  std::map<std::string, OldCustomer> old_;
  std::set<std::string> parties_;
};

}  // namespace crossbill::transforms
