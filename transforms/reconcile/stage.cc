// The stage: takes documents in, reconciles the customers that were touched when nothing more is waiting to
// be taken in, and claims what changed.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "transforms/reconcile/claims.h"
#include "transforms/reconcile/crowds.h"
#include "transforms/reconcile/customer_store.h"
#include "transforms/reconcile/outcome.h"
#include "transforms/reconcile/reconcile.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/owed_keys.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kCacheBytes = 8u << 20;  // of a partition
constexpr std::size_t kStepRecords = 4096;
constexpr std::size_t kCrowdSlice = 512;  // documents
constexpr std::string_view kMetaAsOf = "m/as_of";
constexpr std::string_view kMetaOptions = "m/options";

std::string FactsKey(std::string_view customer) { return "f" + std::string(customer); }

class ReconcileProcessor : public Processor {
 public:
  ReconcileProcessor(bus::Topics topics, ReconcileOptions options)
      : topics_(std::move(topics)),
        documents_(topics_.Reconcile()),
        options_(std::move(options)),
        store_(kCacheBytes),
        crowds_(options_) {}

  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override;
  Status Flush(Context& context) override;
  bool owes() const override { return !owed_.empty(); }

 private:
  struct Pending {
    std::string value;
    bool decides = false;  // decisions without a document
    std::int64_t timestamp_ms = 0;
    Origin origin;                                             // its topic's name lives until the flush
    std::vector<std::pair<std::string, std::string>> headers;  // of a record that was put back
  };
  Status TakeIn(const std::string& customer, const std::vector<Pending>& records, Context& context);
  void Refuse(const std::string& customer, const Pending& pending, const Error& error, Context& context);
  Status MarkStale(Context& context);
  bool MayReconcile(const Context& context) const {
    return context.settles() && reconciled_ < options_.flush_documents;
  }
  Status ReconcileCustomer(const std::string& customer, Context& context);
  Status TakeInCustomers(Context& context);
  Status MakeCrowd(const std::string& customer, Context& context);
  Status SettleCrowd(const std::string& customer, Context& context);
  // Nothing where neither policies nor rules ask.
  Result<std::optional<CustomerFacts>> FactsOf(const std::string& customer, Context& context) const;
  // Something else than its documents changed: all is made anew.
  Status MakeAnew(const std::string& customer, Context& context);

  bus::Topics topics_;
  const std::string documents_;  // their topic
  ReconcileOptions options_;
  CustomerStore store_;
  Crowds crowds_;
  // What came since the last flush, by customer: a customer is loaded once a batch and one at a time, so that
  // memory does not grow with the customers that a batch touches.
  std::map<std::string, std::vector<Pending>> pending_;
  std::map<std::string, std::optional<std::string>>
      customers_;               // that came since the last flush, as identity has them
  OwedKeys owed_{"o"};          // customers to be reconciled
  std::size_t reconciled_ = 0;  // documents in this flush
  std::optional<Date> as_of_;   // of the last flush; nothing: not looked yet
  std::int64_t newest_ms_ = 0;  // of the records read; outputs carry it on, so that retention counts from it
};

Status ReconcileProcessor::Process(std::string_view topic, const bus::RecordView& record, Context& context) {
  newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
  if (topic != documents_) {
    customers_.insert_or_assign(std::string(record.key),
                                record.value ? std::optional<std::string>(*record.value) : std::nullopt);
    return Ok();
  }
  RoutedView routed;
  if (!record.value || record.key.empty() || !ReadRouted(*record.value, routed)) {
    EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode,
                   "expected a RoutedDocument under a customer's key");
    return Ok();
  }
  const auto found = pending_.try_emplace(std::string(record.key)).first;
  Pending& pending = found->second.emplace_back(
      Pending{std::string(*record.value), routed.decisions_only, record.timestamp_ms, context.origin(), {}});
  for (const bus::HeaderView& header : record.headers) {
    pending.headers.emplace_back(header.name, header.value);
  }
  return Ok();
}

// Takes in what came for a customer since the last flush. While there is no time to reconcile, without
// looking at the customer's other documents.
Status ReconcileProcessor::TakeIn(const std::string& customer, const std::vector<Pending>& records,
                                  Context& context) {
  CustomerDocuments* documents = store_.Find(customer);
  const bool decides =
      std::any_of(records.begin(), records.end(), [](const Pending& pending) { return pending.decides; });
  if (!crowds_.Has(customer) && documents == nullptr && (decides || MayReconcile(context))) {
    CROSSBILL_TRY(documents, store_.Load(context.state(), customer, options_.crowd));
    if (documents == nullptr) {
      CROSSBILL_RETURN_IF_ERROR(MakeCrowd(customer, context));
    }
  }
  const bool is_crowd = crowds_.Has(customer);
  bool changed = false;
  for (const Pending& pending : records) {
    RoutedView routed;
    CROSSBILL_CHECK(ReadRouted(pending.value, routed));  // it was read before
    if (routed.decisions_only) {
      CROSSBILL_TRY(const bool decided, is_crowd
                                            ? crowds_.Decide(context.state(), customer, routed)
                                            : store_.Decide(context.state(), customer, *documents, routed));
      changed = decided || changed;
      continue;
    }
    if (is_crowd) {
      crowds_.NoteChange(context.state(), customer, routed);
    }
    if (!routed.removed && !routed.document.empty()) {
      auto put = store_.Put(context.state(), customer, documents, routed, pending.value);
      if (put.ok()) {
        changed = *put || changed;
        continue;
      }
      if (put.error().code() != Code::kEventDecode) {
        return put.error();
      }
      Refuse(customer, pending, put.error(), context);
      // An older version does not stand in for a newer one that cannot be read: what counts must not depend
      // on whether it came before.
    }
    changed = store_.Remove(context.state(), customer, documents, routed) || changed;
  }
  if (!changed || owed_.Has(customer)) {
    return Ok();
  }
  owed_.Add(customer);
  if (documents == nullptr) {
    CROSSBILL_RETURN_IF_ERROR(CustomerStore::MakeKnown(context.state(), customer));
  }
  return Ok();
}

void ReconcileProcessor::Refuse(const std::string& customer, const Pending& pending, const Error& error,
                                Context& context) {
  bus::RecordView record;
  record.key = customer;
  record.value = pending.value;
  record.timestamp_ms = pending.timestamp_ms;
  std::vector<bus::HeaderView> headers;
  for (const auto& [name, value] : pending.headers) {
    headers.push_back({name, value});
  }
  record.headers = headers;
  EmitDeadLetter(context, topics_.DeadLetters(), record, pending.origin, error.code(), error.message());
}

// Customers whose outcome may have changed without a document: other options, or another date.
Status ReconcileProcessor::MarkStale(Context& context) {
  bus::StateStore& state = context.state();
  if (as_of_ == context.as_of()) {
    return Ok();
  }
  if (!as_of_) {
    CROSSBILL_RETURN_IF_ERROR(owed_.Resume(state));
    CROSSBILL_RETURN_IF_ERROR(crowds_.Resume(state));
  }
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get(kMetaAsOf));
  CROSSBILL_TRY(const std::optional<std::string> options, state.Get(kMetaOptions));
  const std::string options_now = FingerprintOf(options_).ToHex();
  std::optional<Date> before;
  if (stored) {
    if (auto parsed = Date::Parse(*stored); parsed.ok()) {
      before = *parsed;
    }
  }
  const bool all = stored && (!before || options != options_now || context.as_of() < *before);
  if (all) {
    CROSSBILL_TRY(const std::vector<std::string> customers, CustomerStore::AllCustomers(state));
    for (const std::string& customer : customers) {
      CROSSBILL_RETURN_IF_ERROR(MakeAnew(customer, context));
    }
  } else if (before && *before < context.as_of()) {
    CROSSBILL_TRY(const std::vector<std::string> due, CustomerStore::DueUntil(state, context.as_of()));
    for (const std::string_view whose : due) {  // a customer; or a crowd, \0 and a part
      const std::string_view customer = whose.substr(0, whose.find('\0'));
      if (customer.size() < whose.size()) {
        crowds_.MakePartAnew(state, customer, whose.substr(customer.size() + 1));
      }
      owed_.Add(customer);
    }
  }
  if (before != context.as_of()) {
    state.Put(kMetaAsOf, context.as_of().ToString());
  }
  if (options != options_now) {
    state.Put(kMetaOptions, options_now);
  }
  as_of_ = context.as_of();
  return Ok();
}

Status ReconcileProcessor::MakeAnew(const std::string& customer, Context& context) {
  owed_.Add(customer);
  return crowds_.Has(customer) ? crowds_.MakeAnew(context.state(), customer) : Ok();
}

Status ReconcileProcessor::Flush(Context& context) {
  reconciled_ = 0;
  CROSSBILL_RETURN_IF_ERROR(MarkStale(context));
  CROSSBILL_RETURN_IF_ERROR(TakeInCustomers(context));
  for (const auto& [customer, records] : pending_) {
    CROSSBILL_RETURN_IF_ERROR(TakeIn(customer, records, context));
    if (MayReconcile(context) && owed_.Has(customer)) {
      CROSSBILL_RETURN_IF_ERROR(ReconcileCustomer(customer, context));
    }
    store_.Trim();
  }
  pending_.clear();
  while (!owed_.empty() && MayReconcile(context)) {
    CROSSBILL_RETURN_IF_ERROR(ReconcileCustomer(owed_.Next(), context));
    store_.Trim();
  }
  owed_.Store(context.state());
  return Ok();
}

// Who a customer is may change what its policies and rules say.
Status ReconcileProcessor::TakeInCustomers(Context& context) {
  bus::StateStore& state = context.state();
  for (const auto& [name, value] : customers_) {
    const std::string key = FactsKey(name);
    CROSSBILL_TRY(const std::optional<std::string> before, state.Get(key));
    if (before == value) {
      continue;
    }
    if (value) {
      state.Put(key, *value);
    } else {
      state.Delete(key);
    }
    CROSSBILL_TRY(const bool has_documents, CustomerStore::IsKnown(state, name));
    if (has_documents) {
      CROSSBILL_RETURN_IF_ERROR(MakeAnew(name, context));
    }
  }
  customers_.clear();
  return Ok();
}

Result<std::optional<CustomerFacts>> ReconcileProcessor::FactsOf(const std::string& customer,
                                                                 Context& context) const {
  if (!options_.NeedsCustomers()) {
    return std::optional<CustomerFacts>();
  }
  CROSSBILL_TRY(const std::optional<std::string> stored, context.state().Get(FactsKey(customer)));
  if (!stored) {
    return std::optional<CustomerFacts>();
  }
  CROSSBILL_TRY(CustomerFacts facts, ReadCustomerFacts(*stored));
  return std::optional(std::move(facts));
}

Status ReconcileProcessor::ReconcileCustomer(const std::string& customer, Context& context) {
  if (crowds_.Has(customer)) {
    return SettleCrowd(customer, context);
  }
  CROSSBILL_TRY(CustomerDocuments* const documents, store_.Load(context.state(), customer, options_.crowd));
  const std::vector<const SourceDocument*> current =
      documents != nullptr ? documents->Current() : std::vector<const SourceDocument*>();
  if (documents == nullptr || current.size() > options_.crowd) {
    CROSSBILL_RETURN_IF_ERROR(MakeCrowd(customer, context));
    return SettleCrowd(customer, context);
  }
  CROSSBILL_TRY(const std::optional<CustomerFacts> facts, FactsOf(customer, context));
  const Outcome outcome =
      ReconcileDocuments(current, customer, options_, context.as_of(), facts ? &*facts : nullptr);
  ClaimChanges changes = CompareClaims(documents->claims, {&outcome, 1});
  Claimer(topics_, customer, newest_ms_, context).Emit(changes);
  for (const ClaimChanges::GivenUp& gone : changes.given_up) {
    store_.DropClaim(context.state(), customer, *documents, gone.name);
  }
  for (ClaimChanges::Found& found : changes.found) {
    store_.SetClaim(context.state(), customer, *documents, found.name(), std::move(found.claimed));
  }
  store_.SetNextDue(context.state(), customer, *documents, outcome.next_due());
  owed_.Done(context.state(), customer);
  reconciled_ += std::max<std::size_t>(current.size(), 1);
  return Ok();
}

Status ReconcileProcessor::MakeCrowd(const std::string& customer, Context& context) {
  owed_.Add(customer);
  store_.Forget(customer);
  return crowds_.Enter(context.state(), customer);
}

// A slice of what there is to do for it: others wait as well.
Status ReconcileProcessor::SettleCrowd(const std::string& customer, Context& context) {
  CROSSBILL_TRY(const std::optional<CustomerFacts> facts, FactsOf(customer, context));
  const PartTerms terms{customer, options_, context.as_of(), facts ? &*facts : nullptr};
  const Claimer claimer(topics_, customer, newest_ms_, context);
  CROSSBILL_TRY(
      const Crowds::Progress progress,
      crowds_.Settle(context.state(), terms, std::min(kCrowdSlice, options_.flush_documents), claimer));
  reconciled_ += std::max<std::size_t>(progress.documents, 1);
  if (progress.done) {
    owed_.Done(context.state(), customer);
  }
  return Ok();
}

}  // namespace

bool ReconcileOptions::NeedsCustomers() const {
  return std::any_of(policies.begin(), policies.end(),
                     [](const Policy& policy) { return policy.NeedsCustomer(); }) ||
         std::any_of(rules.begin(), rules.end(), [](const auto& rule) { return rule->needs_customer; });
}

Stage ReconcileStage(const bus::Topics& topics, const ReconcileOptions& options) {
  Stage stage;
  stage.name = "reconcile";
  stage.step_records = kStepRecords;
  stage.inputs = {topics.Reconcile()};
  if (options.NeedsCustomers()) {
    stage.inputs.push_back(topics.Unified("customer"));  // partitioned by the same key
  }
  stage.make = [topics, options](std::int32_t) {
    return std::make_unique<ReconcileProcessor>(topics, options);
  };
  return stage;
}

}  // namespace crossbill::transforms
