#include "connectors/sdk/seen_log.h"

#include <algorithm>

namespace crossbill::connectors {
namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kValueBytes = 12;
constexpr std::size_t kEntryBytes = kKeyBytes + kValueBytes;
constexpr std::size_t kEntriesAChunk = 32768;
// Chunks below these sizes are small; so many of them at the end are merged into one.
constexpr std::size_t kSmall[] = {512, 8192};
constexpr std::size_t kMergedAtOnce = 16;

std::string ChunkKey(const std::string& prefix, std::uint64_t number) {
  std::string key = prefix + "/";
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(number >> shift));
  }
  return key;
}

std::uint64_t ChunkNumber(std::string_view key) {
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - 8)) {
    number = number << 8 | static_cast<unsigned char>(c);
  }
  return number;
}

void PutWord(std::string& out, std::uint64_t word, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<char>(word >> (8 * i)));
  }
}

std::uint64_t GetWord(const char* from, int bytes) {
  std::uint64_t word = 0;
  for (int i = bytes - 1; i >= 0; --i) {
    word = word << 8 | static_cast<unsigned char>(from[i]);
  }
  return word;
}

void Visit(std::string_view chunk, const std::function<void(const SeenEntry&)>& visit) {
  SeenEntry entry;
  for (std::size_t at = 0; at < chunk.size(); at += kEntryBytes) {
    entry.key = {GetWord(&chunk[at], 8), GetWord(&chunk[at + 8], 8)};
    TakeSeenValue(chunk.substr(at + kKeyBytes, kValueBytes), entry);
    visit(entry);
  }
}

}  // namespace

void AppendSeenValue(const SeenEntry& entry, std::string& out) {
  PutWord(out, entry.content, 8);
  PutWord(out, entry.generation, 4);
}

bool TakeSeenValue(std::string_view bytes, SeenEntry& entry) {
  if (bytes.size() != kValueBytes) {
    return false;
  }
  entry.content = GetWord(bytes.data(), 8);
  entry.generation = static_cast<std::uint32_t>(GetWord(bytes.data() + 8, 4));
  return true;
}

Status SeenLog::Load(std::uint64_t from, const std::function<void(const SeenEntry&)>& visit) {
  chunks_.clear();
  next_ = 0;
  entries_ = 0;
  bool damaged = false;
  CROSSBILL_RETURN_IF_ERROR(store_->Scan(prefix_ + "/", [&](std::string_view key, std::string_view value) {
    damaged = key.size() != prefix_.size() + 9 || value.size() % kEntryBytes != 0;
    if (damaged) {
      return false;
    }
    chunks_.push_back({ChunkNumber(key), value.size() / kEntryBytes});
    next_ = chunks_.back().number + 1;
    entries_ += chunks_.back().entries;
    if (chunks_.back().number >= from) {
      Visit(value, visit);
    }
    return true;
  }));
  return damaged ? Status(Damaged()) : Ok();
}

void SeenLog::Append(const std::vector<SeenEntry>& entries) {
  for (std::size_t at = 0; at < entries.size(); at += kEntriesAChunk) {
    const std::size_t end = std::min(at + kEntriesAChunk, entries.size());
    std::string value;
    value.reserve((end - at) * kEntryBytes);
    for (std::size_t i = at; i < end; ++i) {
      PutWord(value, entries[i].key.high, 8);
      PutWord(value, entries[i].key.low, 8);
      AppendSeenValue(entries[i], value);
    }
    store_->Put(ChunkKey(prefix_, next_), value);
    chunks_.push_back({next_++, end - at});
  }
  entries_ += entries.size();
}

Status SeenLog::MergeSmall() {
  for (const std::size_t small : kSmall) {
    const auto large = std::find_if(chunks_.rbegin(), chunks_.rend(),
                                    [&](const Chunk& chunk) { return chunk.entries >= small; });
    const auto count = static_cast<std::size_t>(large - chunks_.rbegin());
    if (count < kMergedAtOnce) {
      continue;
    }
    SeenTable latest;
    for (std::size_t i = 0; i < count; ++i) {
      const Chunk chunk = chunks_.back();
      CROSSBILL_RETURN_IF_ERROR(Read(chunk, [&](const SeenEntry& entry) { latest.Put(entry); }));
      Drop(chunk);
      chunks_.pop_back();
    }
    std::vector<SeenEntry> merged;
    merged.reserve(latest.size());
    std::copy_if(latest.slots().begin(), latest.slots().end(), std::back_inserter(merged),
                 [](const SeenEntry& entry) { return entry.generation != 0; });
    Append(merged);
  }
  return Ok();
}

Status SeenLog::CollectOldest(const std::function<Result<bool>(const SeenEntry&)>& counts) {
  if (chunks_.empty()) {
    return Ok();
  }
  const Chunk oldest = chunks_.front();
  std::vector<SeenEntry> kept;
  Status looked = Ok();
  CROSSBILL_RETURN_IF_ERROR(Read(oldest, [&](const SeenEntry& entry) {
    const Result<bool> keep = looked.ok() ? counts(entry) : Result<bool>(false);
    if (!keep.ok()) {
      looked = keep.error();
    } else if (*keep) {
      kept.push_back(entry);
    }
  }));
  CROSSBILL_RETURN_IF_ERROR(std::move(looked));
  Drop(oldest);
  chunks_.pop_front();
  Append(kept);
  return Ok();
}

Status SeenLog::Read(const Chunk& chunk, const std::function<void(const SeenEntry&)>& visit) {
  CROSSBILL_TRY(const auto value, store_->Get(ChunkKey(prefix_, chunk.number)));
  if (!value || value->size() != chunk.entries * kEntryBytes) {
    return Damaged();
  }
  Visit(*value, visit);
  return Ok();
}

void SeenLog::Drop(const Chunk& chunk) {
  store_->Delete(ChunkKey(prefix_, chunk.number));
  entries_ -= chunk.entries;
}

Error SeenLog::Damaged() const {
  return {Code::kBusCorrupt, "the record hashes under \"" + prefix_ + "\" are not readable"};
}

}  // namespace crossbill::connectors
