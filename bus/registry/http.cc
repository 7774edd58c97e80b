#include "bus/registry/http.h"

#include <curl/curl.h>

#include <algorithm>

namespace crossbill::bus {
namespace {

constexpr std::int64_t kConnectMs = 5000;
constexpr std::size_t kMostBytes = 16u << 20;

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t Receive(char* data, std::size_t size, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  const std::size_t bytes = size * count;
  if (body.size() + bytes > kMostBytes) {
    return 0;  // ends the transfer
  }
  body.append(data, bytes);
  return bytes;
}

class CurlHttp final : public RegistryHttp {
 public:
  explicit CurlHttp(const RegistryOptions& options) : url_(options.url), curl_(curl_easy_init()) {
    CROSSBILL_CHECK(curl_ != nullptr);
    for (const char* header :
         {"Content-Type: application/vnd.schemaregistry.v1+json",
          "Accept: application/vnd.schemaregistry.v1+json, application/json", "Expect:"}) {
      headers_.reset(curl_slist_append(headers_.release(), header));
    }
    Set(CURLOPT_HTTPHEADER, headers_.get());
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_ERRORBUFFER, failure_);
    Set(CURLOPT_WRITEFUNCTION, &Receive);
    if (!options.ca_file.empty()) {
      Set(CURLOPT_CAINFO, options.ca_file.c_str());
    }
    if (!options.user_info.empty()) {
      Set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
      Set(CURLOPT_USERPWD, options.user_info.c_str());
    }
  }

  Result<RegistryReply> Post(const std::string& path, const std::string& json,
                             std::int64_t& left_ms) override {
    const std::string url = url_ + path;
    if (left_ms <= 0) {
      return Error(Code::kRegistryUnavailable, "the schema registry is too slow", url_);
    }
    RegistryReply reply;
    Set(CURLOPT_URL, url.c_str());
    Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(json.size()));
    Set(CURLOPT_POSTFIELDS, json.data());
    Set(CURLOPT_WRITEDATA, &reply.body);
    Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left_ms, kConnectMs)));
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(left_ms));
    failure_[0] = '\0';
    const CURLcode code = curl_easy_perform(curl_.get());
    curl_off_t taken_us = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_TOTAL_TIME_T, &taken_us);
    left_ms -= taken_us / 1000 + 1;
    if (code != CURLE_OK) {
      return Error(Code::kRegistryUnavailable,
                   std::string("no answer of the schema registry: ") +
                       (failure_[0] != '\0' ? failure_ : curl_easy_strerror(code)),
                   url_);
    }
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &reply.status);
    return reply;
  }

 private:
  template <class Value>
  void Set(CURLoption option, Value value) {
    curl_easy_setopt(curl_.get(), option, value);
  }

  const std::string url_;
  const std::unique_ptr<CURL, CurlDeleter> curl_;
  std::unique_ptr<curl_slist, CurlDeleter> headers_;
  char failure_[CURL_ERROR_SIZE] = {};
};

}  // namespace

Result<std::unique_ptr<RegistryHttp>> RegistryHttp::Open(const RegistryOptions& options) {
  // Once in a process, and thread-safe in libcurl of today.
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error(Code::kInternal, "libcurl cannot be initialised");
  }
  return std::unique_ptr<RegistryHttp>(std::make_unique<CurlHttp>(options));
}

std::string UrlEncoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
        byte == '-' || byte == '.' || byte == '_' || byte == '~') {
      encoded += c;
    } else {
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace crossbill::bus
