#include "bus/batch/record_batch.h"

#include <lz4.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace crossbill::bus {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kFlagLz4 = 1;
constexpr std::size_t kFixedBytes = 40;
constexpr std::size_t kSumAt = 32;
constexpr std::size_t kMaxNames = 64;          // header names that get a number
constexpr std::size_t kLeastToCompress = 128;  // smaller ones do not get smaller
constexpr std::size_t kMaxVarint = 10;

// The machine is little-endian, as is the format (x86-64 and AArch64).
template <class T>
void StoreFixed(char* out, T value) {
  std::memcpy(out, &value, sizeof(value));
}
template <class T>
T LoadFixed(const char* in) {
  T value;
  std::memcpy(&value, in, sizeof(value));
  return value;
}

inline char* PutVarint(char* out, std::uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}

inline char* PutBytes(char* out, std::string_view bytes) {
  if (!bytes.empty()) {
    std::memcpy(out, bytes.data(), bytes.size());
  }
  return out + bytes.size();
}

inline std::uint64_t ZigZag(std::uint64_t difference) {
  return difference << 1 ^ static_cast<std::uint64_t>(static_cast<std::int64_t>(difference) >> 63);
}
inline std::uint64_t UnZigZag(std::uint64_t value) { return value >> 1 ^ (0 - (value & 1)); }

std::uint64_t SumOf(std::string_view value) {
  const std::uint64_t fixed = XXH3_64bits(value.data(), kSumAt);
  return XXH3_64bits_withSeed(value.data() + kFixedBytes, value.size() - kFixedBytes, fixed);
}

Error Corrupt(std::string what) { return Error(Code::kBusCorrupt, std::move(what)); }

}  // namespace

void RecordBatchBuilder::Reserve(std::size_t more) {
  if (size_ + more <= capacity_) {
    return;
  }
  const std::size_t capacity = std::max({size_ + more, capacity_ * 2, std::size_t{4096}});
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (size_ > 0) {
    std::memcpy(larger.get(), buffer_.get(), size_);
  }
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

// A name is written out the first time (reference 0) and by its number from then on.
char* RecordBatchBuilder::PutHeaderName(char* out, std::string_view name) {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) {
      return PutVarint(out, i + 1);
    }
  }
  if (names_.size() < kMaxNames) {
    names_.emplace_back(name);
  }
  out = PutVarint(out, 0);
  out = PutVarint(out, name.size());
  return PutBytes(out, name);
}

void RecordBatchBuilder::Add(const RecordView& record, std::uint64_t gap) {
  std::size_t most = 5 * kMaxVarint + record.key.size() + (record.value ? record.value->size() : 0);
  for (const HeaderView& header : record.headers) {
    most += 3 * kMaxVarint + header.name.size() + header.value.size();
  }
  Reserve(most);
  if (count_ == 0) {
    base_timestamp_ = record.timestamp_ms;
    max_timestamp_ = record.timestamp_ms;
  }
  max_timestamp_ = std::max(max_timestamp_, record.timestamp_ms);
  char* out = buffer_.get() + size_;
  out = PutVarint(out, gap);
  out = PutVarint(out, ZigZag(static_cast<std::uint64_t>(record.timestamp_ms) -
                              static_cast<std::uint64_t>(base_timestamp_)));
  out = PutVarint(out, record.key.size());
  out = PutBytes(out, record.key);
  out = PutVarint(out, record.value ? record.value->size() + 1 : 0);
  if (record.value) {
    out = PutBytes(out, *record.value);
  }
  out = PutVarint(out, record.headers.size());
  for (const HeaderView& header : record.headers) {
    out = PutHeaderName(out, header.name);
    out = PutVarint(out, header.value.size());
    out = PutBytes(out, header.value);
  }
  size_ = static_cast<std::size_t>(out - buffer_.get());
  offsets_ += gap + 1;
  ++count_;
}

SealedBatch RecordBatchBuilder::Seal(std::uint64_t trailing_gap) {
  const std::uint64_t offsets = offsets_ + trailing_gap;
  CROSSBILL_CHECK(offsets > 0 && offsets <= std::numeric_limits<std::uint32_t>::max() &&
                  size_ <= kMaxBatchBytes);
  SealedBatch sealed;
  sealed.span = static_cast<std::uint32_t>(offsets - 1);
  std::string& value = sealed.value;
  std::uint8_t flags = 0;
  const int size = static_cast<int>(size_);
  if (size_ >= kLeastToCompress) {
    value.resize(kFixedBytes + static_cast<std::size_t>(LZ4_compressBound(size)));
    const int packed = LZ4_compress_default(buffer_.get(), value.data() + kFixedBytes, size,
                                            static_cast<int>(value.size() - kFixedBytes));
    if (packed > 0 && packed < size) {
      flags = kFlagLz4;
      value.resize(kFixedBytes + static_cast<std::size_t>(packed));
    }
  }
  if (flags == 0) {
    value.resize(kFixedBytes + size_);
    PutBytes(value.data() + kFixedBytes, {buffer_.get(), size_});
  }
  char* fixed = value.data();
  StoreFixed<std::uint8_t>(fixed, kFormat);
  StoreFixed<std::uint8_t>(fixed + 1, flags);
  StoreFixed<std::uint16_t>(fixed + 2, 0);
  StoreFixed<std::uint32_t>(fixed + 4, count_);
  StoreFixed<std::uint32_t>(fixed + 8, sealed.span);
  StoreFixed<std::uint32_t>(fixed + 12, static_cast<std::uint32_t>(size_));
  StoreFixed<std::int64_t>(fixed + 16, base_timestamp_);
  StoreFixed<std::int64_t>(fixed + 24, max_timestamp_);
  StoreFixed<std::uint64_t>(fixed + kSumAt, SumOf(value));
  size_ = 0;
  count_ = 0;
  offsets_ = 0;
  names_.clear();
  if (capacity_ > 2 * kBatchBytes) {  // after one giant record
    buffer_.reset();
    capacity_ = 0;
  }
  return sealed;
}

HeaderView* HeaderArena::Take(std::size_t count) {
  constexpr std::size_t kChunk = 4096;
  if (count > left_) {
    const std::size_t size = std::max(count, kChunk);
    chunks_.push_back(std::make_unique<HeaderView[]>(size));
    next_ = chunks_.back().get();
    left_ = size;
  }
  HeaderView* const taken = next_;
  next_ += count;
  left_ -= count;
  return taken;
}

Result<BatchSummary> SummaryOf(std::string_view value) {
  if (value.size() < kFixedBytes) {
    return Corrupt("a record batch of " + std::to_string(value.size()) + " bytes is too short");
  }
  if (static_cast<std::uint8_t>(value[0]) != kFormat) {
    return Corrupt("a record batch has the format " + std::to_string(static_cast<unsigned char>(value[0])) +
                   ", this program reads " + std::to_string(kFormat));
  }
  BatchSummary summary;
  summary.count = LoadFixed<std::uint32_t>(value.data() + 4);
  summary.span = LoadFixed<std::uint32_t>(value.data() + 8);
  summary.raw_bytes = LoadFixed<std::uint32_t>(value.data() + 12);
  summary.max_timestamp = LoadFixed<std::int64_t>(value.data() + 24);
  return summary;
}

Result<RecordBatchReader> RecordBatchReader::Open(std::string_view value, std::int64_t last_offset) {
  CROSSBILL_TRY(const BatchSummary summary, SummaryOf(value));
  if (LoadFixed<std::uint64_t>(value.data() + kSumAt) != SumOf(value)) {
    return Corrupt("the checksum of a record batch is wrong");
  }
  const std::string_view packed = value.substr(kFixedBytes);
  const bool lz4 = (static_cast<std::uint8_t>(value[1]) & kFlagLz4) != 0;
  const std::size_t raw = summary.raw_bytes;
  // LZ4 packs at most 255 to one: a length beyond that is not worth allocating.
  if (raw > kMaxBatchBytes || (lz4 ? raw / 255 > packed.size() + 1 : raw != packed.size())) {
    return Corrupt("a record batch says it has " + std::to_string(raw) + " bytes");
  }
  if (summary.count > raw || last_offset < static_cast<std::int64_t>(summary.span) ||
      packed.size() > kMaxBatchBytes) {
    return Corrupt("a record batch has an impossible count or span");
  }
  RecordBatchReader reader;
  std::shared_ptr<char[]> memory(new char[raw > 0 ? raw : 1]);
  if (lz4) {
    const int got = LZ4_decompress_safe(packed.data(), memory.get(), static_cast<int>(packed.size()),
                                        static_cast<int>(raw));
    if (got < 0 || static_cast<std::size_t>(got) != raw) {
      return Corrupt("a record batch cannot be unpacked");
    }
  } else if (raw > 0) {
    std::memcpy(memory.get(), packed.data(), raw);
  }
  reader.summary_ = summary;
  reader.base_timestamp_ = LoadFixed<std::int64_t>(value.data() + 16);
  reader.last_offset_ = last_offset;
  reader.next_offset_ = last_offset - static_cast<std::int64_t>(summary.span);
  reader.at_ = memory.get();
  reader.end_ = memory.get() + raw;
  reader.memory_ = std::move(memory);
  return reader;
}

inline bool RecordBatchReader::ReadVarint(std::uint64_t& value) {
  if (at_ < end_ && static_cast<unsigned char>(*at_) < 0x80) {  // nearly always
    value = static_cast<unsigned char>(*at_++);
    return true;
  }
  value = 0;
  for (unsigned shift = 0; shift < 64 && at_ < end_; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at_++);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      return true;
    }
  }
  return false;
}

inline bool RecordBatchReader::ReadBytes(std::uint64_t size, std::string_view& bytes) {
  if (size > static_cast<std::uint64_t>(end_ - at_)) {
    return false;
  }
  bytes = {at_, static_cast<std::size_t>(size)};
  at_ += size;
  return true;
}

Status RecordBatchReader::ReadHeaders(std::uint64_t count, HeaderView* out) {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t reference = 0;
    std::uint64_t size = 0;
    if (!ReadVarint(reference)) {
      return Corrupt("a header is cut");
    }
    if (reference == 0) {
      if (!ReadVarint(size) || !ReadBytes(size, out[i].name)) {
        return Corrupt("a header's name is cut");
      }
      if (names_.size() < kMaxNames) {
        names_.push_back(out[i].name);
      }
    } else if (reference <= names_.size()) {
      out[i].name = names_[static_cast<std::size_t>(reference - 1)];
    } else {
      return Corrupt("a header's name has a number that was not given");
    }
    if (!ReadVarint(size) || !ReadBytes(size, out[i].value)) {
      return Corrupt("a header's value is cut");
    }
  }
  return Ok();
}

Result<bool> RecordBatchReader::Next(HeaderArena& headers, FetchedRecord& record) {
  if (read_ == summary_.count) {
    return false;
  }
  std::uint64_t gap = 0;
  std::uint64_t timestamp = 0;
  std::uint64_t size = 0;
  if (!ReadVarint(gap) || gap > static_cast<std::uint64_t>(last_offset_ - next_offset_)) {
    return Corrupt("a record's offset is beyond its batch");
  }
  record.offset = next_offset_ + static_cast<std::int64_t>(gap);
  if (!ReadVarint(timestamp)) {
    return Corrupt("a record's time is cut");
  }
  record.record.timestamp_ms =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(base_timestamp_) + UnZigZag(timestamp));
  if (!ReadVarint(size) || !ReadBytes(size, record.record.key)) {
    return Corrupt("a record's key is cut");
  }
  if (!ReadVarint(size)) {
    return Corrupt("a record's value is cut");
  }
  record.record.value.reset();
  if (size > 0 && !ReadBytes(size - 1, record.record.value.emplace())) {
    return Corrupt("a record's value is cut");
  }
  std::uint64_t count = 0;
  // A header has two bytes at least, so a wrong count never makes us allocate much.
  if (!ReadVarint(count) || count > static_cast<std::uint64_t>(end_ - at_) / 2) {
    return Corrupt("a record's headers are cut");
  }
  record.record.headers = {};
  if (count > 0) {
    HeaderView* const out = headers.Take(static_cast<std::size_t>(count));
    CROSSBILL_RETURN_IF_ERROR(ReadHeaders(count, out));
    record.record.headers = {out, static_cast<std::size_t>(count)};
  }
  next_offset_ = record.offset + 1;
  ++read_;
  if (next_offset_ > last_offset_ && read_ < summary_.count) {
    return Corrupt("a record batch has more records than offsets");
  }
  return true;
}

}  // namespace crossbill::bus
