#include "bus/registry/schema_registry.h"

#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace crossbill::bus {
namespace {

using Json = nlohmann::json;
using google::protobuf::FileDescriptor;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;
constexpr std::size_t kMostWords = 600;  // of the registry's, in a message

// Every registry has these.
bool IsBuiltIn(const FileDescriptor& file) { return file.name().starts_with("google/protobuf/"); }

Json Parsed(const RegistryReply& reply) { return Json::parse(reply.body, nullptr, false); }

// The registry's own words: {"error_code":…,"message":…}, or the begin of whatever came.
std::string WordsOf(const RegistryReply& reply) {
  const Json json = Parsed(reply);
  if (json.is_object() && json.contains("message") && json["message"].is_string()) {
    return Printable(json["message"].get<std::string>(), kMostWords);
  }
  return Printable(reply.body, kMostWords);
}

// An error of a registry, and not of whatever else listens there: 40401 (no such subject), 40403 (no such
// schema).
bool IsNotRegisteredYet(const RegistryReply& reply) {
  if (reply.status != kNotFound) {
    return false;
  }
  const Json json = Parsed(reply);
  return json.is_object() && json.contains("error_code");
}

Error Refusal(const RegistryReply& reply, const std::string& subject, const std::string& url) {
  const std::string answer = "the schema registry answers " + std::to_string(reply.status) +
                             " to subject \"" + subject + "\": " + WordsOf(reply);
  if (reply.status == kUnauthorized || reply.status == kForbidden) {
    return {Code::kRegistryDenied, answer, url};
  }
  if (reply.status == kTooManyRequests || reply.status >= kServerErrors) {
    return {Code::kRegistryUnavailable, answer, url};
  }
  return {Code::kRegistryRefused, answer, url};
}

// A number above zero.
std::optional<std::int32_t> NumberIn(const Json& json, const char* field) {
  if (!json.is_object() || !json.contains(field) || !json[field].is_number_integer()) {
    return std::nullopt;
  }
  const auto number = json[field].get<std::int64_t>();
  return number > 0 && number <= INT32_MAX ? std::optional(static_cast<std::int32_t>(number)) : std::nullopt;
}

}  // namespace

Result<SchemaRegistry> SchemaRegistry::Open(const RegistryOptions& options) {
  CROSSBILL_TRY(auto http, RegistryHttp::Open(options));
  return SchemaRegistry(std::move(http), options.url, options.timeout_ms);
}

Result<std::int32_t> SchemaRegistry::Register(const std::string& subject, const FileDescriptor& file) {
  std::int64_t left_ms = timeout_ms_;
  CROSSBILL_TRY(const Schema schema, Publish(subject, file, left_ms));
  return schema.id;
}

Result<std::string> SchemaRegistry::BodyOf(const FileDescriptor& file, std::int64_t& left_ms) {
  Json references = Json::array();
  for (int i = 0; i < file.dependency_count(); ++i) {
    const FileDescriptor& import = *file.dependency(i);
    if (IsBuiltIn(import)) {
      continue;
    }
    auto known = imports_.find(import.name());
    if (known == imports_.end()) {
      CROSSBILL_TRY(const Schema schema, Publish(import.name(), import, left_ms));
      known = imports_.emplace(import.name(), schema).first;
    }
    references.push_back(
        {{"name", import.name()}, {"subject", import.name()}, {"version", known->second.version}});
  }
  const Json body = {{"schemaType", "PROTOBUF"}, {"schema", file.DebugString()}, {"references", references}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<SchemaRegistry::Schema> SchemaRegistry::Publish(const std::string& subject, const FileDescriptor& file,
                                                       std::int64_t& left_ms) {
  CROSSBILL_TRY(const std::string body, BodyOf(file, left_ms));
  const std::string path = "/subjects/" + UrlEncoded(subject);
  CROSSBILL_TRY(RegistryReply reply, http_->Post(path, body, left_ms));
  if (IsNotRegisteredYet(reply)) {
    CROSSBILL_TRY(const RegistryReply registered, http_->Post(path + "/versions", body, left_ms));
    if (registered.status != kOk) {
      return Refusal(registered, subject, url_);
    }
    CROSSBILL_TRY(reply, http_->Post(path, body, left_ms));  // for its version
  }
  if (reply.status != kOk) {
    return Refusal(reply, subject, url_);
  }
  const Json json = Parsed(reply);
  const auto id = NumberIn(json, "id");
  const auto version = NumberIn(json, "version");
  if (!id || !version) {
    return Error(Code::kRegistryRefused, "this is not the answer of a schema registry: " + WordsOf(reply),
                 url_);
  }
  return Schema{*id, *version};
}

}  // namespace crossbill::bus
