#include "facade/document_steward_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/id.h"
#include "crossbill/v1/document_steward_service.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/document_decision_state.h"
#include "facade/document_questions.h"
#include "facade/listing.h"
#include "facade/requests.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::facade {
namespace {

using transforms::RecordKey;

// A document as it was named, with the records that are meant.
struct Named {
  std::string name;
  std::vector<v1::SourceRef> records;
  int kind = v1::Document::UNSPECIFIED;  // where that is known
  bool credit_note = false;
};

Status CheckText(std::string_view field, const std::string& text) {
  if (text.size() > DocumentStewardService::kMostText) {
    return Error(
        Code::kRequestField,
        fmt::format("has {} bytes, at most {} are allowed", text.size(), DocumentStewardService::kMostText),
        std::string(field));
  }
  return Ok();
}

bool IsDocumentName(std::string_view name) { return CheckDocumentName("", name, /*record=*/false).ok(); }

// A record is not looked for: a decision may be about one that went, or is still to come.
Result<Named> FindNamed(std::string_view field, const std::string& name, Views& views) {
  CROSSBILL_RETURN_IF_ERROR(CheckDocumentName(field, name, /*record=*/true));
  Named named;
  named.name = name;
  auto document = views.GetDocument(name);
  if (document.ok()) {
    named.kind = document->kind();
    named.credit_note = document->document().type() == v1::Invoice::CREDIT_NOTE;
  } else if (IsDocumentName(name) || document.error().code() != Code::kNotFound) {
    return std::move(document).error();
  }
  if (IsDocumentName(name)) {
    named.records.assign(document->records().begin(), document->records().end());
    return named;
  }
  transforms::SourceKey parts;
  transforms::SplitSourceKey(name, parts);
  v1::SourceRef& record = named.records.emplace_back();
  record.set_system(std::string(parts.system));
  record.set_stream(std::string(parts.stream));
  record.set_key(std::string(parts.key));
  return named;
}

bool Has(const Named& named, const v1::SourceRef& record) {
  return std::any_of(named.records.begin(), named.records.end(),
                     [&](const v1::SourceRef& each) { return RecordKey(each) == RecordKey(record); });
}

// Of a document and a record of it: the record is another document than all the others.
void Part(Named& left, Named& right) {
  Named& whole = left.records.size() > right.records.size() ? left : right;
  const Named& part = &whole == &left ? right : left;
  std::erase_if(whole.records, [&](const v1::SourceRef& record) { return Has(part, record); });
}

bool SharesARecord(const Named& left, const Named& right) {
  return std::any_of(left.records.begin(), left.records.end(),
                     [&](const v1::SourceRef& record) { return Has(right, record); });
}

// Each record of the one with each of the other.
Status AddPairs(const Named& left, const Named& right, v1::DocumentDecision& decision) {
  if (left.records.size() * right.records.size() > DocumentStewardService::kMostPairs) {
    return Error(Code::kLimit, fmt::format("more than {} pairs of records in one decision",
                                           DocumentStewardService::kMostPairs));
  }
  for (const v1::SourceRef& a : left.records) {
    for (const v1::SourceRef& b : right.records) {
      v1::RecordPair& pair = *decision.add_pairs();
      *pair.mutable_left() = a;
      *pair.mutable_right() = b;
    }
  }
  return Ok();
}

Status CheckAmount(const v1::Money& amount) {
  const auto parsed = Decimal::Parse(amount.amount());
  if (!parsed.ok() || *parsed <= Decimal()) {
    return Error(Code::kRequestField, fmt::format("\"{}\" is not a number above 0", amount.amount()),
                 "amount.amount");
  }
  if (!amount.currency().empty() && !Currency::Parse(amount.currency()).ok()) {
    return Error(Code::kRequestField, fmt::format("\"{}\" is not a currency such as EUR", amount.currency()),
                 "amount.currency");
  }
  return Ok();
}

// Of what is known: that the verdict can be about such documents.
Status CheckKinds(v1::DocumentDecision::Verdict verdict, const Named& left, const Named& right) {
  const bool settles =
      verdict == v1::DocumentDecision::SETTLES || verdict == v1::DocumentDecision::SETTLES_NOT;
  if (!settles) {
    if (left.kind != right.kind && left.kind != v1::Document::UNSPECIFIED &&
        right.kind != v1::Document::UNSPECIFIED) {
      return Error(Code::kRequestField, fmt::format("{} is another kind of document", right.name), "right");
    }
    return Ok();
  }
  const bool pays = left.kind == v1::Document::UNSPECIFIED || left.kind == v1::Document::PAYMENT ||
                    (left.kind == v1::Document::INVOICE && left.credit_note);
  if (!pays) {
    return Error(Code::kRequestField, fmt::format("{} is no payment and no credit note", left.name),
                 "document");
  }
  const bool invoice =
      right.kind == v1::Document::UNSPECIFIED || (right.kind == v1::Document::INVOICE && !right.credit_note);
  return invoice ? Ok()
                 : Status(Error(Code::kRequestField, fmt::format("{} is no invoice", right.name), "invoice"));
}

bool IsAbout(const v1::DocumentDecision& decision, const Named& named) {
  return std::any_of(decision.pairs().begin(), decision.pairs().end(), [&](const v1::RecordPair& pair) {
    return Has(named, pair.left()) || Has(named, pair.right());
  });
}

// Items of a list that is made anew for each page: the position is a number.
template <class Item, class Add>
Result<std::string> PageOf(const Message& request, std::int32_t page_size, const std::string& page_token,
                           const std::vector<Item>& items, const Add& add) {
  CROSSBILL_TRY(const std::size_t size, PageSize(page_size, kUsualPage, kLargestPage));
  CROSSBILL_TRY(const std::string position, ReadPageToken(request, page_token));
  std::size_t first = 0;
  std::from_chars(position.data(), position.data() + position.size(), first);
  std::size_t bytes = 0, next = first;
  for (; next < items.size() && next - first < size; ++next) {
    bytes += items[next].ByteSizeLong() + 8;
    if (bytes > kMaxPageBytes && next > first) {
      break;
    }
    CROSSBILL_RETURN_IF_ERROR(add(items[next]));
  }
  return next < items.size() ? MakePageToken(request, std::to_string(next)) : std::string();
}

}  // namespace

// What a request says, whichever it is.
struct DocumentStewardService::Asked {
  const char* word;  // "same": as the request is kept for people
  const char* left_field;
  const std::string& left;
  const char* right_field;
  const std::string& right;
  const std::string& reason;
  const std::string& decided_by;
};

ServiceTable DocumentStewardService::Table() {
  using Service = DocumentStewardService;
  return {"crossbill.v1.DocumentStewardService",
          {Unary(this, "Same", &Service::Same), Unary(this, "Different", &Service::Different),
           Unary(this, "Settle", &Service::Settle), Unary(this, "Unsettle", &Service::Unsettle),
           Unary(this, "UndoDecision", &Service::UndoDecision),
           Unary(this, "ListDecisions", &Service::ListDecisions, kSearchMs),
           Unary(this, "ListProposals", &Service::ListProposals, kSearchMs),
           Unary(this, "ListNearMatches", &Service::ListNearMatches, kSearchMs)},
          {}};
}

Result<v1::DocumentDecision> DocumentStewardService::Same(const v1::SameRequest& request,
                                                          CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  v1::DocumentDecision decision;
  decision.set_verdict(v1::DocumentDecision::SAME);
  return Decide(
      {"same", "left", request.left(), "right", request.right(), request.reason(), request.decided_by()},
      std::move(decision));
}

Result<v1::DocumentDecision> DocumentStewardService::Different(const v1::DifferentRequest& request,
                                                               CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  v1::DocumentDecision decision;
  decision.set_verdict(v1::DocumentDecision::DIFFERENT);
  return Decide(
      {"different", "left", request.left(), "right", request.right(), request.reason(), request.decided_by()},
      std::move(decision));
}

Result<v1::DocumentDecision> DocumentStewardService::Settle(const v1::SettleRequest& request,
                                                            CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  v1::DocumentDecision decision;
  decision.set_verdict(v1::DocumentDecision::SETTLES);
  if (request.has_amount()) {
    CROSSBILL_RETURN_IF_ERROR(CheckAmount(request.amount()));
    *decision.mutable_amount() = request.amount();
  }
  return Decide({"settle", "document", request.document(), "invoice", request.invoice(), request.reason(),
                 request.decided_by()},
                std::move(decision));
}

Result<v1::DocumentDecision> DocumentStewardService::Unsettle(const v1::UnsettleRequest& request,
                                                              CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  v1::DocumentDecision decision;
  decision.set_verdict(v1::DocumentDecision::SETTLES_NOT);
  return Decide({"unsettle", "document", request.document(), "invoice", request.invoice(), request.reason(),
                 request.decided_by()},
                std::move(decision));
}

Result<v1::DocumentDecision> DocumentStewardService::Decide(const Asked& asked,
                                                            v1::DocumentDecision decision) {
  CROSSBILL_TRY(Named left, FindNamed(asked.left_field, asked.left, views_));
  CROSSBILL_TRY(Named right, FindNamed(asked.right_field, asked.right, views_));
  CROSSBILL_RETURN_IF_ERROR(CheckKinds(decision.verdict(), left, right));
  if (decision.verdict() == v1::DocumentDecision::DIFFERENT) {
    Part(left, right);
  }
  if (left.records.empty() || right.records.empty() || SharesARecord(left, right)) {
    return Error(Code::kRequestField, fmt::format("is the same document as `{}`", asked.left_field),
                 asked.right_field);
  }
  CROSSBILL_RETURN_IF_ERROR(AddPairs(left, right, decision));
  std::string words = fmt::format("{} {} {}", asked.word, asked.left, asked.right);
  if (decision.has_amount()) {
    words += fmt::format(" {} {}", decision.amount().amount(), decision.amount().currency());
  }
  decision.set_request(words);
  return Keep(std::move(decision), asked.reason, asked.decided_by);
}

Result<v1::DocumentDecision> DocumentStewardService::Keep(v1::DocumentDecision decision,
                                                          const std::string& reason,
                                                          const std::string& decided_by) {
  CROSSBILL_RETURN_IF_ERROR(CheckText("reason", reason));
  CROSSBILL_RETURN_IF_ERROR(CheckText("decided_by", decided_by));
  decision.set_reason(reason);
  decision.set_decided_by(decided_by);
  decision.set_decided_at(clock_.Now().ToString());
  decision.set_name("decisions/" + ShortId(Hash128Of(decision.SerializeAsString())));
  CROSSBILL_RETURN_IF_ERROR(book_.Write(decision));
  CROSSBILL_TRY(const std::vector<v1::DocumentDecision> all, book_.All());
  CROSSBILL_TRY(const auto state, StateOf(decision, all, views_));
  decision.set_state(state);
  return decision;
}

Result<v1::DocumentDecision> DocumentStewardService::UndoDecision(const v1::UndoDecisionRequest& request,
                                                                  CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckName("name", request.name(), {"decisions/"}, /*record=*/false));
  CROSSBILL_RETURN_IF_ERROR(CheckText("decided_by", request.decided_by()));
  CROSSBILL_TRY(v1::DocumentDecision decision, book_.Find(request.name()));
  if (!decision.undone()) {
    decision.set_undone(true);
    decision.set_undone_by(request.decided_by());
    decision.set_undone_at(clock_.Now().ToString());
    CROSSBILL_RETURN_IF_ERROR(book_.Write(decision));
  }
  decision.set_state(v1::DocumentDecision::UNDONE);
  return decision;
}

Result<v1::ListDecisionsResponse> DocumentStewardService::ListDecisions(
    const v1::ListDecisionsRequest& request, CallContext& context) {
  Named about;
  if (!request.document().empty()) {
    CROSSBILL_TRY(about, FindNamed("document", request.document(), views_));
  }
  CROSSBILL_TRY(const std::vector<v1::DocumentDecision> all, book_.All());
  std::vector<v1::DocumentDecision> asked;
  std::copy_if(all.begin(), all.end(), std::back_inserter(asked), [&](const v1::DocumentDecision& decision) {
    return (!decision.undone() || request.undone()) &&
           (request.document().empty() || IsAbout(decision, about));
  });
  v1::ListDecisionsResponse response;
  const auto add = [&](const v1::DocumentDecision& decision) -> Status {
    CROSSBILL_RETURN_IF_ERROR(context.Check());
    CROSSBILL_TRY(const auto state, StateOf(decision, all, views_));
    v1::DocumentDecision& added = *response.add_decisions();
    added = decision;
    added.set_state(state);
    return Ok();
  };
  CROSSBILL_TRY(*response.mutable_next_page_token(),
                PageOf(request, request.page_size(), request.page_token(), asked, add));
  return response;
}

// The answer's next page, and how many there are in all.
template <class Request, class Response, class Make, class Add>
Status DocumentStewardService::FillQuestions(DocumentQuestion question, const Request& request,
                                             CallContext& context, const Make& make, const Add& add,
                                             Response& response) {
  std::string customer;
  if (!request.customer().empty()) {
    CROSSBILL_RETURN_IF_ERROR(CheckName("customer", request.customer(), {"customers/"}, /*record=*/true));
    CROSSBILL_TRY(customer, views_.ResolveCustomer(request.customer()));
  }
  const auto list = [&](std::size_t limit, const std::string& after) {
    return views_.ListQuestions(question, customer, limit, after);
  };
  using Record = std::remove_reference_t<decltype(*add(response))>;
  const auto get = [&](const std::string& name) -> Result<Record> {
    CROSSBILL_TRY(const v1::UnifiedDocument document, views_.GetDocument(name));
    return make(document);
  };
  CROSSBILL_TRY(*response.mutable_next_page_token(),
                FetchPage<Record>(request, request.page_size(), request.page_token(), context, list, get,
                                  [&](Record record) { *add(response) = std::move(record); }));
  CROSSBILL_TRY(const Page all, list(SIZE_MAX, ""));
  response.set_total(static_cast<std::int32_t>(all.names.size()));
  return Ok();
}

Result<v1::ListProposalsResponse> DocumentStewardService::ListProposals(
    const v1::ListProposalsRequest& request, CallContext& context) {
  v1::ListProposalsResponse response;
  CROSSBILL_RETURN_IF_ERROR(FillQuestions(
      DocumentQuestion::kSettles, request, context,
      [&](const v1::UnifiedDocument& payment) { return ProposalOf(views_, payment); },
      [](v1::ListProposalsResponse& into) { return into.add_proposals(); }, response));
  return response;
}

Result<v1::ListNearMatchesResponse> DocumentStewardService::ListNearMatches(
    const v1::ListNearMatchesRequest& request, CallContext& context) {
  v1::ListNearMatchesResponse response;
  CROSSBILL_RETURN_IF_ERROR(FillQuestions(
      DocumentQuestion::kSame, request, context,
      [&](const v1::UnifiedDocument& document) { return NearMatchesOf(views_, document); },
      [](v1::ListNearMatchesResponse& into) { return into.add_questions(); }, response));
  return response;
}

}  // namespace crossbill::facade
