// The stored form of records: many of one partition in one compressed, checked value (FORMAT.md has the
// layout). Nothing in it depends on the absolute offset, so a batch is encoded and compressed before its
// offsets are known. Reading gives views into memory of the batch; every length is checked, any bytes may be
// given. One thread an object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/record.h"

namespace crossbill::bus {

// A batch is closed when its records have this many bytes; one larger record makes a batch by itself. A
// reader holds one unpacked batch of each partition, a writer one open batch, so larger ones would cost
// memory and gain nothing.
inline constexpr std::size_t kBatchBytes = 256u << 10;
// The largest batch that is read back: a record may have nearly this many bytes.
inline constexpr std::size_t kMaxBatchBytes = 256u << 20;

struct SealedBatch {
  std::string value;
  std::uint32_t span = 0;  // last offset minus first offset that it stands for
};

class RecordBatchBuilder {
 public:
  RecordBatchBuilder() = default;
  RecordBatchBuilder(RecordBatchBuilder&&) = default;
  RecordBatchBuilder& operator=(RecordBatchBuilder&&) = default;

  // `gap`: offsets left out before this record (what compaction took away).
  void Add(const RecordView& record, std::uint64_t gap = 0);
  bool empty() const { return count_ == 0; }
  std::size_t bytes() const { return size_; }
  // Offsets used up by the records so far.
  std::uint64_t offsets() const { return offsets_; }
  // Closes the batch over `trailing_gap` more offsets that have no record, and begins the next. A batch may
  // be empty of records.
  SealedBatch Seal(std::uint64_t trailing_gap = 0);

 private:
  void Reserve(std::size_t more);
  char* PutHeaderName(char* out, std::string_view name);

  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::uint32_t count_ = 0;
  std::uint64_t offsets_ = 0;
  std::int64_t base_timestamp_ = 0;
  std::int64_t max_timestamp_ = 0;
  std::vector<std::string> names_;  // header names seen in this batch
};

// Where decoded headers are kept; chunks never move.
class HeaderArena {
 public:
  HeaderView* Take(std::size_t count);
  bool empty() const { return chunks_.empty(); }

 private:
  std::vector<std::unique_ptr<HeaderView[]>> chunks_;
  std::size_t left_ = 0;
  HeaderView* next_ = nullptr;
};

struct BatchSummary {
  std::uint32_t count = 0;
  std::uint32_t span = 0;
  std::uint32_t raw_bytes = 0;
  std::int64_t max_timestamp = 0;
};
// Reads and checks the fixed part only (not the checksum).
Result<BatchSummary> SummaryOf(std::string_view value);

class RecordBatchReader {
 public:
  // Checks the sum and unpacks. `last_offset` is from the key. kBusCorrupt says what is wrong; the caller
  // adds where.
  static Result<RecordBatchReader> Open(std::string_view value, std::int64_t last_offset);

  // False at the end. The views live as long as memory() and `headers`.
  Result<bool> Next(HeaderArena& headers, FetchedRecord& record);
  const BatchSummary& summary() const { return summary_; }
  std::int64_t last_offset() const { return last_offset_; }
  std::shared_ptr<const void> memory() const { return memory_; }

 private:
  RecordBatchReader() = default;
  Status ReadHeaders(std::uint64_t count, HeaderView* out);
  bool ReadVarint(std::uint64_t& value);
  bool ReadBytes(std::uint64_t size, std::string_view& bytes);

  BatchSummary summary_;
  std::int64_t base_timestamp_ = 0;
  std::int64_t last_offset_ = 0;
  std::int64_t next_offset_ = 0;
  std::uint32_t read_ = 0;
  std::shared_ptr<const char[]> memory_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::vector<std::string_view> names_;
};

}  // namespace crossbill::bus
