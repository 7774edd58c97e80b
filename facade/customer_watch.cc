// CustomerService.WatchCustomers: what is there, then every change. A change between the two is told again
// rather than lost.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "crossbill/v1/customer_service.pb.h"
#include "facade/base64.h"
#include "facade/customer_service.h"
#include "facade/requests.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kChangesAtOnce = 256;
constexpr std::size_t kSnapshotPage = 256;
constexpr std::size_t kMaxNames = 1000;
constexpr std::int64_t kLookMs = 200;  // how often a quiet stream looks whether the caller is still there

Error BadToken() {
  return Error(Code::kResumeToken, "is not a token of this read model: it was built anew since",
               "resume_token");
}

class Watch {
 public:
  Watch(Views& views, const v1::WatchCustomersRequest& request, CallContext& context,
        const CustomerService::WriteChange& write)
      : views_(views), request_(request), context_(context), write_(write) {}

  Status Run() {
    CROSSBILL_RETURN_IF_ERROR(ReadNames());
    last_write_ = context_.clock->MonotonicMicros();
    if (request_.resume_token().empty()) {
      sequence_ = views_.last_change();
      CROSSBILL_RETURN_IF_ERROR(WriteSnapshot());
      in_snapshot_ = false;
      CROSSBILL_RETURN_IF_ERROR(Write(v1::WatchCustomersResponse()));  // the first token
    } else {
      in_snapshot_ = false;
      CROSSBILL_RETURN_IF_ERROR(ReadToken());
    }
    while (true) {
      CROSSBILL_RETURN_IF_ERROR(context_.Check());
      CROSSBILL_TRY(const std::vector<Views::Change> changes, views_.ChangesAfter(sequence_, kChangesAtOnce));
      for (const Views::Change& change : changes) {
        CROSSBILL_RETURN_IF_ERROR(WriteChangeOf(change));
      }
      if (context_.clock->MonotonicMicros() - last_write_ >= CustomerService::kHeartbeatMicros) {
        CROSSBILL_RETURN_IF_ERROR(Write(v1::WatchCustomersResponse()));
      }
      if (changes.empty()) {
        views_.WaitForChange(sequence_, kLookMs);
      }
    }
  }

 private:
  Status ReadNames() {
    if (static_cast<std::size_t>(request_.names_size()) > kMaxNames) {
      return Error(Code::kRequestField,
                   fmt::format("has {} names, at most {} are allowed", request_.names_size(), kMaxNames),
                   "names");
    }
    for (int i = 0; i < request_.names_size(); ++i) {
      CROSSBILL_RETURN_IF_ERROR(
          CheckName(fmt::format("names[{}]", i), request_.names(i), {"customers/"}, /*record=*/false));
      names_.insert(request_.names(i));
      // A name that was merged away stands for its successor.
      const Result<std::string> resolved = views_.ResolveCustomer(request_.names(i));
      if (resolved.ok()) {
        names_.insert(*resolved);
      }
    }
    return Ok();
  }

  Status ReadToken() {
    const std::optional<std::string> text = DecodeBase64(request_.resume_token());
    if (!text) {
      return Error(Code::kRequestField, "is not a token that a watch has given", "resume_token");
    }
    const std::size_t blank = text->find(' ');
    if (blank == std::string::npos) {
      return Error(Code::kRequestField, "is not a token that a watch has given", "resume_token");
    }
    const char* end = text->data() + blank;
    const auto [stop, failed] = std::from_chars(text->data(), end, sequence_);
    if (failed != std::errc() || stop != end || text->substr(blank + 1) != views_.identity()) {
      return BadToken();
    }
    return Ok();
  }

  Status Write(v1::WatchCustomersResponse response) {
    if (!in_snapshot_) {
      response.set_resume_token(EncodeBase64Url(fmt::format("{} {}", sequence_, views_.identity())));
    }
    last_write_ = context_.clock->MonotonicMicros();
    if (!write_(response)) {
      return Error(Code::kCancelled, "the caller is gone");
    }
    return Ok();
  }

  Status WriteCustomer(const std::string& name) {
    Result<v1::Customer> customer = views_.GetCustomer(name);
    if (!customer.ok()) {
      return customer.error().code() == Code::kNotFound ? Ok() : Status(std::move(customer).error());
    }
    // Merged meanwhile: its own change comes after this one.
    if (customer->name() != name) {
      return Ok();
    }
    v1::WatchCustomersResponse response;
    *response.mutable_customer() = std::move(*customer);
    return Write(std::move(response));
  }

  // Without tokens: who resumed from the middle would not get the rest of the snapshot.
  Status WriteSnapshot() {
    std::set<std::string> wanted;
    for (const std::string& name : names_) {
      const Result<std::string> resolved = views_.ResolveCustomer(name);
      if (resolved.ok()) {
        wanted.insert(*resolved);
      }
    }
    for (const std::string& name : wanted) {
      CROSSBILL_RETURN_IF_ERROR(WriteCustomer(name));
    }
    if (!names_.empty()) {
      return Ok();
    }
    std::string after;
    do {
      CROSSBILL_RETURN_IF_ERROR(context_.Check());
      CROSSBILL_TRY(const Page page, views_.ListCustomers(kSnapshotPage, after));
      for (const std::string& name : page.names) {
        CROSSBILL_RETURN_IF_ERROR(WriteCustomer(name));
      }
      after = page.next;
    } while (!after.empty());
    return Ok();
  }

  Status WriteChangeOf(const Views::Change& change) {
    sequence_ = change.sequence;
    if (!names_.empty() && !names_.contains(change.name)) {
      return Ok();
    }
    if (!change.removed) {
      return WriteCustomer(change.name);
    }
    v1::WatchCustomersResponse response;
    response.set_removed(true);
    response.mutable_customer()->set_name(change.name);
    const Result<std::string> successor = views_.ResolveCustomer(change.name);
    if (successor.ok() && *successor != change.name) {
      response.mutable_customer()->set_merged_into(*successor);
    }
    return Write(std::move(response));
  }

  Views& views_;
  const v1::WatchCustomersRequest& request_;
  CallContext& context_;
  const CustomerService::WriteChange& write_;
  std::set<std::string> names_;
  std::uint64_t sequence_ = 0;
  std::int64_t last_write_ = 0;
  bool in_snapshot_ = true;
};

}  // namespace

Status CustomerService::WatchCustomers(const v1::WatchCustomersRequest& request, CallContext& context,
                                       const WriteChange& write) {
  return Watch(views_, request, context, write).Run();
}

}  // namespace crossbill::facade
