// Errors as other systems see them: a google.rpc.Status with ErrorInfo (reason, domain "crossbill", metadata)
// and, for a field of the request, BadRequest. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace google::rpc {
class Status;
}

namespace crossbill::facade {

// A status code by its names: gRPC's number and word, Connect's word and HTTP's status.
struct RpcCode {
  int number = 0;
  std::string_view name;     // "NOT_FOUND"
  std::string_view connect;  // "not_found"
  int http = 500;
};

const RpcCode& RpcCodeOf(Code code);
const RpcCode& RpcCodeOf(int number);  // UNKNOWN for what is none

// "kConfigUnknownKey" to "CONFIG_UNKNOWN_KEY".
std::string ReasonOf(std::string_view catalogue_name);
google::rpc::Status ToRpcStatus(const Error& error);

}  // namespace crossbill::facade
