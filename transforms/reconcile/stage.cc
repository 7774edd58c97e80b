// The stage: takes documents in, reconciles the customers that were touched when nothing more is waiting to
// be taken in, and claims what changed.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "transforms/reconcile/customer_store.h"
#include "transforms/reconcile/outcome.h"
#include "transforms/reconcile/reconcile.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/owed_keys.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kCacheBytes = 8u << 20;  // of a partition
constexpr std::size_t kStepRecords = 4096;
constexpr std::string_view kMetaAsOf = "m/as_of";
constexpr std::string_view kMetaOptions = "m/options";

std::string FactsKey(std::string_view customer) { return "f" + std::string(customer); }

class ReconcileProcessor : public Processor {
 public:
  ReconcileProcessor(bus::Topics topics, ReconcileOptions options)
      : topics_(std::move(topics)),
        documents_(topics_.Reconcile()),
        options_(std::move(options)),
        store_(kCacheBytes) {}

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
  static std::string BecomesOf(const Claimed& claimed, const CustomerDocuments& documents,
                               const Outcome& outcome, std::set<std::string>& taken);
  // No value: it is given up; `settled_by` is what settled an exception, or its new name, or empty.
  void Claim(const std::string& customer, const std::string& name, const std::string* value,
             std::string_view settled_by, Context& context);
  std::string TopicOf(std::string_view name) const;

  bus::Topics topics_;
  const std::string documents_;  // their topic
  ReconcileOptions options_;
  CustomerStore store_;
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
  if (documents == nullptr && (decides || MayReconcile(context))) {
    CROSSBILL_TRY(documents, store_.Load(context.state(), customer));
  }
  bool changed = false;
  for (const Pending& pending : records) {
    RoutedView routed;
    CROSSBILL_CHECK(ReadRouted(pending.value, routed));  // it was read before
    if (routed.decisions_only) {
      CROSSBILL_TRY(const bool decided, store_.Decide(context.state(), customer, *documents, routed));
      changed = decided || changed;
      continue;
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
  std::vector<std::string> stale;
  if (all) {
    CROSSBILL_TRY(stale, CustomerStore::AllCustomers(state));
  } else if (before && *before < context.as_of()) {
    CROSSBILL_TRY(stale, CustomerStore::DueUntil(state, context.as_of()));
  }
  for (const std::string& customer : stale) {
    owed_.Add(customer);
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
      owed_.Add(name);
    }
  }
  customers_.clear();
  return Ok();
}

// What became of an exception that is not found any more: the name under which it goes on, or the document
// that settled it.
std::string ReconcileProcessor::BecomesOf(const Claimed& claimed, const CustomerDocuments& documents,
                                          const Outcome& outcome, std::set<std::string>& taken) {
  if (claimed.around.empty()) {
    return {};
  }
  for (std::string& successor : outcome.Successors(claimed.around)) {
    if (!documents.claims.contains(successor) && taken.insert(successor).second) {
      return std::move(successor);
    }
  }
  return outcome.SettledBy(claimed.around);
}

Status ReconcileProcessor::ReconcileCustomer(const std::string& customer, Context& context) {
  CROSSBILL_TRY(CustomerDocuments* const documents, store_.Load(context.state(), customer));
  const std::vector<const SourceDocument*> current = documents->Current();
  std::optional<CustomerFacts> facts;
  if (options_.NeedsCustomers()) {
    CROSSBILL_TRY(const std::optional<std::string> stored, context.state().Get(FactsKey(customer)));
    if (stored) {
      CROSSBILL_TRY(facts, ReadCustomerFacts(*stored));
    }
  }
  const Outcome outcome =
      ReconcileDocuments(current, customer, options_, context.as_of(), facts ? &*facts : nullptr);
  const std::vector<Output>& outputs = outcome.outputs();
  std::vector<std::string> gone;
  std::size_t next = 0;
  for (const auto& [name, fingerprint] : documents->claims) {  // both are sorted by name
    while (next < outputs.size() && outputs[next].name < name) {
      ++next;
    }
    if (next == outputs.size() || outputs[next].name != name) {
      gone.push_back(name);
    }
  }
  std::set<std::string> taken;  // by one that goes on under another name
  for (const std::string& name : gone) {
    Claim(customer, name, nullptr, BecomesOf(documents->claims.at(name), *documents, outcome, taken),
          context);
    store_.DropClaim(context.state(), customer, *documents, name);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto known = documents->claims.find(outputs[i].name);
    const bool same = known != documents->claims.end() && known->second.fingerprint == outputs[i].fingerprint;
    Claimed claimed{outputs[i].fingerprint, outcome.Around(i)};
    if (same && known->second == claimed) {
      continue;
    }
    if (!same) {
      const std::string value = outcome.Render(i);
      Claim(customer, outputs[i].name, &value, {}, context);
    }
    store_.SetClaim(context.state(), customer, *documents, outputs[i].name, std::move(claimed));
  }
  store_.SetNextDue(context.state(), customer, *documents, outcome.next_due());
  owed_.Done(context.state(), customer);
  reconciled_ += std::max<std::size_t>(current.size(), 1);
  return Ok();
}

std::string ReconcileProcessor::TopicOf(std::string_view name) const {
  const std::string_view plural = name.substr(0, name.find('/'));
  if (plural == "exceptions") {
    return topics_.Exceptions();
  }
  return topics_.Unified(plural.substr(0, plural.size() - 1));
}

void ReconcileProcessor::Claim(const std::string& customer, const std::string& name, const std::string* value,
                               std::string_view settled_by, Context& context) {
  // A PublishClaim.
  std::string bytes;
  AppendBytesField(bytes, 1, customer);
  AppendBytesField(bytes, 2, TopicOf(name));
  if (value != nullptr) {
    AppendBytesField(bytes, 3, *value);
  } else {
    AppendVarintField(bytes, 4, 1);
    AppendBytesField(bytes, 5, settled_by);
  }
  context.Emit(topics_.Publish(), {name, bytes, {}, newest_ms_});
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
