#include "transforms/identity/resolution.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/identity/explain.h"
#include "transforms/identity/golden.h"
#include "transforms/sdk/output_event.h"
#include "transforms/sdk/routing_keys.h"

namespace crossbill::transforms {
namespace {

// Two clusters join only if their records agree with each other by this share of the threshold in the mean.
constexpr int kMeanShare = 3;

}  // namespace

Status Resolution::Run(const std::set<std::string>& changed, std::set<std::string> parties) {
  parties_ = std::move(parties);
  CROSSBILL_RETURN_IF_ERROR(Gather(changed));
  CROSSBILL_RETURN_IF_ERROR(NameGroups());
  for (const Group& group : groups_) {
    CROSSBILL_RETURN_IF_ERROR(Store(group));
  }
  for (const Group& group : groups_) {
    CROSSBILL_RETURN_IF_ERROR(EmitCustomer(group));
  }
  for (const std::string& party : parties_) {
    CROSSBILL_RETURN_IF_ERROR(EmitAssignment(party));
  }
  return Ok();
}

// All records of the components that the changed records are in or were in.
Status Resolution::Gather(const std::set<std::string>& changed) {
  std::set<std::string> seeds(changed);
  for (const std::string& key : changed) {
    CROSSBILL_TRY(const PartyRecordPtr record, ledger_.Find(key));
    if (record->component.empty()) {
      continue;
    }
    std::vector<std::string> members;
    CROSSBILL_RETURN_IF_ERROR(ledger_.ComponentMembers(record->component, members));
    seeds.insert(members.begin(), members.end());
  }
  for (const std::string& key : seeds) {
    if (visited_.contains(key)) {
      continue;
    }
    CROSSBILL_TRY(const PartyRecordPtr record, ledger_.Find(key));
    if (!record->deleted) {
      CROSSBILL_RETURN_IF_ERROR(AddComponent(record));
      continue;
    }
    if (!record->customer.empty()) {
      old_.try_emplace(record->customer);
    }
    ledger_.SetComponent(*record, {});
    PartyRecord gone = *record;
    gone.customer.clear();
    gone.component.clear();
    ledger_.Put(std::move(gone));
  }
  return Ok();
}

Status Resolution::Neighbours(const PartyRecord& record, std::vector<PartyRecordPtr>& found) {
  std::vector<std::string> keys;
  for (const std::string& block : record.features.blocks) {
    CROSSBILL_RETURN_IF_ERROR(ledger_.BlockMembers(block, keys));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const std::string& key : keys) {
    if (key == record.key) {
      continue;
    }
    CROSSBILL_TRY(PartyRecordPtr other, ledger_.Find(key));
    const Evidence evidence = Compare(record.features, other->features);
    if (!evidence.forbidden && evidence.weight >= options_.threshold) {
      found.push_back(std::move(other));
    }
  }
  return Ok();
}

Status Resolution::AddComponent(const PartyRecordPtr& start) {
  std::vector<PartyRecordPtr> component;
  std::deque<PartyRecordPtr> open = {start};
  visited_.insert(start->key);
  while (!open.empty()) {
    const PartyRecordPtr record = std::move(open.front());
    open.pop_front();
    std::vector<PartyRecordPtr> found;
    CROSSBILL_RETURN_IF_ERROR(Neighbours(*record, found));
    for (PartyRecordPtr& other : found) {
      if (visited_.insert(other->key).second) {
        open.push_back(std::move(other));
      }
    }
    component.push_back(record);
  }
  std::sort(component.begin(), component.end(), [](const auto& a, const auto& b) { return a->key < b->key; });
  AddGroups(component);
  return Ok();
}

void Resolution::AddGroups(const std::vector<PartyRecordPtr>& component) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < component.size(); ++i) {
    for (std::size_t j = i + 1; j < component.size(); ++j) {
      const Evidence evidence = Compare(component[i]->features, component[j]->features);
      if (!evidence.forbidden && evidence.weight >= options_.threshold) {
        edges.push_back({i, j, evidence.weight});
      }
    }
  }
  const auto compare = [&](std::size_t i, std::size_t j) {
    return Compare(component[i]->features, component[j]->features);
  };
  for (const Cluster& cluster :
       Agglomerate(component.size(), std::move(edges), options_.threshold / kMeanShare, compare)) {
    Group group;
    group.component = component.front()->key;
    for (const std::size_t member : cluster.members) {
      group.records.push_back(component[member]);
      Remember(*component[member], groups_.size());
    }
    // Numbered within the group.
    for (Edge edge : cluster.links) {
      const auto place = [&](std::size_t member) {
        return static_cast<std::size_t>(
            std::lower_bound(cluster.members.begin(), cluster.members.end(), member) -
            cluster.members.begin());
      };
      group.links.push_back({place(edge.left), place(edge.right), edge.weight});
    }
    groups_.push_back(std::move(group));
  }
}

void Resolution::Remember(const PartyRecord& record, std::size_t group) {
  if (record.customer.empty()) {
    return;
  }
  OldCustomer& old = old_[record.customer];
  if (old.owner_age != 0 && old.owner_age <= record.age) {
    return;
  }
  old.owner_age = record.age;
  old.owner = record.key;
  old.group = group;
}

// A customer's name goes where its oldest record goes; of several names that come together the oldest stays.
Status Resolution::NameGroups() {
  std::map<std::size_t, std::vector<std::pair<std::uint64_t, std::string>>> claims;
  for (const auto& [name, old] : old_) {
    if (old.owner_age == 0) {
      CROSSBILL_RETURN_IF_ERROR(Forget(name));
      continue;
    }
    CROSSBILL_TRY(const auto entry, ledger_.FindCustomer(name));
    claims[old.group].emplace_back(entry ? entry->age : 0, name);
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> nameless;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const auto claim = claims.find(i);
    if (claim == claims.end()) {
      std::uint64_t age = groups_[i].records.front()->age;
      for (const PartyRecordPtr& record : groups_[i].records) {
        age = std::min(age, record->age);
      }
      nameless.emplace_back(age, i);
      continue;
    }
    std::sort(claim->second.begin(), claim->second.end());
    groups_[i].customer = claim->second.front().second;
    for (std::size_t n = 1; n < claim->second.size(); ++n) {
      CROSSBILL_RETURN_IF_ERROR(MergeInto(groups_[i].customer, claim->second[n].second));
    }
  }
  std::sort(nameless.begin(), nameless.end());
  for (const auto& [age, i] : nameless) {
    const auto first = std::find_if(groups_[i].records.begin(), groups_[i].records.end(),
                                    [&](const auto& record) { return record->age == age; });
    CROSSBILL_TRY(groups_[i].customer, NewCustomer(**first));
  }
  return Ok();
}

Result<std::string> Resolution::NewCustomer(const PartyRecord& first) {
  const v1::SourceRef& source = first.party.source();
  for (int counter = 0;; ++counter) {
    const std::string text = counter == 0 ? std::string() : std::to_string(counter);
    std::string name =
        "customers/" + ShortId(Hash128Of({source.system(), source.stream(), source.key(), text}));
    CROSSBILL_TRY(const auto taken, ledger_.FindCustomer(name));
    if (taken) {
      continue;
    }
    CustomerEntry entry;
    CROSSBILL_TRY(entry.age, ledger_.NextNumber());
    ledger_.PutCustomer(name, entry);
    return name;
  }
}

Status Resolution::MergeInto(const std::string& winner, const std::string& loser) {
  CROSSBILL_TRY(auto to, ledger_.FindCustomer(winner));
  CROSSBILL_TRY(auto from, ledger_.FindCustomer(loser));
  if (!to || !from) {
    return Error(Code::kBusCorrupt, "a customer is missing in the state of identity", winner + " " + loser);
  }
  to->previous_names.push_back(loser);
  CROSSBILL_RETURN_IF_ERROR(SignPost(loser, winner));
  for (const std::string& previous : from->previous_names) {
    to->previous_names.push_back(previous);
    CROSSBILL_RETURN_IF_ERROR(SignPost(previous, winner));
  }
  ledger_.PutCustomer(winner, *to);
  return Ok();
}

Status Resolution::SignPost(const std::string& name, const std::string& successor) {
  CROSSBILL_TRY(const auto entry, ledger_.FindCustomer(name));
  CustomerEntry post;
  post.age = entry ? entry->age : 0;
  post.merged_into = successor;
  ledger_.PutCustomer(name, post);
  v1::Customer customer;
  customer.set_name(name);
  customer.set_merged_into(successor);
  const std::string value = customer.SerializeAsString();
  Emit(customers_topic_, name, &value);
  return Ok();
}

// Its last record was deleted: the name and those that were merged into it lead nowhere.
Status Resolution::Forget(const std::string& customer) {
  CROSSBILL_TRY(const auto entry, ledger_.FindCustomer(customer));
  if (entry) {
    for (const std::string& previous : entry->previous_names) {
      ledger_.DeleteCustomer(previous);
      Emit(customers_topic_, previous, nullptr);
    }
  }
  ledger_.DeleteCustomer(customer);
  Emit(customers_topic_, customer, nullptr);
  return Ok();
}

Status Resolution::Store(const Group& group) {
  for (const PartyRecordPtr& record : group.records) {
    if (record->customer == group.customer && record->component == group.component) {
      continue;
    }
    if (record->customer != group.customer) {
      parties_.insert(PartyKey(record->party.source().system(), record->party.id()));
    }
    ledger_.SetComponent(*record, group.component);
    PartyRecord changed = *record;
    changed.customer = group.customer;
    changed.component = group.component;
    ledger_.Put(std::move(changed));
  }
  return Ok();
}

Status Resolution::EmitCustomer(const Group& group) {
  CROSSBILL_TRY(auto entry, ledger_.FindCustomer(group.customer));
  if (!entry) {
    return Error(Code::kBusCorrupt, "a customer is missing in the state of identity", group.customer);
  }
  v1::Customer customer;
  customer.set_name(group.customer);
  std::vector<const v1::Party*> parties;
  for (const PartyRecordPtr& record : group.records) {
    parties.push_back(&record->party);
  }
  MakeGolden(parties, options_.authority, customer);
  for (const Edge& edge : group.links) {
    ExplainLink(*group.records[edge.left], *group.records[edge.right], *customer.add_links());
  }
  for (const std::string& name : entry->previous_names) {
    customer.add_previous_names(name);
  }
  const std::string value = customer.SerializeAsString();
  const Hash128 content = Hash128Of(value);
  if (content == entry->content) {
    return Ok();
  }
  entry->content = content;
  ledger_.PutCustomer(group.customer, *entry);
  Emit(customers_topic_, group.customer, &value);
  return Ok();
}

// Of several records with the same system and party id, the one with the smallest key says whose documents
// these are.
Status Resolution::EmitAssignment(const std::string& party_key) {
  CROSSBILL_TRY(const std::string first, ledger_.FirstOfParty(party_key));
  std::string customer;
  if (!first.empty()) {
    CROSSBILL_TRY(const PartyRecordPtr record, ledger_.Find(first));
    customer = record->customer;
  }
  CROSSBILL_TRY(const std::string assigned, ledger_.AssignedTo(party_key));
  if (assigned == customer) {
    return Ok();
  }
  ledger_.SetAssigned(party_key, customer);
  v1::Assignment assignment;
  assignment.set_customer(customer);
  const std::string value = assignment.SerializeAsString();
  Emit(assignments_topic_, party_key, customer.empty() ? nullptr : &value);
  return Ok();
}

void Resolution::Emit(const std::string& topic, const std::string& key, const std::string* value) {
  const std::string_view message =
      topic == customers_topic_ ? "crossbill.v1.Customer" : "crossbill.v1.Assignment";
  const std::optional<std::string_view> bytes =
      value != nullptr ? std::optional<std::string_view>(*value) : std::nullopt;
  EmitOutput(context_, {topic, key, bytes, message, "crossbill/identity", timestamp_ms_});
}

}  // namespace crossbill::transforms
