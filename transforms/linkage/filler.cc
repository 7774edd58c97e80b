#include "transforms/linkage/filler.h"

#include <algorithm>
#include <iterator>

namespace crossbill::linkage {
namespace {

constexpr std::string_view kNobodies[] = {"abc",      "asdf",    "donotreply", "dummy", "email",    "keine",
                                          "mail",     "n.a",     "na",         "no",    "no-email", "no-mail",
                                          "no-reply", "noemail", "nomail",     "none",  "noreply",  "null",
                                          "test",     "unknown", "unbekannt",  "x",     "xx",       "xxx"};

// The part of a domain before its first dot.
std::string_view FirstLabel(std::string_view domain) { return domain.substr(0, domain.find('.')); }

}  // namespace

bool IsFiller(std::string_view text) {
  if (text.find_first_not_of(text[0]) == std::string_view::npos) {
    return true;
  }
  constexpr std::string_view kUp = "01234567890123456789", kDown = "98765432109876543210";
  return kUp.find(text) != std::string_view::npos || kDown.find(text) != std::string_view::npos;
}

bool IsFillerEmail(std::string_view email) {
  const std::size_t at = email.find('@');
  if (at == std::string_view::npos || at == 0) {
    return true;
  }
  const std::string_view local = email.substr(0, at), label = FirstLabel(email.substr(at + 1));
  return std::find(std::begin(kNobodies), std::end(kNobodies), local) != std::end(kNobodies) ||
         label == "test" || (local == label && label.size() <= 4) || IsFiller(local);
}

}  // namespace crossbill::linkage
