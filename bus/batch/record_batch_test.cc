#include "bus/batch/record_batch.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <cstring>
#include <random>

namespace crossbill::bus {
namespace {

struct Record {
  std::string key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
  std::int64_t timestamp_ms = 0;
  std::int64_t offset = 0;
  friend bool operator==(const Record&, const Record&) = default;
};

std::string Text(std::mt19937_64& random, std::size_t most) {
  std::string text(random() % (most + 1), ' ');
  for (char& c : text) {
    c = static_cast<char>(random() % 3 == 0 ? random() : 'a');
  }
  return text;
}

std::vector<Record> MakeRecords(std::mt19937_64& random) {
  std::vector<Record> records(random() % 50);
  for (Record& record : records) {
    record.key = Text(random, 20);
    if (random() % 4 != 0) {
      record.value = Text(random, random() % 10 == 0 ? 5000 : 80);
    }
    const std::size_t headers = random() % 4 == 0 ? random() % 150 : random() % 6;
    for (std::size_t i = 0; i < headers; ++i) {
      record.headers.emplace_back("n" + std::to_string(random() % 100), Text(random, 12));
    }
    record.timestamp_ms = static_cast<std::int64_t>(random());
  }
  return records;
}

void AddTo(RecordBatchBuilder& builder, const Record& record, std::uint64_t gap) {
  std::vector<HeaderView> headers;
  for (const auto& [name, value] : record.headers) {
    headers.push_back({name, value});
  }
  RecordView view;
  view.key = record.key;
  if (record.value) {
    view.value = *record.value;
  }
  view.headers = headers;
  view.timestamp_ms = record.timestamp_ms;
  builder.Add(view, gap);
}

// Reads to the end or the first error; false at an error. What it reads it looks at, so that a sanitizer sees
// wrong views.
bool ReadAll(std::string_view value, std::int64_t last_offset, std::vector<Record>* records) {
  auto reader = RecordBatchReader::Open(value, last_offset);
  if (!reader.ok()) {
    return false;
  }
  HeaderArena arena;
  FetchedRecord fetched;
  while (true) {
    const auto more = reader->Next(arena, fetched);
    if (!more.ok()) {
      EXPECT_EQ(more.error().code(), Code::kBusCorrupt);
      return false;
    }
    if (!*more) {
      return true;
    }
    Record record;
    record.key = fetched.record.key;
    if (fetched.record.value) {
      record.value = std::string(*fetched.record.value);
    }
    for (const HeaderView& header : fetched.record.headers) {
      record.headers.emplace_back(header.name, header.value);
    }
    record.timestamp_ms = fetched.record.timestamp_ms;
    record.offset = fetched.offset;
    if (records != nullptr) {
      records->push_back(std::move(record));
    }
  }
}

// As a writer with other ideas would: the sum is right, the rest need not be.
void FixSum(std::string& value) {
  const std::uint64_t fixed = XXH3_64bits(value.data(), 32);
  const std::uint64_t sum = XXH3_64bits_withSeed(value.data() + 40, value.size() - 40, fixed);
  std::memcpy(value.data() + 32, &sum, sizeof(sum));
}

TEST(RecordCodec, GivesBackWhatWasPutIn) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<Record> records = MakeRecords(random);
    RecordBatchBuilder builder;
    std::int64_t offset = static_cast<std::int64_t>(random() % 1'000'000);
    for (Record& record : records) {
      const std::uint64_t gap = random() % 5 == 0 ? random() % 1000 : 0;
      record.offset = offset + static_cast<std::int64_t>(gap);
      offset = record.offset + 1;
      AddTo(builder, record, gap);
    }
    const std::uint64_t trailing = records.empty() ? 1 : random() % 3;
    const std::int64_t last = offset + static_cast<std::int64_t>(trailing) - 1;
    const SealedBatch sealed = builder.Seal(trailing);
    std::vector<Record> got;
    ASSERT_TRUE(ReadAll(sealed.value, last, &got));
    EXPECT_TRUE(got == records);
    EXPECT_TRUE(builder.empty());
  }
}

TEST(RecordCodec, FindsEveryChangedByte) {
  std::mt19937_64 random(5);
  RecordBatchBuilder builder;
  for (const Record& record : MakeRecords(random)) {
    AddTo(builder, record, 0);
  }
  AddTo(builder, {"k", "v", {{"n", "v"}}, 7, 0}, 0);
  const SealedBatch sealed = builder.Seal();
  for (std::size_t at = 0; at < sealed.value.size(); ++at) {
    std::string changed = sealed.value;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    EXPECT_FALSE(RecordBatchReader::Open(changed, 1'000'000).ok()) << at;
  }
  for (std::size_t size = 0; size < sealed.value.size(); ++size) {
    EXPECT_FALSE(RecordBatchReader::Open(std::string_view(sealed.value).substr(0, size), 1'000'000).ok())
        << size;
  }
}

// Any bytes with a right sum are read or refused, never worse.
TEST(RecordCodec, SurvivesAnyBytes) {
  int read = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    std::mt19937_64 random(seed);
    std::string value;
    if (random() % 2 == 0) {
      value = Text(random, 200);
      value.resize(value.size() + 40);
      value[0] = 1;                                // the format
      value[1] = static_cast<char>(random() % 2);  // packed or not
      const auto count = static_cast<std::uint32_t>(random() % 8);
      const auto raw = static_cast<std::uint32_t>(random() % 3 == 0 ? random() : value.size() - 40);
      std::memcpy(value.data() + 4, &count, 4);
      std::memcpy(value.data() + 12, &raw, 4);
    } else {
      RecordBatchBuilder builder;
      AddTo(builder, {"key", "value", {{"a", "1"}, {"b", "2"}}, 5, 0}, 0);  // short, so not packed
      AddTo(builder, {"key", std::nullopt, {{"a", "1"}}, 6, 0}, 2);
      value = builder.Seal().value;
      for (int i = 0; i < 3; ++i) {
        value[4 + random() % (value.size() - 4)] = static_cast<char>(random());
      }
    }
    FixSum(value);
    read += ReadAll(value, static_cast<std::int64_t>(random() % 100'000), nullptr) ? 1 : 0;
  }
  EXPECT_GT(read, 100);  // the trial reaches the inside
}

}  // namespace
}  // namespace crossbill::bus
