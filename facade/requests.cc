#include "facade/requests.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/text.h"
#include "facade/base64.h"

namespace crossbill::facade {
namespace {

constexpr char kTokenVersion = '1';
constexpr std::size_t kMaxId = 128;
constexpr std::size_t kMaxName = 1024;

// Of the arguments and the position: a token for other arguments, or one that somebody wrote, does not fit.
std::string Seal(const google::protobuf::Message& request, std::string_view position) {
  std::unique_ptr<google::protobuf::Message> arguments(request.New());
  arguments->CopyFrom(request);
  for (const char* field : {"page_size", "page_token"}) {
    if (const auto* descriptor = arguments->GetDescriptor()->FindFieldByName(field)) {
      arguments->GetReflection()->ClearField(arguments.get(), descriptor);
    }
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    arguments->SerializeToCodedStream(&coded);
  }
  return Hash128Of({arguments->GetTypeName(), bytes, position}).ToHex().substr(0, 16);
}

Error BadName(std::string_view field, std::string_view name, const std::vector<std::string_view>& collections,
              bool record) {
  std::vector<std::string> forms;
  for (const std::string_view collection : collections) {
    forms.push_back(fmt::format("\"{}ID\"", collection));
  }
  if (record) {
    forms.emplace_back("\"SYSTEM/STREAM/KEY\" of a source record");
  }
  return Error(Code::kRequestField,
               fmt::format("\"{}\" is not of the form {}", Printable(name), fmt::join(forms, " or ")),
               std::string(field));
}

Status CheckNameOf(std::string_view field, std::string_view name,
                   const std::vector<std::string_view>& collections, bool record) {
  if (name.empty()) {
    return Error(Code::kRequestField, "is required", std::string(field));
  }
  const bool odd = std::any_of(name.begin(), name.end(),
                               [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (odd || name.size() > kMaxName || !IsValidUtf8(name)) {
    return BadName(field, name, collections, record);
  }
  for (const std::string_view collection : collections) {
    if (!name.starts_with(collection)) {
      continue;
    }
    const std::string_view id = name.substr(collection.size());
    if (!id.empty() && id.size() <= kMaxId && id.find_first_of("/ ") == std::string_view::npos) {
      return Ok();
    }
    return BadName(field, name, collections, record);
  }
  // The key may have blanks and slashes of its own.
  const std::size_t first = name.find('/');
  const std::size_t second = first == std::string_view::npos ? first : name.find('/', first + 1);
  if (record && first > 0 && second != std::string_view::npos && second > first + 1 &&
      second + 1 < name.size()) {
    return Ok();
  }
  return BadName(field, name, collections, record);
}

}  // namespace

Result<std::size_t> PageSize(std::int32_t asked, std::size_t usual, std::size_t most) {
  if (asked < 0) {
    return Error(Code::kRequestField,
                 fmt::format("{} is negative; 0 means {}, the most is {}", asked, usual, most), "page_size");
  }
  return asked == 0 ? usual : std::min(static_cast<std::size_t>(asked), most);
}

std::string MakePageToken(const google::protobuf::Message& request, std::string_view position) {
  return EncodeBase64Url(fmt::format("{}{}{}", kTokenVersion, Seal(request, position), position));
}

Result<std::string> ReadPageToken(const google::protobuf::Message& request, std::string_view token) {
  if (token.empty()) {
    return std::string();
  }
  const Error wrong(Code::kPageToken,
                    "is not a token of this request's own pages: the other arguments must stay the same",
                    "page_token");
  const std::optional<std::string> text = DecodeBase64(token);
  constexpr std::size_t kHead = 17;
  if (!text || text->size() < kHead || text->front() != kTokenVersion) {
    return wrong;
  }
  const std::string position = text->substr(kHead);
  if (position.empty() || std::string_view(*text).substr(1, kHead - 1) != Seal(request, position)) {
    return wrong;
  }
  return position;
}

Status CheckName(std::string_view field, std::string_view name,
                 std::initializer_list<std::string_view> collections, bool record) {
  return CheckNameOf(field, name, collections, record);
}

Status CheckDocumentName(std::string_view field, std::string_view name, bool record) {
  return CheckNameOf(field, name,
                     {"orders/", "shipments/", "invoices/", "payments/", "quotes/", "interactions/"}, record);
}

}  // namespace crossbill::facade
