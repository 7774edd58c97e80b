#include "transforms/identity/resolution.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crossbill/v1/internal.pb.h"
#include "transforms/identity/attested.h"
#include "transforms/identity/golden.h"
#include "transforms/sdk/output_event.h"
#include "transforms/sdk/prefetch.h"
#include "transforms/sdk/routing_keys.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {
namespace {

constexpr int kMostRelations = 100;  // that a customer tells

void SetSource(const SourceKey& key, v1::SourceRef& source) {
  source.set_system(std::string(key.system));
  source.set_stream(std::string(key.stream));
  source.set_key(std::string(key.key));
}

}  // namespace

Status Resolution::Run(const std::set<std::uint64_t>& changed, std::set<std::string> parties) {
  parties_ = std::move(parties);
  CROSSBILL_RETURN_IF_ERROR(Gather(changed));
  CROSSBILL_RETURN_IF_ERROR(NameGroups());
  for (const Group& group : groups_) {
    CROSSBILL_RETURN_IF_ERROR(Store(group));
  }
  CROSSBILL_RETURN_IF_ERROR(EmitMoves());
  std::vector<v1::Customer> drafts(groups_.size());
  CallForEach(options_.for_each_part, groups_.size(),
              [&](std::size_t i) { drafts[i] = DraftOf(groups_[i]); });
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    CROSSBILL_RETURN_IF_ERROR(EmitCustomer(groups_[i], std::move(drafts[i])));
    CROSSBILL_RETURN_IF_ERROR(EmitReviews(groups_[i]));
  }
  for (const std::uint64_t number : gone_) {
    CROSSBILL_RETURN_IF_ERROR(
        AskAbout({std::make_shared<Resident>(Resident{number, "", nullptr}), {}, {}}, ""));
  }
  for (const std::string& party : parties_) {
    CROSSBILL_RETURN_IF_ERROR(EmitAssignment(party));
  }
  return Ok();
}

// All records of the components that the changed records are in, or were in: whose pair went is among the
// changed ones.
Status Resolution::Gather(const std::set<std::uint64_t>& changed) {
  return VisitPrefetched(
      changed, context_.state(),
      [](std::uint64_t number, std::vector<std::string>& keys) {
        Ledger::AddKeysOf(number, keys);
        Edges::AddKeysOf(number, keys);
      },
      [&](std::uint64_t number) { return GatherOne(number); });
}

Status Resolution::GatherOne(std::uint64_t number) {
  CROSSBILL_TRY(const bool there, state_.ledger.IsThere(number));
  if (there) {
    return visited_.contains(number) ? Ok() : AddComponent(number);
  }
  CROSSBILL_TRY(const std::string customer, state_.ledger.CustomerOf(number));
  if (!customer.empty()) {
    old_.try_emplace(customer);
    state_.ledger.SetCustomer(number, {});
  }
  gone_.push_back(number);
  return Ok();
}

Result<Member> Resolution::MemberOf(std::uint64_t number) {
  Member member;
  CROSSBILL_TRY(member.record, state_.ledger.Find(number));
  CROSSBILL_TRY(member.edges, state_.matcher.EdgesOf(number));
  CROSSBILL_TRY(member.verdicts, state_.decisions.Of(member.record->key));
  return member;
}

Status Resolution::AddComponent(std::uint64_t start) {
  std::vector<Member> component;
  std::vector<std::uint64_t> open = {start};
  visited_.insert(start);
  while (!open.empty()) {
    const std::uint64_t number = open.back();
    open.pop_back();
    CROSSBILL_TRY(Member member, MemberOf(number));
    CROSSBILL_RETURN_IF_ERROR(AddConnected(member, open));
    component.push_back(std::move(member));
  }
  std::sort(component.begin(), component.end(),
            [](const Member& a, const Member& b) { return a.record->key < b.record->key; });
  return AddGroups(std::move(component));
}

Status Resolution::AddConnected(const Member& member, std::vector<std::uint64_t>& open) {
  for (const StoredEdge& edge : member.edges) {
    if (edge.weight >= state_.comparer.rules().connect && !edge.contradicted &&
        visited_.insert(edge.other).second) {
      open.push_back(edge.other);
    }
  }
  for (const Verdict& verdict : member.verdicts) {
    if (!verdict.confirmed) {
      continue;
    }
    CROSSBILL_TRY(const auto other, state_.ledger.NumberOf(verdict.other));
    if (!other) {
      continue;
    }
    CROSSBILL_TRY(const bool there, state_.ledger.IsThere(*other));
    if (there && visited_.insert(*other).second) {
      open.push_back(*other);
    }
  }
  return Ok();
}

Status Resolution::AddGroups(std::vector<Member> component) {
  FoundClusters found = FindClusters(state_.comparer, component);
  for (FoundCluster& cluster : found.clusters) {
    Group group;
    group.crowded = found.crowded;
    for (const std::size_t place : cluster.members) {
      const std::uint64_t number = component[place].record->number;
      CROSSBILL_TRY(PartyRecord record, state_.ledger.Record(number));
      CROSSBILL_RETURN_IF_ERROR(Remember(number, groups_.size()));
      group.records.push_back(std::move(record));
      group.members.push_back(std::move(component[place]));
    }
    group.links = std::move(cluster.links);
    group.steps = std::move(cluster.steps);
    groups_.push_back(std::move(group));
  }
  return Ok();
}

Status Resolution::Remember(std::uint64_t number, std::size_t group) {
  CROSSBILL_TRY(const std::string customer, state_.ledger.CustomerOf(number));
  if (customer.empty()) {
    return Ok();
  }
  OldCustomer& old = old_[customer];
  if (old.owner_age == 0 || number < old.owner_age) {
    old.owner_age = number;
    old.group = group;
  }
  return Ok();
}

// A customer's name goes where its oldest record goes; of several names that come together the oldest stays.
Status Resolution::NameGroups() {
  std::map<std::size_t, std::vector<std::pair<std::uint64_t, std::string>>> claims;
  for (const auto& [name, old] : old_) {
    if (old.owner_age == 0) {
      CROSSBILL_RETURN_IF_ERROR(Forget(name));
      continue;
    }
    CROSSBILL_TRY(const auto entry, state_.ledger.FindCustomer(name));
    claims[old.group].emplace_back(entry ? entry->age : 0, name);
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> nameless;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const auto claim = claims.find(i);
    if (claim == claims.end()) {
      std::uint64_t age = groups_[i].records.front().number;
      for (const PartyRecord& record : groups_[i].records) {
        age = std::min(age, record.number);
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
                                    [&](const auto& record) { return record.number == age; });
    CROSSBILL_TRY(groups_[i].customer, NewCustomer(*first));
  }
  return Ok();
}

Result<std::string> Resolution::NewCustomer(const PartyRecord& first) {
  const v1::SourceRef& source = first.party.source();
  for (int counter = 0;; ++counter) {
    const std::string text = counter == 0 ? std::string() : std::to_string(counter);
    std::string name =
        "customers/" + ShortId(Hash128Of({source.system(), source.stream(), source.key(), text}));
    CROSSBILL_TRY(const auto taken, state_.ledger.FindCustomer(name));
    if (taken) {
      continue;
    }
    CustomerEntry entry;
    CROSSBILL_TRY(entry.age, state_.ledger.NextNumber());
    state_.ledger.PutCustomer(name, entry);
    new_.insert(name);
    return name;
  }
}

Status Resolution::MergeInto(const std::string& winner, const std::string& loser) {
  CROSSBILL_TRY(auto to, state_.ledger.FindCustomer(winner));
  CROSSBILL_TRY(auto from, state_.ledger.FindCustomer(loser));
  if (!to || !from) {
    return Error(Code::kBusCorrupt, "a customer is missing in the state of identity", winner + " " + loser);
  }
  merged_[loser] = winner;
  to->previous_names.push_back(loser);
  CROSSBILL_RETURN_IF_ERROR(SignPost(loser, winner));
  for (const std::string& previous : from->previous_names) {
    to->previous_names.push_back(previous);
    CROSSBILL_RETURN_IF_ERROR(SignPost(previous, winner));
  }
  state_.ledger.PutCustomer(winner, *to);
  return Ok();
}

Status Resolution::SignPost(const std::string& name, const std::string& successor) {
  CROSSBILL_TRY(const auto entry, state_.ledger.FindCustomer(name));
  CustomerEntry post;
  post.age = entry ? entry->age : 0;
  post.merged_into = successor;
  state_.ledger.PutCustomer(name, post);
  v1::Customer customer;
  customer.set_name(name);
  customer.set_merged_into(successor);
  Emit(topics_.Unified("customer"), "crossbill.v1.Customer", name, &customer);
  return Ok();
}

// Its last record was deleted: the name and those that were merged into it lead nowhere.
Status Resolution::Forget(const std::string& customer) {
  CROSSBILL_TRY(const auto entry, state_.ledger.FindCustomer(customer));
  if (entry) {
    for (const std::string& previous : entry->previous_names) {
      state_.ledger.DeleteCustomer(previous);
      Emit(topics_.Unified("customer"), "crossbill.v1.Customer", previous, nullptr);
    }
  }
  state_.ledger.DeleteCustomer(customer);
  Emit(topics_.Unified("customer"), "crossbill.v1.Customer", customer, nullptr);
  return Ok();
}

Status Resolution::Store(const Group& group) {
  for (const PartyRecord& record : group.records) {
    CROSSBILL_TRY(const std::string before, state_.ledger.CustomerOf(record.number));
    if (before == group.customer) {
      continue;
    }
    if (!before.empty()) {
      moves_[{before, group.customer}].push_back(&record);
      moved_.insert(record.number);
    }
    parties_.insert(PartyKey(record.party.source().system(), record.party.id()));
    state_.ledger.SetCustomer(record.number, group.customer);
  }
  return Ok();
}

Status Resolution::EmitMoves() {
  const auto tell = [&](v1::IdentityEvent event) -> Status {
    CROSSBILL_TRY(const std::uint64_t number, state_.ledger.NextNumber());
    event.set_number(static_cast<std::int64_t>(number));
    Emit(topics_.IdentityEvents(), "crossbill.v1.IdentityEvent", event.from(), &event);
    return Ok();
  };
  for (const auto& [customers, records] : moves_) {
    const auto& [from, to] = customers;
    const auto merged = merged_.find(from);
    v1::IdentityEvent event;
    event.set_kind(merged != merged_.end() && merged->second == to ? v1::IdentityEvent::MERGED
                   : new_.contains(to)                             ? v1::IdentityEvent::SPLIT
                                                                   : v1::IdentityEvent::MOVED);
    event.set_from(from);
    event.set_to(to);
    for (const PartyRecord* record : records) {
      *event.add_records() = record->party.source();
    }
    CROSSBILL_RETURN_IF_ERROR(tell(std::move(event)));
  }
  for (const Group& group : groups_) {
    if (group.crowded) {
      v1::IdentityEvent event;
      event.set_kind(v1::IdentityEvent::CROWDED);
      event.set_from(group.customer);
      CROSSBILL_RETURN_IF_ERROR(tell(std::move(event)));
    }
  }
  return Ok();
}

Result<std::set<std::uint64_t>> Resolution::Affected() {
  std::set<std::uint64_t> affected;
  for (const std::uint64_t number : moved_) {
    CROSSBILL_TRY(const std::vector<StoredEdge> edges, state_.matcher.EdgesOf(number));
    for (const StoredEdge& edge : edges) {
      if (edge.relation >= 0 && !visited_.contains(edge.other)) {
        affected.insert(edge.other);
      }
    }
  }
  return affected;
}

// Of each relation to another customer the pair that says so the most clearly.
Status Resolution::AddRelations(const Group& group, v1::Customer& customer) {
  struct Found {
    int weight = 0;
    int documents = 0;
    ResidentPtr left, right;
  };
  std::map<std::pair<int, std::string>, Found> best;
  for (const Member& member : group.members) {
    for (const StoredEdge& edge : member.edges) {
      if (edge.relation < 0) {
        continue;
      }
      CROSSBILL_TRY(const std::string other, state_.ledger.CustomerOf(edge.other));
      if (other.empty() || other == group.customer) {
        continue;
      }
      CROSSBILL_TRY(const ResidentPtr right, state_.ledger.Find(edge.other));
      Found& found = best[{edge.relation, other}];
      const auto place = [](const Resident& a, const Resident& b) { return std::tie(a.key, b.key); };
      if (found.left == nullptr || edge.weight > found.weight ||
          (edge.weight == found.weight && place(*member.record, *right) < place(*found.left, *found.right))) {
        found = {edge.weight, edge.documents, member.record, right};
      }
    }
  }
  for (const auto& [relation, found] : best) {
    if (customer.relations_size() == kMostRelations) {
      break;
    }
    v1::Relation& told = *customer.add_relations();
    told.set_kind(std::string(state_.comparer.NameOfRelation(relation.first)));
    told.set_customer(relation.second);
    SourceKey left, right;
    if (SplitSourceKey(found.left->key, left) && SplitSourceKey(found.right->key, right)) {
      SetSource(left, *told.mutable_link()->mutable_left());
      SetSource(right, *told.mutable_link()->mutable_right());
    }
    FillEvidence(state_.comparer, *found.left->cleaned, *found.right->cleaned, found.documents,
                 *told.mutable_link());
  }
  return Ok();
}

v1::RecordLink Resolution::LinkOf(const Group& group, const Link& link) const {
  v1::RecordLink told;
  *told.mutable_left() = group.records[link.left].party.source();
  *told.mutable_right() = group.records[link.right].party.source();
  told.set_weight(link.weight);
  if (!link.decision.empty()) {
    told.set_rule("decision");
    told.set_decision(link.decision);
    return told;
  }
  const Member& left = group.members[link.left];
  const Member& right = group.members[link.right];
  const auto edge = std::find_if(left.edges.begin(), left.edges.end(),
                                 [&](const StoredEdge& one) { return one.other == right.record->number; });
  FillEvidence(state_.comparer, *left.record->cleaned, *right.record->cleaned,
               edge == left.edges.end() ? 0 : edge->documents, told);
  return told;
}

// What of a customer needs no look at the state. Any thread.
v1::Customer Resolution::DraftOf(const Group& group) const {
  v1::Customer customer;
  customer.set_name(group.customer);
  std::vector<const v1::Party*> parties;
  for (const PartyRecord& record : group.records) {
    parties.push_back(&record.party);
  }
  MakeGolden(parties, options_.authority, customer);
  for (const Link& link : group.links) {
    *customer.add_links() = LinkOf(group, link);
  }
  for (std::size_t i = 0; i < group.steps.size(); ++i) {
    const linkage::Step& step = group.steps[i];
    v1::MergeStep* told = customer.add_steps();
    told->set_left(static_cast<int>(step.left));
    told->set_right(static_cast<int>(step.right));
    told->set_weight(static_cast<int>(step.weight / step.pairs));
    told->set_pairs(static_cast<int>(step.pairs));
    told->set_confirmed(!group.links[i].decision.empty());
  }
  return customer;
}

Status Resolution::EmitCustomer(const Group& group, v1::Customer customer) {
  CROSSBILL_TRY(auto entry, state_.ledger.FindCustomer(group.customer));
  if (!entry) {
    return Error(Code::kBusCorrupt, "a customer is missing in the state of identity", group.customer);
  }
  for (const std::string& name : entry->previous_names) {
    customer.add_previous_names(name);
  }
  CROSSBILL_RETURN_IF_ERROR(AddRelations(group, customer));
  const std::string value = customer.SerializeAsString();
  const Hash128 content = Hash128Of(value);
  if (content == entry->content) {
    return Ok();
  }
  entry->content = content;
  state_.ledger.PutCustomer(group.customer, *entry);
  EmitBytes(topics_.Unified("customer"), "crossbill.v1.Customer", group.customer, value);
  return Ok();
}

Status Resolution::EmitReviews(const Group& group) {
  for (const Member& member : group.members) {
    CROSSBILL_RETURN_IF_ERROR(AskAbout(member, group.customer));
  }
  return Ok();
}

// `customer`: of the record; a record that is gone has no pairs, so that its questions are taken back.
Status Resolution::AskAbout(const Member& member, const std::string& customer) {
  std::vector<Reviews::Question> questions;
  for (const StoredEdge& edge : member.edges) {
    if (edge.weight < state_.comparer.rules().review || edge.contradicted) {
      continue;
    }
    CROSSBILL_TRY(const std::string others, state_.ledger.CustomerOf(edge.other));
    CROSSBILL_TRY(const ResidentPtr other, state_.ledger.Find(edge.other));
    const bool decided = std::any_of(member.verdicts.begin(), member.verdicts.end(),
                                     [&](const Verdict& verdict) { return verdict.other == other->key; });
    if (!decided && others != customer &&
        !linkage::Contradict(member.record->cleaned->anchors, other->cleaned->anchors)) {
      CROSSBILL_TRY(Reviews::Question question,
                    QuestionOf(*member.record, customer, *other, others, edge.documents));
      questions.push_back(std::move(question));
    }
  }
  return state_.reviews.Update(
      member.record->number, questions,
      [&](std::uint64_t number) -> Result<std::string> {
        CROSSBILL_TRY(const PartyRecord record, state_.ledger.Record(number));
        return record.key;
      },
      [&](const std::string& name, const v1::Review* review) {
        Emit(topics_.Reviews(), "crossbill.v1.Review", name, review);
      });
}

// The same one from both sides: the record with the lesser key is on the left.
Result<Reviews::Question> Resolution::QuestionOf(const Resident& record, const std::string& customer,
                                                 const Resident& other, const std::string& others,
                                                 int documents) {
  const bool first = record.key < other.key;
  const Resident& left = first ? record : other;
  const Resident& right = first ? other : record;
  CROSSBILL_TRY(const PartyRecord left_record, state_.ledger.Record(left.number));
  CROSSBILL_TRY(const PartyRecord right_record, state_.ledger.Record(right.number));
  Reviews::Question question;
  question.other = other.number;
  v1::Review& review = question.review;
  *review.mutable_link()->mutable_left() = left_record.party.source();
  *review.mutable_link()->mutable_right() = right_record.party.source();
  FillEvidence(state_.comparer, *left.cleaned, *right.cleaned, documents, *review.mutable_link());
  review.set_left_customer(first ? customer : others);
  review.set_right_customer(first ? others : customer);
  review.set_left_name(left_record.party.name());
  review.set_right_name(right_record.party.name());
  return question;
}

// Of several records with the same system and party id, the one with the smallest key says whose documents
// these are.
Status Resolution::EmitAssignment(const std::string& party_key) {
  CROSSBILL_TRY(const std::string first, state_.ledger.FirstOfParty(party_key));
  std::string customer;
  if (!first.empty()) {
    CROSSBILL_TRY(const auto number, state_.ledger.NumberOf(first));
    if (number) {
      CROSSBILL_TRY(customer, state_.ledger.CustomerOf(*number));
    }
  }
  CROSSBILL_TRY(const std::string assigned, state_.ledger.AssignedTo(party_key));
  if (assigned == customer) {
    return Ok();
  }
  state_.ledger.SetAssigned(party_key, customer);
  v1::Assignment assignment;
  assignment.set_customer(customer);
  Emit(topics_.Assignments(), "crossbill.v1.Assignment", party_key, customer.empty() ? nullptr : &assignment);
  return Ok();
}

void Resolution::Emit(const std::string& topic, std::string_view message, const std::string& key,
                      const google::protobuf::Message* value) {
  if (value == nullptr) {
    EmitBytes(topic, message, key, std::nullopt);
  } else {
    EmitBytes(topic, message, key, value->SerializeAsString());
  }
}

void Resolution::EmitBytes(const std::string& topic, std::string_view message, const std::string& key,
                           std::optional<std::string_view> value) {
  EmitOutput(context_, {topic, key, value, message, "crossbill/identity", timestamp_ms_});
}

}  // namespace crossbill::transforms
