// A client of a schema registry with Confluent's interface: registers protobuf files with what they import.
// One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/registry/http.h"
#include "bus/registry/options.h"

namespace google::protobuf {
class FileDescriptor;
}

namespace crossbill::bus {

class SchemaRegistry {
 public:
  static Result<SchemaRegistry> Open(const RegistryOptions& options);

  // The id of the file's schema under the subject. What is registered already is only looked up, which needs
  // no right to write. Imports are subjects named by their paths, each registered once; google/protobuf/* is
  // known to registries. kRegistryUnavailable (try again), kRegistryDenied, kRegistryRefused.
  Result<std::int32_t> Register(const std::string& subject, const google::protobuf::FileDescriptor& file);

 private:
  struct Schema {
    std::int32_t id = 0;
    std::int32_t version = 0;
  };
  SchemaRegistry(std::unique_ptr<RegistryHttp> http, std::string url, std::int64_t timeout_ms)
      : http_(std::move(http)), url_(std::move(url)), timeout_ms_(timeout_ms) {}
  Result<Schema> Publish(const std::string& subject, const google::protobuf::FileDescriptor& file,
                         std::int64_t& left_ms);
  Result<std::string> BodyOf(const google::protobuf::FileDescriptor& file, std::int64_t& left_ms);

  std::unique_ptr<RegistryHttp> http_;
  std::string url_;
  std::int64_t timeout_ms_;
  std::map<std::string, Schema> imports_;  // by path
};

}  // namespace crossbill::bus
