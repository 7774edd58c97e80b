// In the store: PREFIX "/" and the chunk's number as eight bytes, big end first; the value is entries of 28
// bytes (key, content, generation), little end first. A later chunk outranks an earlier one. When more than
// half of what is stored is outdated, or the chunks have become many, all of it is written anew as few
// chunks.
#include "connectors/sdk/seen_set.h"

#include <algorithm>

namespace crossbill::connectors {
namespace {

constexpr std::size_t kEntryBytes = 28;
constexpr std::size_t kEntriesAChunk = 32768;
constexpr std::uint64_t kManyChunks = 2048;
constexpr std::uint64_t kSlackEntries = 65536;

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

}  // namespace

SeenSet::Slot& SeenSet::FindSlot(const Hash128& key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = key.low & mask;
  while (slots_[at].generation != 0 && slots_[at].key != key) {
    at = (at + 1) & mask;
  }
  return slots_[at];
}

void SeenSet::Grow() {
  std::vector<Slot> old(slots_.empty() ? 1024 : slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.generation != 0) {
      FindSlot(slot.key) = slot;
    }
  }
}

Status SeenSet::Load() {
  slots_.clear();
  dirty_.clear();
  size_ = 0;
  next_chunk_ = 0;
  first_chunk_ = 0;
  delta_entries_ = 0;
  bool damaged = false;
  bool first = true;
  CROSSBILL_RETURN_IF_ERROR(store_->Scan(prefix_ + "/", [&](std::string_view key, std::string_view value) {
    if (key.size() != prefix_.size() + 9 || value.size() % kEntryBytes != 0) {
      damaged = true;
      return false;
    }
    const std::uint64_t number = ChunkNumber(key);
    first_chunk_ = first ? number : first_chunk_;
    first = false;
    next_chunk_ = number + 1;
    for (std::size_t at = 0; at < value.size(); at += kEntryBytes) {
      Put({{GetWord(&value[at], 8), GetWord(&value[at + 8], 8)},
           GetWord(&value[at + 16], 8),
           static_cast<std::uint32_t>(GetWord(&value[at + 24], 4))});
    }
    delta_entries_ += value.size() / kEntryBytes;
    return true;
  }));
  if (damaged) {
    return Error(Code::kBusCorrupt, "the record hashes under \"" + prefix_ + "\" are not readable");
  }
  return Ok();
}

void SeenSet::Put(const Slot& entry) {
  if ((size_ + 1) * 4 > slots_.size() * 3) {
    Grow();
  }
  Slot& slot = FindSlot(entry.key);
  size_ += slot.generation == 0 ? 1 : 0;
  slot = entry;
}

SeenSet::Change SeenSet::Note(const Hash128& key, std::uint64_t content) {
  if ((size_ + 1) * 4 > slots_.size() * 3) {
    Grow();
  }
  Slot& slot = FindSlot(key);
  if (slot.generation != 0 && slot.content == content) {
    return {false, slot.generation};
  }
  if (slot.generation == 0) {
    slot.key = key;
    ++size_;
  }
  slot.content = content;
  ++slot.generation;
  dirty_.push_back(key);
  return {true, slot.generation};
}

Status SeenSet::Flush() {
  if (dirty_.empty()) {
    return Ok();
  }
  if (delta_entries_ + dirty_.size() > 2 * size_ + kSlackEntries ||
      next_chunk_ - first_chunk_ > kManyChunks + size_ / 4096) {
    return Rewrite();
  }
  for (std::size_t at = 0; at < dirty_.size(); at += kEntriesAChunk) {
    const std::size_t end = std::min(at + kEntriesAChunk, dirty_.size());
    std::string value;
    value.reserve((end - at) * kEntryBytes);
    for (std::size_t i = at; i < end; ++i) {
      AppendEntry(FindSlot(dirty_[i]), value);
    }
    store_->Put(ChunkKey(prefix_, next_chunk_++), value);
  }
  delta_entries_ += dirty_.size();
  dirty_.clear();
  return Ok();
}

Status SeenSet::Rewrite() {
  for (std::uint64_t chunk = first_chunk_; chunk < next_chunk_; ++chunk) {
    store_->Delete(ChunkKey(prefix_, chunk));
  }
  first_chunk_ = next_chunk_;
  std::string value;
  for (const Slot& slot : slots_) {
    if (slot.generation == 0) {
      continue;
    }
    AppendEntry(slot, value);
    if (value.size() == kEntriesAChunk * kEntryBytes) {
      store_->Put(ChunkKey(prefix_, next_chunk_++), value);
      value.clear();
    }
  }
  if (!value.empty()) {
    store_->Put(ChunkKey(prefix_, next_chunk_++), value);
  }
  delta_entries_ = size_;
  dirty_.clear();
  return Ok();
}

void SeenSet::AppendEntry(const Slot& slot, std::string& out) {
  PutWord(out, slot.key.high, 8);
  PutWord(out, slot.key.low, 8);
  PutWord(out, slot.content, 8);
  PutWord(out, slot.generation, 4);
}

}  // namespace crossbill::connectors
