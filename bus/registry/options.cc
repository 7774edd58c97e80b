#include "bus/registry/options.h"

#include <curl/curl.h>

#include <memory>
#include <vector>

#include "base/text.h"

namespace crossbill::bus {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

bool Has(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  const bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
  curl_free(text);
  return has;
}

Status CheckUrl(const std::string& value) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  const bool http = value.starts_with("http://") || value.starts_with("https://");
  if (!http || curl_url_set(url.get(), CURLUPART_URL, value.c_str(), 0) != CURLUE_OK) {
    return Error(Code::kConfigValue,
                 "\"schema_registry\" is not the address of one registry, such as \"https://registry:8081\"");
  }
  if (Has(url.get(), CURLUPART_USER) || Has(url.get(), CURLUPART_PASSWORD)) {
    return Error(Code::kConfigValue,
                 "\"schema_registry\" has a user or a password in it; they belong into "
                 "\"schema_registry.basic.auth.user.info\"");
  }
  if (Has(url.get(), CURLUPART_QUERY) || Has(url.get(), CURLUPART_FRAGMENT)) {
    return Error(Code::kConfigValue,
                 "\"schema_registry\" ends in a query (\"?…\" or \"#…\"); only a path may follow the host");
  }
  return Ok();
}

}  // namespace

bool IsRegistryKey(std::string_view name) {
  return name == kRegistryUrl || name.starts_with(std::string(kRegistryUrl) + ".");
}

Status CheckRegistryKey(std::string_view name, const std::string& value) {
  if (name == kRegistryUrl) {
    return CheckUrl(value);
  }
  if (name == kRegistryUserInfo) {
    return value.find(':') != std::string::npos && value.front() != ':'
               ? Ok()
               : Status(
                     Error(Code::kConfigValue,
                           "\"schema_registry.basic.auth.user.info\" is not of the form \"user:password\""));
  }
  if (name == kRegistryCaFile) {
    return value.empty() ? Status(Error(Code::kConfigValue,
                                        "\"" + std::string(name) + "\" is empty: the path of a PEM file"))
                         : Ok();
  }
  if (name == kRegistryTopics) {
    return Ok();
  }
  const std::vector<std::string> known{std::string(kRegistryUserInfo), std::string(kRegistryCaFile),
                                       std::string(kRegistryTopics)};
  const auto near = Nearest(name, known);
  return Error(Code::kConfigUnknownKey, "there is no key \"" + std::string(name) + "\"" +
                                            (near ? "; did you mean \"" + *near + "\"?"
                                                  : ": " + known[0] + ", " + known[1] + ", " + known[2]));
}

RegistryOptions RegistryOptionsOf(const std::map<std::string, std::string>& properties) {
  const auto value = [&](std::string_view name) {
    const auto found = properties.find(std::string(name));
    return found == properties.end() ? std::string() : found->second;
  };
  RegistryOptions options;
  options.url = value(kRegistryUrl);
  options.user_info = value(kRegistryUserInfo);
  options.ca_file = value(kRegistryCaFile);
  while (options.url.ends_with('/')) {
    options.url.pop_back();
  }
  return options;
}

}  // namespace crossbill::bus
