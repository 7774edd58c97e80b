#include "bus/state/known_keys.h"

#include <algorithm>

#include "base/id.h"
#include "bus/state/family.h"

namespace crossbill::bus {
namespace {

constexpr int kBitsOfKey = 6;
constexpr unsigned kBitOfWord = 6;  // bits of a place within a word, below those that choose the word
constexpr unsigned kPlaceBits = 9;  // of 512 in a block
constexpr std::uint64_t kPlaceMask = (1U << kPlaceBits) - 1;
constexpr std::uint64_t kWordMask = (1U << kBitOfWord) - 1;
// Keys are read some thousand at a time, which takes a millisecond or two, after so many questions each:
// whoever asks little reads little.
constexpr std::uint32_t kQuestions = 128;
constexpr int kReadAtOnce = 4'096;

// Calls visit(word, bit) for each of a key's bits until it gives false.
template <class Visit>
bool VisitBits(std::uint64_t hash, const Visit& visit) {
  // The low bits: those above choose the block.
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  std::uint64_t places = hash * kOdd;
  for (int i = 0; i < kBitsOfKey; ++i, places >>= kPlaceBits) {
    const std::uint64_t place = places & kPlaceMask;
    if (!visit(place >> kBitOfWord, std::uint64_t{1} << (place & kWordMask))) {
      return false;
    }
  }
  return true;
}

}  // namespace

// Keys of a batch that belong to the family.
class KnownKeys::Noting final : public rocksdb::WriteBatch::Handler {
 public:
  explicit Noting(KnownKeys& keys) : keys_(keys), family_(keys.family_->GetID()) {}
  rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key, const rocksdb::Slice&) override {
    if (family == family_) {
      keys_.Add(ViewOf(key));
    }
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(std::uint32_t, const rocksdb::Slice&) override { return rocksdb::Status::OK(); }
  rocksdb::Status SingleDeleteCF(std::uint32_t, const rocksdb::Slice&) override {
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteRangeCF(std::uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override {
    return rocksdb::Status::OK();
  }

 private:
  KnownKeys& keys_;
  const std::uint32_t family_;
};

KnownKeys::KnownKeys(std::size_t bytes)
    : blocks_count_(std::max<std::size_t>(1, bytes / sizeof(Block))),
      blocks_(std::make_unique<Block[]>(blocks_count_)) {}

void KnownKeys::Watch(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  db_ = &db;
  family_ = family;
  const std::unique_ptr<rocksdb::Iterator> first(db.NewIterator({}, family));
  first->SeekToFirst();
  complete_ = !first->Valid() && first->status().ok();
}

void KnownKeys::NoteWritten(const rocksdb::WriteBatch& batch) {
  Noting noting(*this);
  // What is wrong with the batch is told when it is written. If it is written all the same, nothing is known
  // for sure any more.
  if (!batch.Iterate(&noting).ok()) {
    const std::lock_guard lock(reading_);
    given_up_ = true;
    complete_ = false;
  }
}

bool KnownKeys::MayHave(std::string_view key) {
  if (complete_.load(std::memory_order_acquire)) {
    return Has(key);
  }
  if (asked_.fetch_add(1, std::memory_order_relaxed) % kQuestions == 0) {
    ReadSome();
  }
  return true;
}

KnownKeys::Block& KnownKeys::BlockOf(std::uint64_t hash) const {
  constexpr unsigned kHalf = 32;
  return blocks_[(hash >> kHalf) * blocks_count_ >> kHalf];
}

void KnownKeys::Add(std::string_view key) {
  const std::uint64_t hash = HashOf(key);
  Block& block = BlockOf(hash);
  VisitBits(hash, [&](std::uint64_t word, std::uint64_t bit) {
    if ((block.words[word].load(std::memory_order_relaxed) & bit) == 0) {
      block.words[word].fetch_or(bit, std::memory_order_relaxed);
    }
    return true;
  });
}

bool KnownKeys::Has(std::string_view key) const {
  const std::uint64_t hash = HashOf(key);
  const Block& block = BlockOf(hash);
  return VisitBits(hash, [&](std::uint64_t word, std::uint64_t bit) {
    return (block.words[word].load(std::memory_order_relaxed) & bit) != 0;
  });
}

// What is written meanwhile is noted by who writes it, so that an iterator of its own for each part will do:
// one for all would keep files and memory of its time.
void KnownKeys::ReadSome() {
  const std::unique_lock lock(reading_, std::try_to_lock);
  if (!lock || complete_ || given_up_) {
    return;
  }
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> keys(db_->NewIterator(options, family_));
  keys->Seek(next_);
  for (int read = 0; keys->Valid() && read < kReadAtOnce; ++read, keys->Next()) {
    Add(ViewOf(keys->key()));
  }
  if (keys->Valid()) {
    next_ = keys->key().ToString();
  } else if (keys->status().ok()) {  // what cannot be read is told to who asks for it
    complete_.store(true, std::memory_order_release);
  }
}

}  // namespace crossbill::bus
