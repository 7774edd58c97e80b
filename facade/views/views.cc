#include "facade/views/views.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/text.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/views/views_impl.h"
#include "transforms/identity/comparer.h"

namespace crossbill::facade {
namespace {

constexpr std::string_view kPartiesFormat = "1|";  // raised when an entry of the index changes its form
constexpr std::string_view kNobodysParties = "-";
constexpr int kMaxMerges = 64;  // steps from a merged name to its successor

Error NoSuch(std::string_view what, std::string_view name) {
  return Error(Code::kNotFound, fmt::format("no {} \"{}\"", what, Printable(name)));
}

template <class Message>
Result<Message> GetMessage(Store& store, char space, std::string_view name, std::string_view what) {
  CROSSBILL_TRY(const std::optional<std::string> bytes, store.Get(Key(space, name)));
  if (!bytes) {
    return NoSuch(what, name);
  }
  Message message;
  CROSSBILL_RETURN_IF_ERROR(Decode(*bytes, name, message));
  return message;
}

bool IsRecordName(std::string_view name) { return std::count(name.begin(), name.end(), '/') >= 2; }

// The first owner of the source record in the collection.
Result<std::string> OwnerOf(Store& store, std::string_view record, bool customer) {
  const std::string prefix = WithNul('s', record);
  std::string owner;
  CROSSBILL_RETURN_IF_ERROR(store.Scan(prefix, "", [&](std::string_view key, std::string_view) {
    const std::string_view name = key.substr(prefix.size());
    if (name.starts_with(kCollectionCustomers) == customer && name.find('\0') == std::string_view::npos) {
      owner = name;
    }
    return owner.empty();
  }));
  return owner;
}

}  // namespace

Status Decode(std::string_view bytes, std::string_view name, google::protobuf::Message& into) {
  if (into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Ok();
  }
  return Error(Code::kViewsCorrupt, fmt::format("{} in the read model cannot be decoded", name));
}

Result<std::unique_ptr<Views>> Views::Open(const std::string& path, bool read_only,
                                           std::shared_ptr<const transforms::Comparer> comparer) {
  CROSSBILL_TRY(std::unique_ptr<Store> store, Store::Open(path, read_only));
  auto views = std::make_unique<ViewsImpl>(std::move(store), std::move(comparer));
  CROSSBILL_RETURN_IF_ERROR(views->Load());
  return std::unique_ptr<Views>(std::move(views));
}

Status ViewsImpl::Load() {
  CROSSBILL_TRY(const std::optional<std::string> format, store_->Get(kFormatKey));
  if (format && *format != kFormat) {
    return Error(
        Code::kViewsStale,
        fmt::format("the read model was written in format {}, this version reads {}", *format, kFormat));
  }
  if (!format && !store_->read_only()) {
    StoreBatch batch(*store_);
    batch.Put(kFormatKey, kFormat);
    CROSSBILL_RETURN_IF_ERROR(batch.Commit());
  }
  CROSSBILL_TRY(const std::optional<std::string> begin, store_->Get(kFeedBeginKey));
  if (begin) {
    feed_begin_ = NumberOf(begin->substr(0, 8));
    last_change_ = NumberOf(begin->substr(8));
  }
  return LoadParties();
}

Status ViewsImpl::LoadParties() {
  CROSSBILL_TRY(const std::optional<std::string> known, store_->Get(kPartiesKey));
  const std::string wanted = comparer_ != nullptr ? std::string(kPartiesFormat) + comparer_->version() : "";
  if (known.value_or("") != wanted) {
    if (store_->read_only()) {
      return Ok();
    }
    CROSSBILL_RETURN_IF_ERROR(RemoveParties(wanted));
  }
  if (comparer_ != nullptr) {
    parties_.emplace(*store_, *comparer_);
  }
  return Ok();
}

// After a crash in between it begins again: until the end the index is nobody's.
Status ViewsImpl::RemoveParties(const std::string& next) {
  CROSSBILL_TRY(const std::string prefix, TopicPrefix());
  CROSSBILL_TRY(const auto offsets, Offsets());
  StoreBatch batch(*store_);
  batch.Put(kPartiesKey, kNobodysParties);
  for (const auto& [partition, offset] : offsets) {
    if (partition.topic == bus::Topics(prefix, 1).Source("party")) {
      batch.Delete(OffsetKey(partition));
    }
  }
  CROSSBILL_RETURN_IF_ERROR(batch.Commit());
  for (const char space : kPartySpaces) {
    CROSSBILL_RETURN_IF_ERROR(store_->DeleteSpace(space));
  }
  batch.Put(kPartiesKey, next);
  return batch.Commit();
}

Result<std::string> ViewsImpl::TopicPrefix() {
  CROSSBILL_TRY(std::optional<std::string> prefix, store_->Get(kTopicPrefixKey));
  return prefix.value_or("");
}

Result<std::optional<std::string>> ViewsImpl::Successor(std::string_view name) {
  CROSSBILL_TRY(std::optional<std::string> successor, store_->Get(Key('m', name)));
  if (successor) {
    return successor;
  }
  const std::string prefix = WithNul('p', name);
  CROSSBILL_RETURN_IF_ERROR(store_->Scan(prefix, "", [&](std::string_view key, std::string_view) {
    successor = key.substr(prefix.size());
    return false;
  }));
  return successor;
}

Result<std::string> ViewsImpl::ResolveCustomer(std::string_view name) {
  std::string at(name);
  if (!at.starts_with(kCollectionCustomers) && IsRecordName(at)) {
    CROSSBILL_TRY(at, OwnerOf(*store_, name, true));
    if (at.empty()) {
      return NoSuch("customer with a source record", name);
    }
  }
  std::set<std::string> seen;
  for (int step = 0; step < kMaxMerges && seen.insert(at).second; ++step) {
    CROSSBILL_TRY(const std::optional<std::string> bytes, store_->Get(Key('c', at)));
    if (bytes) {
      return at;
    }
    CROSSBILL_TRY(std::optional<std::string> successor, Successor(at));
    if (!successor) {
      return NoSuch("customer", name);
    }
    at = std::move(*successor);
  }
  return Error(Code::kViewsCorrupt,
               fmt::format("the merges of {} run in a circle: {} comes again", Printable(name), at), "name");
}

Result<v1::Customer> ViewsImpl::GetCustomer(std::string_view name) {
  CROSSBILL_TRY(const std::string resolved, ResolveCustomer(name));
  return GetMessage<v1::Customer>(*store_, 'c', resolved, "customer");
}

Result<v1::UnifiedDocument> ViewsImpl::GetDocument(std::string_view name) {
  if (IsRecordName(name)) {
    CROSSBILL_TRY(const std::string owner, OwnerOf(*store_, name, false));
    if (owner.empty()) {
      return NoSuch("document with a source record", name);
    }
    return GetMessage<v1::UnifiedDocument>(*store_, 'd', owner, "document");
  }
  return GetMessage<v1::UnifiedDocument>(*store_, 'd', name, "document");
}

Result<v1::Exception> ViewsImpl::GetException(std::string_view name) {
  return GetMessage<v1::Exception>(*store_, 'e', name, "exception");
}

Status ViewsImpl::Scrub(const std::function<bool(std::string_view record)>& forgotten) {
  if (parties_) {
    CROSSBILL_RETURN_IF_ERROR(parties_->RemoveThose(forgotten));
  }
  return store_->Scrub();
}

Result<Page> ViewsImpl::ListKeys(std::string_view prefix, std::size_t limit, std::string_view after,
                                 const Take& take) {
  Page page;
  std::string last;
  const std::string from = after.empty() ? std::string() : std::string(prefix) + std::string(after);
  CROSSBILL_RETURN_IF_ERROR(store_->Scan(prefix, from, [&](std::string_view key, std::string_view value) {
    const std::string_view rest = key.substr(prefix.size());
    if (!take(rest, value)) {
      return true;
    }
    if (page.names.size() == limit) {
      page.next = last;  // there is at least one more
      return false;
    }
    last = rest;
    page.names.emplace_back(rest.substr(rest.rfind('\0') + 1));  // npos + 1 is 0: the whole
    return true;
  }));
  return page;
}

Result<Page> ViewsImpl::ListCustomers(std::size_t limit, std::string_view after) {
  return ListKeys("c", limit, after, [](std::string_view, std::string_view) { return true; });
}

Result<Page> ViewsImpl::ListDocuments(const DocumentFilter& filter, std::size_t limit,
                                      std::string_view after) {
  const auto kind_fits = [&](std::string_view value) {
    return filter.kind == 0 || (!value.empty() && value[0] == static_cast<char>(filter.kind));
  };
  if (!filter.customer.empty()) {
    return ListKeys(WithNul('i', filter.customer), limit, after,
                    [&](std::string_view, std::string_view value) {
                      return kind_fits(value) && (filter.chain.empty() || value.substr(1) == filter.chain);
                    });
  }
  if (!filter.chain.empty()) {
    return ListKeys(WithNul('h', filter.chain), limit, after,
                    [&](std::string_view, std::string_view value) { return kind_fits(value); });
  }
  const std::string_view collection = CollectionOfKind(filter.kind);
  return ListKeys("d", limit, after,
                  [&](std::string_view rest, std::string_view) { return rest.starts_with(collection); });
}

// By state and type, which an entry of an index has.
bool ViewsImpl::Fits(const ExceptionFilter& filter, std::string_view value) {
  if (value.size() < 2 || (filter.state != 0 && value[0] != static_cast<char>(filter.state)) ||
      (filter.unresolved && value[0] == static_cast<char>(v1::Exception::RESOLVED))) {
    return false;
  }
  return filter.types.empty() ||
         std::find(filter.types.begin(), filter.types.end(), value[1]) != filter.types.end();
}

Result<Page> ViewsImpl::ListExceptions(const ExceptionFilter& filter, std::size_t limit,
                                       std::string_view after) {
  std::set<std::string>
      of_document;  // both: the document's list is the shorter one to hold against the customer's
  if (!filter.customer.empty() && !filter.document.empty()) {
    CROSSBILL_TRY(const Page page,
                  ListKeys(WithNul('y', filter.document), SIZE_MAX, "", [](auto, auto) { return true; }));
    of_document.insert(page.names.begin(), page.names.end());
  }
  const Take take = [&](std::string_view rest, std::string_view value) {
    const std::string name(rest.substr(rest.rfind('\0') + 1));  // npos + 1 is 0: the whole
    if (!Fits(filter, value) ||
        (!filter.customer.empty() && !filter.document.empty() && of_document.count(name) == 0)) {
      return false;
    }
    if (!filter.also) {
      return true;
    }
    const auto exception = GetException(name);
    return !exception.ok() || filter.also(*exception);  // who gets it says that it is damaged
  };
  const std::string open = filter.unresolved ? "a" : "";
  if (!filter.customer.empty()) {
    return ListKeys(WithNul('x', filter.customer) + open, limit, after, take);
  }
  if (!filter.document.empty()) {
    return ListKeys(WithNul('y', filter.document), limit, after, take);
  }
  return ListKeys("w" + open, limit, after, take);
}

Result<Page> ViewsImpl::ListQuestions(DocumentQuestion question, std::string_view customer, std::size_t limit,
                                      std::string_view after) {
  std::string prefix(1, static_cast<char>(question));
  prefix += customer;
  return ListKeys(customer.empty() ? Key('Q', prefix) : WithNul('q', prefix), limit, after,
                  [](std::string_view, std::string_view) { return true; });
}

Result<std::vector<Views::Hit>> ViewsImpl::SearchCustomers(std::string_view text, std::size_t limit) {
  return Search(*store_, *this).Run(text, limit);
}

Result<std::vector<Views::Change>> ViewsImpl::ChangesAfter(std::uint64_t sequence, std::size_t limit) {
  if (sequence > last_change() || sequence + 1 < feed_begin_.load()) {
    return Error(Code::kResumeToken,
                 fmt::format("the changes after number {} are not kept: from {} to {}", sequence,
                             feed_begin_.load(), last_change()),
                 "resume_token");
  }
  std::vector<Change> changes;
  CROSSBILL_RETURN_IF_ERROR(
      store_->Scan("f", FeedKey(sequence), [&](std::string_view key, std::string_view value) {
        if (changes.size() == limit) {
          return false;
        }
        changes.push_back({NumberOf(key.substr(1)), std::string(value.substr(1)), value[0] == 'r'});
        return true;
      }));
  // What was trimmed while it was read would be a gap.
  if (!changes.empty() && changes.front().sequence != sequence + 1) {
    return Error(Code::kResumeToken, fmt::format("the changes after number {} are no longer kept", sequence),
                 "resume_token");
  }
  return changes;
}

void ViewsImpl::WaitForChange(std::uint64_t sequence, std::int64_t wait_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(wait_ms), [&] { return last_change_.load() > sequence; });
}

Result<std::map<bus::TopicPartition, std::int64_t>> ViewsImpl::Offsets() {
  std::map<bus::TopicPartition, std::int64_t> offsets;
  CROSSBILL_RETURN_IF_ERROR(
      store_->Scan(kOffsetPrefix, "", [&](std::string_view key, std::string_view value) {
        if (auto partition = PartitionOfOffsetKey(key)) {
          offsets[*partition] = static_cast<std::int64_t>(NumberOf(value));
        }
        return true;
      }));
  return offsets;
}

Result<std::vector<std::string>> ViewsImpl::Problems(std::size_t limit) {
  std::vector<std::string> problems;
  CROSSBILL_RETURN_IF_ERROR(store_->Scan(kProblemPrefix, "", [&](std::string_view, std::string_view value) {
    if (problems.size() < limit) {
      problems.emplace_back(value);
    }
    return problems.size() < limit;
  }));
  return problems;
}

}  // namespace crossbill::facade
