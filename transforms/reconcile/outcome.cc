#include "transforms/reconcile/outcome.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <set>
#include <utility>

#include "crossbill/v1/unified_document.pb.h"
#include "transforms/reconcile/chain.h"
#include "transforms/reconcile/exception_trace.h"
#include "transforms/reconcile/exceptions.h"
#include "transforms/reconcile/golden.h"
#include "transforms/reconcile/near_matches.h"
#include "transforms/reconcile/same_document.h"
#include "transforms/reconcile/same_lines.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kArenaBlock = 16384;  // holds most unified documents: on the stack, not on the heap

// Parts with their lengths, so that no two lists of parts give the same bytes.
class Digest {
 public:
  Digest() { bytes_.reserve(1024); }
  void Add(std::string_view part) {
    const std::uint64_t size = part.size();
    bytes_.append(reinterpret_cast<const char*>(&size), sizeof(size));
    bytes_.append(part);
  }
  void Add(const Hash128& hash) {
    bytes_.append(reinterpret_cast<const char*>(&hash.high), sizeof(hash.high));
    bytes_.append(reinterpret_cast<const char*>(&hash.low), sizeof(hash.low));
  }
  void Add(const RecordRef& record) {
    Add(record.system);
    Add(record.stream);
    Add(record.key);
  }
  Hash128 hash() const { return Hash128Of(bytes_); }

 private:
  std::string bytes_;
};

void SetRef(const RecordRef& from, v1::SourceRef* to) {
  to->set_system(from.system);
  to->set_stream(from.stream);
  to->set_key(from.key);
}

}  // namespace

struct Outcome::Impl {
  std::string customer;
  const ReconcileOptions* options = nullptr;
  std::vector<GoldenDocument> golden;
  std::vector<std::string> exceptions;                       // serialised
  std::vector<std::vector<v1::LineAllocation>> allocations;  // by golden document
  std::vector<ExceptionTrace> about;                         // what they are about
  std::vector<Output> outputs;
  std::vector<std::pair<bool, std::size_t>> places;  // of an output: (is an exception, index)
  std::optional<Date> next_due;

  Hash128 FingerprintOfDocument(const GoldenDocument& document, const Hash128& options_hash) const;
  std::string RenderDocument(const GoldenDocument& document) const;
  void ListAllocations(const OrderBook& book);
  void ListOutputs(const std::vector<std::string>& exception_names);
  const GoldenDocument* Find(std::string_view name) const;
  // The documents that are linked with it for certain; none where it is not here.
  void AddLinked(std::string_view name, std::set<std::string_view>& into) const;
};

const GoldenDocument* Outcome::Impl::Find(std::string_view name) const {
  const auto found = std::find_if(golden.begin(), golden.end(),
                                  [&](const GoldenDocument& document) { return document.name == name; });
  return found == golden.end() ? nullptr : &*found;
}

void Outcome::Impl::AddLinked(std::string_view name, std::set<std::string_view>& into) const {
  const GoldenDocument* document = Find(name);
  if (document == nullptr) {
    return;
  }
  for (const LinkPlan& link : document->links) {
    if (!link.proposed) {
      into.insert(golden[static_cast<std::size_t>(link.document)].name);
    }
  }
}

Hash128 Outcome::Impl::FingerprintOfDocument(const GoldenDocument& document,
                                             const Hash128& options_hash) const {
  Digest digest;
  digest.Add(options_hash);
  digest.Add(customer);
  for (const SourceDocument* record : document.records) {
    digest.Add(record->record);
    digest.Add(record->content);
  }
  digest.Add(document.chain);
  for (const MatchPlan& match : document.matches) {
    digest.Add(match.left->record);
    digest.Add(match.right->record);
    digest.Add(match.rule);
    digest.Add(match.evidence);
  }
  for (const LinkPlan& link : document.links) {
    digest.Add(golden[static_cast<std::size_t>(link.document)].name);
    digest.Add(link.relation);
    digest.Add(link.evidence);
    digest.Add(std::string_view(link.proposed ? "proposed" : "booked"));
    digest.Add(link.settled ? link.settled->ToString() : std::string());
  }
  for (const NearMatch& near : document.near_matches) {
    digest.Add(golden[static_cast<std::size_t>(near.document)].name);
    digest.Add(near.evidence);
  }
  for (const v1::LineAllocation& allocation :
       allocations[static_cast<std::size_t>(&document - golden.data())]) {
    digest.Add(allocation.line());
    digest.Add(allocation.document());
    digest.Add(allocation.document_line());
    digest.Add(allocation.quantity());
  }
  digest.Add(document.open ? document.open->ToString() : std::string());
  return digest.hash();
}

std::string Outcome::Impl::RenderDocument(const GoldenDocument& document) const {
  alignas(8) char block[kArenaBlock];
  google::protobuf::ArenaOptions arena_options;
  arena_options.initial_block = block;
  arena_options.initial_block_size = sizeof(block);
  google::protobuf::Arena arena(arena_options);
  v1::UnifiedDocument& out = *google::protobuf::Arena::CreateMessage<v1::UnifiedDocument>(&arena);
  out.set_name(document.name);
  out.set_kind(document.kind);
  if (customer.starts_with("customers/")) {
    out.set_customer(customer);
  }
  for (const SourceDocument* record : document.records) {
    SetRef(record->record, out.add_records());
  }
  FillGoldenValues(document.by_authority, *options, out);
  for (const LinkPlan& plan : document.links) {
    const GoldenDocument& other = golden[static_cast<std::size_t>(plan.document)];
    v1::DocumentLink& link = *out.add_links();
    link.set_document(other.name);
    link.set_kind(other.kind);
    link.set_relation(std::string(plan.relation));
    link.set_evidence(plan.evidence);
    link.set_state(plan.proposed ? v1::DocumentLink::PROPOSED : v1::DocumentLink::BOOKED);
    if (plan.settled) {
      link.mutable_settled()->set_amount(plan.settled->ToString());
      link.mutable_settled()->set_currency(document.currency);
    }
  }
  if (document.open) {
    out.mutable_open()->set_amount(document.open->ToString());
    out.mutable_open()->set_currency(document.currency);
  }
  for (const v1::LineAllocation& allocation :
       allocations[static_cast<std::size_t>(&document - golden.data())]) {
    *out.add_allocations() = allocation;
  }
  out.set_chain(document.chain);
  for (const MatchPlan& plan : document.matches) {
    v1::SameDocument& match = *out.add_matches();
    SetRef(plan.left->record, match.mutable_left());
    SetRef(plan.right->record, match.mutable_right());
    match.set_rule(std::string(plan.rule));
    match.set_evidence(plan.evidence);
  }
  for (const NearMatch& plan : document.near_matches) {
    v1::NearMatch& near = *out.add_near_matches();
    near.set_document(golden[static_cast<std::size_t>(plan.document)].name);
    near.set_evidence(plan.evidence);
  }
  FillSameLines(document, out);
  return out.SerializeAsString();
}

// Lines are named by their numbers; where they have none, by their places.
void Outcome::Impl::ListAllocations(const OrderBook& book) {
  const auto name = [](const std::string& id, int place) {
    return id.empty() ? std::to_string(place + 1) : id;
  };
  allocations.resize(golden.size());
  for (std::size_t i = 0; i < golden.size(); ++i) {
    for (const Allocation& found : golden[i].allocations) {
      const DocumentLine& line = golden[i].lines[static_cast<std::size_t>(found.line)];
      const OrderLine& ordered = book.LinesOf(found.order)[static_cast<std::size_t>(found.order_line)];
      v1::LineAllocation& allocation = allocations[i].emplace_back();
      allocation.set_line(name(line.id, found.line));
      allocation.set_document(golden[static_cast<std::size_t>(found.order)].name);
      allocation.set_document_line(name(ordered.id, found.order_line));
      if (line.quantity) {
        allocation.set_quantity(line.quantity->ToString());
      }
    }
  }
}

void Outcome::Impl::ListOutputs(const std::vector<std::string>& exception_names) {
  const Hash128 options_hash = FingerprintOf(*options);
  std::vector<std::pair<Output, std::pair<bool, std::size_t>>> all;
  all.reserve(golden.size() + exceptions.size());
  for (std::size_t i = 0; i < golden.size(); ++i) {
    all.push_back({{golden[i].name, FingerprintOfDocument(golden[i], options_hash)}, {false, i}});
  }
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    all.push_back({{exception_names[i], Hash128Of(exceptions[i])}, {true, i}});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first.name < b.first.name; });
  for (auto& [output, place] : all) {
    outputs.push_back(std::move(output));
    places.push_back(place);
  }
}

Outcome::Outcome() : impl_(std::make_unique<Impl>()) {}
Outcome::Outcome(Outcome&&) noexcept = default;
Outcome& Outcome::operator=(Outcome&&) noexcept = default;
Outcome::~Outcome() = default;

const std::vector<Output>& Outcome::outputs() const { return impl_->outputs; }
std::optional<Date> Outcome::next_due() const { return impl_->next_due; }

std::string Outcome::Render(std::size_t output) const {
  const auto [is_exception, index] = impl_->places[output];
  return is_exception ? impl_->exceptions[index] : impl_->RenderDocument(impl_->golden[index]);
}

std::string Outcome::Around(std::size_t output) const {
  const auto [is_exception, index] = impl_->places[output];
  if (!is_exception) {
    return {};
  }
  ExceptionTrace trace = impl_->about[index];
  std::set<std::string_view> linked;
  for (const std::string& document : trace.documents) {
    impl_->AddLinked(document, linked);
  }
  trace.linked.assign(linked.begin(), linked.end());
  return Encode(trace);
}

std::string Outcome::SettledBy(std::string_view around) const {
  ExceptionTrace trace;
  if (!Decode(around, trace)) {
    return {};
  }
  std::set<std::string_view> linked;
  for (const std::string& document : trace.documents) {
    impl_->AddLinked(document, linked);
  }
  const GoldenDocument* latest = nullptr;
  for (const std::string_view name : linked) {
    const auto same = [&](const std::string& known) { return known == name; };
    if (std::any_of(trace.documents.begin(), trace.documents.end(), same) ||
        std::any_of(trace.linked.begin(), trace.linked.end(), same)) {
      continue;
    }
    const GoldenDocument* document = impl_->Find(name);
    if (document != nullptr && (latest == nullptr || latest->date < document->date)) {
      latest = document;
    }
  }
  return latest == nullptr ? std::string() : latest->name;
}

std::vector<std::string> Outcome::Successors(std::string_view around) const {
  std::vector<std::string> names;
  ExceptionTrace trace;
  if (!Decode(around, trace)) {
    return names;
  }
  for (std::size_t i = 0; i < impl_->outputs.size(); ++i) {
    const auto [is_exception, index] = impl_->places[i];
    if (is_exception && IsSame(trace, impl_->about[index])) {
      names.push_back(impl_->outputs[i].name);
    }
  }
  return names;
}

Outcome ReconcileDocuments(std::span<const SourceDocument* const> documents, std::string_view customer,
                           const ReconcileOptions& options, Date as_of, const CustomerFacts* facts) {
  std::vector<const SourceDocument*> sorted(documents.begin(), documents.end());
  const auto less = [](const SourceDocument* a, const SourceDocument* b) {
    return a->kind != b->kind ? a->kind < b->kind : a->record < b->record;
  };
  if (!std::is_sorted(sorted.begin(), sorted.end(), less)) {
    std::sort(sorted.begin(), sorted.end(), less);
  }

  Outcome outcome;
  Outcome::Impl& impl = *outcome.impl_;
  impl.customer = customer;
  impl.options = &options;
  const DocumentDecisions decisions(sorted);
  const Clusters clusters = MatchSameDocuments(sorted, decisions, options);
  std::vector<int> index_of;
  impl.golden = MakeGoldenDocuments(sorted, clusters, options, index_of);
  const OrderBook book(impl.golden);
  const ChainInput input{sorted, clusters, decisions, index_of, options, book};
  LinkChain(input, impl.golden);
  FindNearMatches(input, impl.golden);
  AllocateAllLines(impl.golden, book);
  impl.ListAllocations(book);
  const ExceptionResult found = FindExceptions({impl.golden, book, customer, options, as_of, facts});
  std::vector<std::string> names;
  for (const v1::Exception& exception : found.open) {
    names.push_back(exception.name());
    impl.about.push_back(TraceOf(exception));
    impl.exceptions.push_back(exception.SerializeAsString());
  }
  impl.next_due = found.next_due;
  impl.ListOutputs(names);
  return outcome;
}

Hash128 FingerprintOf(const ReconcileOptions& options) {
  Digest digest;
  digest.Add(std::to_string(kReconcileVersion));
  for (const std::string& system : options.authority) {
    digest.Add(system);
  }
  digest.Add(std::string_view("days"));
  digest.Add(std::to_string(options.shipped_not_invoiced_days));
  digest.Add(options.price_tolerance.ToString());
  digest.Add(options.amount_tolerance.ToString());
  digest.Add(std::to_string(options.same_document_days));
  digest.Add(std::to_string(options.crowd));
  digest.Add(std::to_string(options.part_documents));
  for (const Policy& policy : options.policies) {
    digest.Add(std::string_view("policy"));
    digest.Add(ToString(policy));
  }
  for (const auto& rule : options.rules) {
    digest.Add(std::string_view("rule"));
    digest.Add(rule->name);
    digest.Add(KindName(rule->on));
    digest.Add(rule->text);
    digest.Add(v1::Exception::Severity_Name(rule->severity));
    digest.Add(rule->unit);
    digest.Add(rule->why);
  }
  return digest.hash();
}

}  // namespace crossbill::transforms
