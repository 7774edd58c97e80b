// crossbill.v1.StewardService: people's decisions of who is who, made of records, customers and earlier
// decisions; and persons who are forgotten. Also for the shell. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "facade/decision_book.h"
#include "facade/forgetting.h"
#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class AllowRequest;
class ConfirmRequest;
class ForbidRequest;
class ForgetRequest;
class ForgetResponse;
class MergeRequest;
class SplitRequest;
class UndoRequest;
}  // namespace crossbill::v1

namespace crossbill::facade {

class StewardService {
 public:
  static constexpr std::size_t kMostPairs = 10'000;  // of one decision
  static constexpr std::size_t kMostText = 4096;     // of a reason or a name, bytes

  StewardService(Views& views, DecisionBook& book, Forgetting& forgetting, const Clock& clock)
      : views_(views), book_(book), forgetting_(forgetting), clock_(clock) {}
  ServiceTable Table();

  Result<v1::Decision> Confirm(const v1::ConfirmRequest& request, CallContext& context);
  Result<v1::Decision> Forbid(const v1::ForbidRequest& request, CallContext& context);
  Result<v1::Decision> Merge(const v1::MergeRequest& request, CallContext& context);
  Result<v1::Decision> Split(const v1::SplitRequest& request, CallContext& context);
  // Of one that is undone already: as it is.
  Result<v1::Decision> Undo(const v1::UndoRequest& request, CallContext& context);
  Result<v1::ForgetResponse> Forget(const v1::ForgetRequest& request, CallContext& context);
  // Of one that is allowed already: as it is.
  Result<v1::Erasure> Allow(const v1::AllowRequest& request, CallContext& context);

 private:
  Result<v1::Decision> Keep(v1::Decision decision, const std::string& reason, const std::string& decided_by);
  Result<v1::Decision> DecidePair(v1::Decision::Verdict verdict, const char* word, const v1::SourceRef& left,
                                  const v1::SourceRef& right, const std::string& reason,
                                  const std::string& decided_by);

  Views& views_;
  DecisionBook& book_;
  Forgetting& forgetting_;
  const Clock& clock_;
};

}  // namespace crossbill::facade
