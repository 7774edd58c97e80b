#include "facade/connect.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include <charconv>

#include "base/text.h"
#include "facade/base64.h"
#include "facade/rpc_error.h"
#include "google/rpc/status.pb.h"

namespace crossbill::facade {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProto = "application/proto";
constexpr std::size_t kMaxTimeoutDigits = 10;  // of the protocol

std::string JsonText(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      json += c;
    }
  }
  return json + "\"";
}

// {"type": "google.rpc.ErrorInfo", "value": "…", "debug": {…}}
std::string DetailJson(const google::protobuf::Any& detail) {
  const std::string type = detail.type_url().substr(detail.type_url().rfind('/') + 1);
  std::string json = fmt::format(R"({{"type":{},"value":"{}")", JsonText(type), EncodeBase64(detail.value()));
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor != nullptr) {
    const Message* prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
    const std::unique_ptr<Message> message(prototype->New());
    std::string debug;
    if (message->ParseFromString(detail.value()) &&
        google::protobuf::util::MessageToJsonString(*message, &debug).ok()) {
      json += ",\"debug\":" + debug;
    }
  }
  return json + "}";
}

// "Application/JSON; charset=utf-8" to "application/json".
std::string MediaType(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  return CaseFold(CollapseSpace(type));
}

// GET is for methods that the service's .proto marks as free of side effects.
bool MayGet(const ServiceTable& service, const UnaryMethod& method) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(service.name + "." + method.name);
  return descriptor != nullptr &&
         descriptor->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

Error Bad(std::string_view where, std::string message) {
  return Error(Code::kRequestField, std::move(message), std::string(where));
}

Status ReadMessage(std::string_view bytes, bool json, Message& into) {
  if (!json) {
    if (into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return Ok();
    }
    return Bad("", fmt::format("the body is no {}", into.GetTypeName()));
  }
  if (!IsValidUtf8(bytes)) {
    return Bad("", "the body is not valid UTF-8");
  }
  const auto parsed = google::protobuf::util::JsonStringToMessage({bytes.data(), bytes.size()}, &into);
  if (parsed.ok()) {
    return Ok();
  }
  const auto message = parsed.message();
  return Bad("", fmt::format("the body is not the JSON of a {}: {}", into.GetTypeName(),
                             Printable({message.data(), message.size()}, 400)));
}

Result<std::string> MessageText(const Message& message, bool json) {
  if (!json) {
    return message.SerializeAsString();
  }
  std::string text;
  const auto written = google::protobuf::util::MessageToJsonString(message, &text);
  if (!written.ok()) {
    return Error(Code::kInternal, "the answer cannot be written as JSON: " + std::string(written.message()));
  }
  return text;
}

HttpReply Refuse(int status, std::string_view header, std::string_view value) {
  HttpReply reply;
  reply.status = status;
  reply.content_type.clear();
  reply.headers.emplace_back(header, value);
  return reply;
}

std::string Query(const HttpRequest& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

}  // namespace

HttpReply ConnectError(const Error& error) {
  const google::rpc::Status status = ToRpcStatus(error);
  const RpcCode& code = RpcCodeOf(status.code());
  HttpReply reply;
  reply.status = code.http;
  reply.body =
      fmt::format(R"({{"code":"{}","message":{},"details":[)", code.connect, JsonText(status.message()));
  for (int i = 0; i < status.details_size(); ++i) {
    reply.body += (i > 0 ? "," : "") + DetailJson(status.details(i));
  }
  reply.body += "]}\n";
  return reply;
}

Connect::Connect(const std::vector<ServiceTable>& services, const Clock& clock, Metrics& metrics,
                 StopSignal& stop)
    : services_(services), clock_(clock), metrics_(metrics), stop_(stop) {}

Connect::Found Connect::Find(std::string_view path) const {
  Found found;
  for (const ServiceTable& service : services_) {
    if (path.size() < service.name.size() + 2 || path[0] != '/' ||
        path.substr(1, service.name.size()) != service.name || path[service.name.size() + 1] != '/') {
      continue;
    }
    const std::string_view name = path.substr(service.name.size() + 2);
    for (const UnaryMethod& method : service.unary) {
      if (method.name == name) {
        found.method = &method;
      }
    }
    for (const StreamMethod& method : service.streams) {
      found.stream = found.stream || method.name == name;
    }
    found.service = &service;
  }
  return found;
}

Result<std::int64_t> Connect::DeadlineOf(const HttpRequest& request, std::int64_t default_ms) const {
  const std::string text = request.header("connect-timeout-ms");
  std::int64_t ms = default_ms;
  if (!text.empty()) {
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, ms);
    if (failed != std::errc() || stop != end || ms < 0 || text.size() > kMaxTimeoutDigits) {
      return Bad("connect-timeout-ms", fmt::format("\"{}\" is no number of milliseconds", Printable(text)));
    }
  }
  return clock_.MonotonicMicros() + ms * 1000;
}

Result<HttpReply> Connect::Call(const Found& found, const HttpRequest& request) const {
  const bool get = request.method == "GET";
  bool json = true;
  std::string bytes;
  if (get) {
    const std::string encoding = Query(request, "encoding");
    if (encoding != "json" && encoding != "proto") {
      return Bad("encoding", fmt::format("\"{}\" is neither json nor proto", Printable(encoding)));
    }
    json = encoding == "json";
    if (const std::string compression = Query(request, "compression");
        !compression.empty() && compression != "identity") {
      return Error(Code::kUnimplementedMethod,
                   fmt::format("the compression \"{}\" is not supported", Printable(compression)),
                   "compression");
    }
    bytes = Query(request, "message");
    if (Query(request, "base64") == "1") {
      std::optional<std::string> decoded = DecodeBase64(bytes);
      if (!decoded) {
        return Bad("message", "is not base 64");
      }
      bytes = std::move(*decoded);
    }
  } else {
    json = MediaType(request.header("content-type")) == kJson;
    bytes = request.body;
  }
  if (const std::string version = request.header("connect-protocol-version");
      !version.empty() && version != "1") {
    return Bad("connect-protocol-version", fmt::format("\"{}\" is not 1", Printable(version)));
  }
  const std::unique_ptr<Message> message = found.method->new_request();
  CROSSBILL_RETURN_IF_ERROR(ReadMessage(bytes, json, *message));
  CallContext context;
  context.clock = &clock_;
  context.stop = &stop_;
  context.cancelled = request.cancelled;
  CROSSBILL_TRY(context.deadline_micros, DeadlineOf(request, found.method->default_ms));
  CROSSBILL_TRY(const std::unique_ptr<Message> response, found.method->call(*message, context));
  HttpReply reply;
  reply.content_type = json ? kJson : kProto;
  CROSSBILL_TRY(reply.body, MessageText(*response, json));
  return reply;
}

HttpReply Connect::Serve(const HttpRequest& request) const {
  const Found found = Find(request.path);
  if (found.method == nullptr) {
    HttpReply reply = ConnectError(
        Error(Code::kUnimplementedMethod,
              found.stream ? fmt::format("{} is a stream: call it over gRPC", Printable(request.path))
                           : fmt::format("there is no {}", Printable(request.path))));
    if (!found.stream) {
      reply.status = 404;
    }
    return reply;
  }
  const bool may_get = MayGet(*found.service, *found.method);
  if (request.method != "POST" && !(request.method == "GET" && may_get)) {
    return Refuse(405, "Allow", may_get ? "GET, POST" : "POST");
  }
  if (request.method == "POST") {
    const std::string type = MediaType(request.header("content-type"));
    if (type != kJson && type != kProto) {
      return Refuse(415, "Accept-Post", "application/json, application/proto");
    }
  }
  const Result<HttpReply> called = Call(found, request);
  const std::string_view code = called.ok() ? "ok" : RpcCodeOf(called.error().code()).connect;
  metrics_
      .Get("crossbill_http_server_handled_total", "Calls over HTTP that were answered, by Connect code.",
           {{"service", found.service->name}, {"method", found.method->name}, {"code", std::string(code)}})
      .Add();
  return called.ok() ? *called : ConnectError(called.error());
}

}  // namespace crossbill::facade
