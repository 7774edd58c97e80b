// In the store, beside the log: PREFIX "#" the number of records; and as local keys PREFIX "#" the first
// chunk that is not in the index, PREFIX "/" and a record's key (sixteen bytes) its content and generation.
#include "connectors/sdk/seen_set.h"

#include <algorithm>
#include <charconv>

namespace crossbill::connectors {
namespace {

constexpr std::size_t kSlackEntries = 65536;  // outdated ones in the log that are not worth a look
// With each flush so many times as many entries leave the old table as have come into the young one.
constexpr std::size_t kMovedForOne = 4;
constexpr std::size_t kMovedAtLeast = 1024;

std::optional<std::uint64_t> Number(const std::optional<std::string>& text) {
  std::uint64_t number = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc()) {
    return std::nullopt;
  }
  return number;
}

std::string LocalKey(const std::string& prefix, char kind) {
  std::string key(1, bus::kLocalKey);
  key += prefix;
  key += kind;
  return key;
}

}  // namespace

SeenSet::SeenSet(bus::StateStore* store, std::string prefix, std::size_t young_records)
    : store_(store), prefix_(std::move(prefix)), young_records_(young_records), log_(store, prefix_) {}

Status SeenSet::Load() {
  young_ = {};
  old_ = {};
  moved_ = 0;
  dirty_.clear();
  CROSSBILL_TRY(const auto size, store_->Get(prefix_ + "#"));
  CROSSBILL_TRY(const auto indexed_end, store_->Get(LocalKey(prefix_, '#')));
  indexed_end_ = old_end_ = Number(indexed_end).value_or(0);
  CROSSBILL_RETURN_IF_ERROR(log_.Load(indexed_end_, [&](const SeenEntry& entry) { young_.Put(entry); }));
  size_ = Number(size).value_or(young_.size());
  return LoadIndex();
}

Status SeenSet::LoadIndex() {
  filter_ = {};
  if (indexed_end_ == 0) {
    return Ok();
  }
  filter_.Reserve(size_);
  const std::string prefix = LocalKey(prefix_, '/');
  return store_->Scan(prefix, [&](std::string_view key, std::string_view) {
    Hash128 hash;
    for (int i = 0; i < 8; ++i) {
      hash.high =
          hash.high << 8 | static_cast<unsigned char>(key[prefix.size() + static_cast<std::size_t>(i)]);
      hash.low =
          hash.low << 8 | static_cast<unsigned char>(key[prefix.size() + 8 + static_cast<std::size_t>(i)]);
    }
    filter_.Add(hash);
    return true;
  });
}

std::string SeenSet::IndexKey(const Hash128& key) const {
  std::string text = LocalKey(prefix_, '/');
  for (const std::uint64_t half : {key.high, key.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      text.push_back(static_cast<char>(half >> shift));
    }
  }
  return text;
}

Result<std::optional<SeenEntry>> SeenSet::Find(const Hash128& key) {
  for (const SeenTable* table : {&young_, &old_}) {
    if (const SeenEntry* entry = table->Find(key)) {
      return std::optional(*entry);
    }
  }
  if (!filter_.MayContain(key)) {
    return std::optional<SeenEntry>();
  }
  CROSSBILL_TRY(const auto value, store_->Get(IndexKey(key)));
  SeenEntry entry{key, 0, 0};
  return value && TakeSeenValue(*value, entry) ? std::optional(entry) : std::nullopt;
}

Result<SeenSet::Change> SeenSet::Note(const Hash128& key, std::uint64_t content) {
  CROSSBILL_TRY(const std::optional<SeenEntry> known, Find(key));
  if (known && known->content == content) {
    return Change{false, known->generation};
  }
  const std::uint32_t generation = known ? known->generation + 1 : 1;
  size_ += known ? 0 : 1;
  young_.Put({key, content, generation});
  dirty_.push_back(key);
  return Change{true, generation};
}

Status SeenSet::Flush() {
  if (dirty_.empty()) {
    return Ok();
  }
  std::vector<SeenEntry> entries;
  entries.reserve(dirty_.size());
  for (const Hash128& key : dirty_) {
    entries.push_back(*young_.Find(key));
  }
  dirty_.clear();
  log_.Append(entries);
  CROSSBILL_RETURN_IF_ERROR(log_.MergeSmall());
  for (std::size_t looked = 0; looked <= entries.size() && log_.entries() > 2 * size_ + kSlackEntries;) {
    const std::size_t before = log_.entries();
    CROSSBILL_RETURN_IF_ERROR(log_.CollectOldest([&](const SeenEntry& entry) -> Result<bool> {
      ++looked;
      CROSSBILL_TRY(const auto known, Find(entry.key));
      return known && known->generation == entry.generation;
    }));
    if (log_.entries() == before) {
      break;  // all of it counts; the outdated ones stand in later chunks
    }
  }
  MoveToIndex(std::max(kMovedForOne * entries.size(), kMovedAtLeast));
  PutSize();
  return Ok();
}

void SeenSet::MoveToIndex(std::size_t slots) {
  if (old_.size() == 0) {
    if (young_.size() < young_records_) {
      return;
    }
    std::swap(old_, young_);
    moved_ = 0;
    old_end_ = log_.next_chunk();
  }
  std::string value;
  const std::size_t end = std::min(moved_ + slots, old_.slots().size());
  for (; moved_ < end; ++moved_) {
    const SeenEntry& entry = old_.slots()[moved_];
    if (entry.generation == 0) {
      continue;
    }
    value.clear();
    AppendSeenValue(entry, value);
    store_->Put(IndexKey(entry.key), value);
    if (!filter_.MayContain(entry.key)) {
      filter_.Add(entry.key);
    }
  }
  if (moved_ == old_.slots().size()) {
    old_ = {};
    indexed_end_ = old_end_;
    store_->Put(LocalKey(prefix_, '#'), std::to_string(indexed_end_));
  }
}

void SeenSet::PutSize() { store_->Put(prefix_ + "#", std::to_string(size_)); }

}  // namespace crossbill::connectors
