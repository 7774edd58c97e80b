#include "base/result.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace crossbill {
namespace {

constexpr std::array kCatalogue = {
#define CROSSBILL_ERROR(number, name, retry, grpc, exit, what, remedy) \
  CodeInfo{Code::name, "CB" #number, #name, Retry::retry, #grpc, exit, what, remedy},
#include "base/errors.def"
#undef CROSSBILL_ERROR
};

constexpr bool InOrder() {
  for (std::size_t i = 1; i < kCatalogue.size(); ++i) {
    if (kCatalogue[i - 1].code >= kCatalogue[i].code) {
      return false;
    }
  }
  return true;
}
static_assert(InOrder(), "the numbers of base/errors.def must rise: InfoOf searches by halving");

}  // namespace

const CodeInfo& InfoOf(Code code) {
  const auto* found = std::lower_bound(kCatalogue.begin(), kCatalogue.end(), code,
                                       [](const CodeInfo& info, Code wanted) { return info.code < wanted; });
  // A number from elsewhere (a stored dead letter of another version) is not worth an abort.
  return found == kCatalogue.end() || found->code != code ? kCatalogue.front() : *found;
}

void ForEachCode(void (*visit)(const CodeInfo&, void*), void* context) {
  for (const CodeInfo& info : kCatalogue) {
    visit(info, context);
  }
}

Error Error::At(std::string_view place) && {
  if (place.empty()) {
    return std::move(*this);
  }
  std::string outer(place);
  if (!where_.empty()) {
    outer.append(": ").append(where_);
  }
  where_ = std::move(outer);
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string text;
  if (!where_.empty()) {
    text.append(where_).append(": ");
  }
  return text.append("error ").append(InfoOf(code_).id).append(": ").append(message_);
}

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: a defect of Crossbill: %s does not hold\n", file, line, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace crossbill
