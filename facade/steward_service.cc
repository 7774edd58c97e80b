#include "facade/steward_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/steward_service.pb.h"
#include "facade/requests.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::facade {
namespace {

using transforms::RecordKey;

bool Same(const v1::SourceRef& a, const v1::SourceRef& b) { return RecordKey(a) == RecordKey(b); }

Status CheckText(std::string_view field, const std::string& text) {
  if (text.size() > StewardService::kMostText) {
    return Error(Code::kRequestField,
                 fmt::format("has {} bytes, at most {} are allowed", text.size(), StewardService::kMostText),
                 std::string(field));
  }
  return Ok();
}

Status CheckRecord(const std::string& field, const v1::SourceRef& record) {
  if (record.system().empty() || record.stream().empty() || record.key().empty()) {
    return Error(Code::kRequestField, "needs system, stream and key", field);
  }
  return Ok();
}

Status AddPair(const v1::SourceRef& left, const v1::SourceRef& right, v1::Decision& decision) {
  if (static_cast<std::size_t>(decision.pairs_size()) == StewardService::kMostPairs) {
    return Error(Code::kLimit,
                 fmt::format("more than {} pairs of records in one decision", StewardService::kMostPairs));
  }
  v1::RecordPair& pair = *decision.add_pairs();
  *pair.mutable_left() = left;
  *pair.mutable_right() = right;
  return Ok();
}

}  // namespace

ServiceTable StewardService::Table() {
  return {
      "crossbill.v1.StewardService",
      {Unary(this, "Confirm", &StewardService::Confirm), Unary(this, "Forbid", &StewardService::Forbid),
       Unary(this, "Merge", &StewardService::Merge), Unary(this, "Split", &StewardService::Split),
       Unary(this, "Undo", &StewardService::Undo), Unary(this, "Forget", &StewardService::Forget, kForgetMs),
       Unary(this, "Allow", &StewardService::Allow)},
      {}};
}

Result<v1::Decision> StewardService::Confirm(const v1::ConfirmRequest& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  return DecidePair(v1::Decision::CONFIRM, "confirm", request.left(), request.right(), request.reason(),
                    request.decided_by());
}

Result<v1::Decision> StewardService::Forbid(const v1::ForbidRequest& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  return DecidePair(v1::Decision::FORBID, "forbid", request.left(), request.right(), request.reason(),
                    request.decided_by());
}

// Records are not looked up: a decision may be about one that went, or is still to come.
Result<v1::Decision> StewardService::DecidePair(v1::Decision::Verdict verdict, const char* word,
                                                const v1::SourceRef& left, const v1::SourceRef& right,
                                                const std::string& reason, const std::string& decided_by) {
  CROSSBILL_RETURN_IF_ERROR(CheckRecord("left", left));
  CROSSBILL_RETURN_IF_ERROR(CheckRecord("right", right));
  if (Same(left, right)) {
    return Error(Code::kRequestField, "is the same record as `left`", "right");
  }
  v1::Decision decision;
  decision.set_verdict(verdict);
  decision.set_request(fmt::format("{} {} {}", word, RecordKey(left), RecordKey(right)));
  CROSSBILL_RETURN_IF_ERROR(AddPair(left, right, decision));
  return Keep(std::move(decision), reason, decided_by);
}

// All records are confirmed to be the party of the first customer's first record.
Result<v1::Decision> StewardService::Merge(const v1::MergeRequest& request, CallContext& context) {
  if (request.customers_size() < 2) {
    return Error(Code::kRequestField, "needs two customers or more", "customers");
  }
  v1::Decision decision;
  decision.set_verdict(v1::Decision::CONFIRM);
  std::string words = "merge";
  std::vector<v1::SourceRef> records;
  for (int i = 0; i < request.customers_size(); ++i) {
    CROSSBILL_RETURN_IF_ERROR(context.Check());
    const std::string field = fmt::format("customers[{}]", i);
    CROSSBILL_RETURN_IF_ERROR(CheckName(field, request.customers(i), {"customers/"}, /*record=*/true));
    CROSSBILL_TRY(const v1::Customer customer, views_.GetCustomer(request.customers(i)));
    words += " " + customer.name();
    records.insert(records.end(), customer.records().begin(), customer.records().end());
  }
  for (std::size_t i = 1; i < records.size(); ++i) {
    if (!Same(records.front(), records[i])) {
      CROSSBILL_RETURN_IF_ERROR(AddPair(records.front(), records[i], decision));
    }
  }
  decision.set_request(words);
  return Keep(std::move(decision), request.reason(), request.decided_by());
}

Result<v1::Decision> StewardService::Split(const v1::SplitRequest& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckName("customer", request.customer(), {"customers/"}, /*record=*/true));
  CROSSBILL_TRY(const v1::Customer customer, views_.GetCustomer(request.customer()));
  v1::Decision decision;
  decision.set_verdict(v1::Decision::FORBID);
  std::string words = "split " + customer.name();
  const auto leaves = [&](const v1::SourceRef& record) {
    return std::any_of(request.records().begin(), request.records().end(),
                       [&](const v1::SourceRef& each) { return Same(each, record); });
  };
  for (int i = 0; i < request.records_size(); ++i) {
    const v1::SourceRef& record = request.records(i);
    const bool there = std::any_of(customer.records().begin(), customer.records().end(),
                                   [&](const v1::SourceRef& each) { return Same(each, record); });
    if (!there) {
      return Error(Code::kRequestField, RecordKey(record) + " is no record of " + customer.name(),
                   fmt::format("records[{}]", i));
    }
    words += " " + RecordKey(record);
    for (const v1::SourceRef& other : customer.records()) {
      if (!leaves(other)) {
        CROSSBILL_RETURN_IF_ERROR(AddPair(record, other, decision));
      }
    }
  }
  if (decision.pairs().empty()) {
    return Error(Code::kRequestField, "needs some of the customer's records, but not all", "records");
  }
  decision.set_request(words);
  return Keep(std::move(decision), request.reason(), request.decided_by());
}

Result<v1::Decision> StewardService::Undo(const v1::UndoRequest& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckName("name", request.name(), {"decisions/"}, /*record=*/false));
  CROSSBILL_RETURN_IF_ERROR(CheckText("decided_by", request.decided_by()));
  CROSSBILL_TRY(v1::Decision decision, book_.Find(request.name()));
  if (!decision.undone()) {
    decision.set_undone(true);
    decision.set_undone_by(request.decided_by());
    decision.set_undone_at(clock_.Now().ToString());
    CROSSBILL_RETURN_IF_ERROR(book_.Write(decision));
  }
  return decision;
}

Result<v1::ForgetResponse> StewardService::Forget(const v1::ForgetRequest& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckText("reason", request.reason()));
  CROSSBILL_RETURN_IF_ERROR(CheckText("decided_by", request.decided_by()));
  return forgetting_.Forget(request);
}

Result<v1::Erasure> StewardService::Allow(const v1::AllowRequest& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckName("name", request.name(), {"erasures/"}, /*record=*/true));
  CROSSBILL_RETURN_IF_ERROR(CheckText("decided_by", request.decided_by()));
  return forgetting_.Allow(request.name(), request.decided_by());
}

Result<v1::Decision> StewardService::Keep(v1::Decision decision, const std::string& reason,
                                          const std::string& decided_by) {
  CROSSBILL_RETURN_IF_ERROR(CheckText("reason", reason));
  CROSSBILL_RETURN_IF_ERROR(CheckText("decided_by", decided_by));
  decision.set_reason(reason);
  decision.set_decided_by(decided_by);
  decision.set_decided_at(clock_.Now().ToString());
  decision.set_name("decisions/" + ShortId(Hash128Of(decision.SerializeAsString())));
  CROSSBILL_RETURN_IF_ERROR(book_.Write(decision));
  return decision;
}

}  // namespace crossbill::facade
