#include "transforms/reconcile/state_keys.h"

#include <cstdint>

namespace crossbill::transforms {

std::string CustomerPrefix(char section, std::string_view customer) {
  std::string key;
  key.reserve(customer.size() + 2);
  key += section;
  key += customer;
  key += '\0';
  return key;
}

std::string PlainKey(char section, std::string_view customer) {
  std::string key(1, section);
  key += customer;
  return key;
}

std::string RecordSuffix(DocumentKind kind, std::string_view system, std::string_view stream,
                         std::string_view key) {
  std::string suffix;
  suffix.reserve(system.size() + stream.size() + key.size() + 4);
  suffix += static_cast<char>('0' + static_cast<int>(kind));
  for (const std::string_view part : {system, stream, key}) {
    suffix += part;
    suffix += '\0';
  }
  return suffix;
}

std::string_view RecordOfSuffix(std::string_view suffix) {
  std::size_t end = 0;
  for (int part = 0; part < 3; ++part) {
    end = suffix.find('\0', end);
    if (end == std::string_view::npos) {
      return suffix;
    }
    ++end;
  }
  return suffix.substr(0, end);
}

// Big endian, shifted so that dates before 1970 come first.
std::string DueKey(Date date, std::string_view whose) {
  const auto days = static_cast<std::uint32_t>(static_cast<std::int64_t>(date.days()) + (1LL << 31));
  std::string key("t");
  for (int shift = 24; shift >= 0; shift -= 8) {
    key += static_cast<char>((days >> shift) & 0xFF);
  }
  key += whose;
  return key;
}

std::optional<Date> DateOfDueKey(std::string_view key) {
  if (key.size() < kDueKeyStart) {
    return std::nullopt;
  }
  std::uint32_t days = 0;
  for (std::size_t i = 1; i < kDueKeyStart; ++i) {
    days = days << 8 | static_cast<unsigned char>(key[i]);
  }
  return Date(static_cast<std::int32_t>(static_cast<std::int64_t>(days) - (1LL << 31)));
}

}  // namespace crossbill::transforms
