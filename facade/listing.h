// Fetching the records of a page. Pages end early rather than become larger than a message may be.
#pragma once

#include <functional>
#include <string>

#include "facade/requests.h"
#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::facade {

inline constexpr std::size_t kUsualPage = 50;
inline constexpr std::size_t kLargestPage = 1000;
inline constexpr std::size_t kMaxPageBytes =
    kMaxMessageBytes - (512u << 10);  // room for the frame around the records

// list(limit, after) gives names, get(name) a record; a record that went meanwhile is left out. Returns the
// token of the next page.
template <class Record, class List, class Get, class Add>
Result<std::string> FetchPage(const Message& request, std::int32_t page_size, const std::string& page_token,
                              CallContext& context, const List& list, const Get& get, const Add& add) {
  CROSSBILL_TRY(const std::size_t size, PageSize(page_size, kUsualPage, kLargestPage));
  CROSSBILL_TRY(const std::string after, ReadPageToken(request, page_token));
  CROSSBILL_TRY(Page page, list(size, after));
  std::size_t bytes = 0;
  std::size_t taken = 0;
  for (; taken < page.names.size(); ++taken) {
    CROSSBILL_RETURN_IF_ERROR(context.Check());
    Result<Record> record = get(page.names[taken]);
    if (!record.ok()) {
      if (record.error().code() == Code::kNotFound) {
        continue;
      }
      return std::move(record).error();
    }
    bytes += record->ByteSizeLong() + 8;
    if (bytes > kMaxPageBytes && taken > 0) {
      break;
    }
    add(std::move(*record));
  }
  if (taken < page.names.size()) {
    CROSSBILL_TRY(page, list(taken, after));
  }
  return page.next.empty() ? std::string() : MakePageToken(request, page.next);
}

}  // namespace crossbill::facade
