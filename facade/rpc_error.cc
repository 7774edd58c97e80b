#include "facade/rpc_error.h"

#include <algorithm>
#include <array>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace crossbill::facade {
namespace {

constexpr std::array<RpcCode, 17> kCodes = {{
    {0, "OK", "ok", 200},
    {1, "CANCELLED", "canceled", 499},
    {2, "UNKNOWN", "unknown", 500},
    {3, "INVALID_ARGUMENT", "invalid_argument", 400},
    {4, "DEADLINE_EXCEEDED", "deadline_exceeded", 504},
    {5, "NOT_FOUND", "not_found", 404},
    {6, "ALREADY_EXISTS", "already_exists", 409},
    {7, "PERMISSION_DENIED", "permission_denied", 403},
    {8, "RESOURCE_EXHAUSTED", "resource_exhausted", 429},
    {9, "FAILED_PRECONDITION", "failed_precondition", 400},
    {10, "ABORTED", "aborted", 409},
    {11, "OUT_OF_RANGE", "out_of_range", 400},
    {12, "UNIMPLEMENTED", "unimplemented", 501},
    {13, "INTERNAL", "internal", 500},
    {14, "UNAVAILABLE", "unavailable", 503},
    {15, "DATA_LOSS", "data_loss", 500},
    {16, "UNAUTHENTICATED", "unauthenticated", 401},
}};

}  // namespace

const RpcCode& RpcCodeOf(int number) {
  return number >= 0 && number < static_cast<int>(kCodes.size()) ? kCodes[static_cast<std::size_t>(number)]
                                                                 : kCodes[2];
}

const RpcCode& RpcCodeOf(Code code) {
  const std::string_view name = InfoOf(code).grpc;
  const auto found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const RpcCode& known) { return known.name == name; });
  return found != kCodes.end() ? *found : kCodes[2];
}

std::string ReasonOf(std::string_view catalogue_name) {
  std::string reason;
  if (catalogue_name.starts_with('k')) {
    catalogue_name.remove_prefix(1);
  }
  for (const char c : catalogue_name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !reason.empty()) {
      reason += '_';
    }
    reason += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return reason;
}

google::rpc::Status ToRpcStatus(const Error& error) {
  const CodeInfo& info = InfoOf(error.code());
  const RpcCode& code = RpcCodeOf(error.code());
  google::rpc::Status status;
  status.set_code(code.number);
  status.set_message(error.where().empty() ? error.message() : error.where() + ": " + error.message());
  google::rpc::ErrorInfo reason;
  reason.set_reason(ReasonOf(info.name));
  reason.set_domain("crossbill");
  auto& metadata = *reason.mutable_metadata();
  metadata["code"] = std::string(info.id);
  metadata["what"] = std::string(info.what);
  metadata["remedy"] = std::string(info.remedy);
  if (!error.where().empty()) {
    metadata["where"] = error.where();
  }
  status.add_details()->PackFrom(reason);
  if (code.name == "INVALID_ARGUMENT" && !error.where().empty()) {
    google::rpc::BadRequest bad;
    google::rpc::BadRequest::FieldViolation& violation = *bad.add_field_violations();
    violation.set_field(error.where());
    violation.set_description(error.message());
    status.add_details()->PackFrom(bad);
  }
  return status;
}

}  // namespace crossbill::facade
