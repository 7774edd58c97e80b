#include "facade/party_resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "crossbill/v1/customer_service.pb.h"
#include "facade/requests.h"
#include "transforms/identity/attested.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::facade {
namespace {

using Response = v1::ResolvePartyResponse;
using transforms::Cleaned;
using transforms::CleanedPtr;
using transforms::Comparer;

constexpr std::size_t kMostBytes = 64u << 10;  // of a party
constexpr int kMostRecords = 50;               // of a customer, that are weighed for its mean

// Without what says nothing, and with a name of its parts where nothing else says it: the comparers look at
// the whole one.
v1::Party Completed(v1::Party party) {
  party.clear_source();
  party.clear_id();
  if (party.name().empty() && !party.family_name().empty()) {
    party.set_name(party.given_name() + " " + party.family_name());
  }
  return party;
}

// A customer, by those of its records that meet the party.
struct Candidate {
  std::string customer;
  const Likeness* best = nullptr;
  bool contradicted = false;

  auto Rank() const { return std::tuple(contradicted, -best->weighed.weight, std::string_view(customer)); }
};

// What all of a customer's records say together.
struct Together {
  int mean = 0;
  bool contradicted = false;
};

std::string ProbabilityOf(int weight) {
  constexpr double kHundredths = 100;  // binary-float: a probability for people, of a logarithm
  return fmt::format("{:.6f}", 1 / (1 + std::exp2(-weight / kHundredths)));
}

v1::SourceRef RefOf(std::string_view record) {
  transforms::SourceKey parts;
  v1::SourceRef ref;
  if (transforms::SplitSourceKey(record, parts)) {
    ref.set_system(std::string(parts.system));
    ref.set_stream(std::string(parts.stream));
    ref.set_key(std::string(parts.key));
  }
  return ref;
}

// One question.
class Question {
 public:
  Question(Views& views, const PartyIndex& parties, const v1::Party& party, CallContext& context)
      : views_(views),
        parties_(parties),
        comparer_(parties.comparer()),
        context_(context),
        probe_(comparer_.Clean(party)) {}

  bool HasBlocks() const { return parties_.HasBlocks(*probe_); }

  Status Answer(std::size_t most, Response& response) {
    CROSSBILL_TRY(const std::vector<Likeness> likenesses, parties_.Find(*probe_));
    CROSSBILL_TRY(std::vector<Candidate> candidates, CustomersOf(likenesses));
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.Rank() < b.Rank(); });
    candidates.resize(std::min(candidates.size(), most));
    std::vector<Response::Match> matches;
    for (const Candidate& candidate : candidates) {
      CROSSBILL_RETURN_IF_ERROR(context_.Check());
      CROSSBILL_RETURN_IF_ERROR(AddMatch(candidate, matches));
    }
    std::stable_partition(matches.begin(), matches.end(),
                          [](const Response::Match& match) { return match.verdict() != Response::NO; });
    std::move(matches.begin(), matches.end(),
              google::protobuf::RepeatedFieldBackInserter(response.mutable_matches()));
    response.set_link_weight(LinkWeight());
    response.set_review_weight(comparer_.rules().review);
    response.set_model(comparer_.version());
    return Ok();
  }

 private:
  int LinkWeight() const { return std::max(comparer_.rules().connect, comparer_.rules().clusters.pair); }

  Result<std::vector<Candidate>> CustomersOf(const std::vector<Likeness>& likenesses) {
    std::map<std::string, Candidate> by_name;
    for (const Likeness& likeness : likenesses) {
      CROSSBILL_RETURN_IF_ERROR(context_.Check());
      const Result<std::string> customer = views_.ResolveCustomer(likeness.record);
      if (!customer.ok()) {
        if (customer.error().code() == Code::kNotFound) {  // identity has not come to it yet
          continue;
        }
        return customer.error();
      }
      Candidate& candidate = by_name[*customer];
      const auto rank = [](const Likeness& one) { return std::pair(-one.weighed.weight, one.record); };
      if (candidate.best == nullptr || rank(likeness) < rank(*candidate.best)) {
        candidate.best = &likeness;
      }
      candidate.customer = *customer;
      candidate.contradicted = candidate.contradicted || likeness.weighed.contradicted ||
                               linkage::Contradict(probe_->anchors, likeness.cleaned->anchors);
    }
    std::vector<Candidate> candidates;
    for (auto& [name, candidate] : by_name) {
      candidates.push_back(std::move(candidate));
    }
    return candidates;
  }

  Status AddMatch(const Candidate& candidate, std::vector<Response::Match>& matches) {
    Result<v1::Customer> customer = views_.GetCustomer(candidate.customer);
    if (!customer.ok()) {  // went meanwhile
      return customer.error().code() == Code::kNotFound ? Ok() : Status(std::move(customer).error());
    }
    CROSSBILL_TRY(const Together together, Weigh(*customer));
    v1::RecordLink link;
    transforms::FillEvidence(comparer_, *probe_, *candidate.best->cleaned, 0, link);
    Response::Match& match = matches.emplace_back();
    *match.mutable_customer() = *std::move(customer);
    *match.mutable_record() = RefOf(candidate.best->record);
    match.set_weight(link.weight());
    match.mutable_parts()->Swap(link.mutable_parts());
    match.set_mean_weight(together.mean);
    match.set_verdict(VerdictOf(link.weight(), together));
    match.set_linked(match.verdict() == Response::LINK);
    if (comparer_.WeighsOdds()) {
      match.set_probability(ProbabilityOf(link.weight()));
    }
    return Ok();
  }

  // As two clusters are weighed, of which one is the party alone.
  Result<Together> Weigh(const v1::Customer& customer) {
    const transforms::ResolutionRules& rules = comparer_.rules();
    const int records = std::min(customer.records_size(), kMostRecords);
    std::int64_t sum = 0;
    Together together;
    std::vector<linkage::Anchor> anchors;
    for (int i = 0; i < records; ++i) {
      CROSSBILL_TRY(const CleanedPtr record, parties_.Get(transforms::RecordKey(customer.records(i))));
      if (record == nullptr) {
        sum += rules.clusters.missing;
        continue;
      }
      const transforms::Weighed weighed = comparer_.Compare(*probe_, *record);
      sum += weighed.weight >= rules.keep ? weighed.weight : rules.clusters.missing;
      together.contradicted = together.contradicted || weighed.contradicted;
      anchors.insert(anchors.end(), record->anchors.begin(), record->anchors.end());
    }
    std::sort(anchors.begin(), anchors.end());
    together.contradicted = together.contradicted || linkage::Contradict(probe_->anchors, anchors);
    together.mean = records > 0 ? static_cast<int>(sum / records) : 0;
    return together;
  }

  Response::Verdict VerdictOf(int weight, const Together& together) const {
    if (together.contradicted) {
      return Response::NO;
    }
    const bool links = weight >= LinkWeight() && together.mean >= comparer_.rules().clusters.link;
    return links ? Response::LINK : Response::REVIEW;
  }

  Views& views_;
  const PartyIndex& parties_;
  const Comparer& comparer_;
  CallContext& context_;
  const CleanedPtr probe_;
};

}  // namespace

Result<Response> PartyResolver::Resolve(const v1::ResolvePartyRequest& request, CallContext& context) {
  CROSSBILL_TRY(const std::size_t size, PageSize(request.page_size(), kUsualMatches, kMostMatches));
  if (request.party().ByteSizeLong() > kMostBytes) {
    return Error(Code::kRequestField, fmt::format("is larger than {} bytes", kMostBytes), "party");
  }
  if (views_.parties() == nullptr) {
    return Error(Code::kPartiesNotKept, "parties are not resolved here");
  }
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  Question question(views_, *views_.parties(), Completed(request.party()), context);
  if (!question.HasBlocks()) {
    return Error(
        Code::kRequestField,
        "has nothing to find customers by: it needs a telephone, an e-mail, a number, or a name with "
        "what the model's blocking rules take beside it",
        "party");
  }
  Response response;
  CROSSBILL_RETURN_IF_ERROR(question.Answer(size, response));
  return response;
}

}  // namespace crossbill::facade
