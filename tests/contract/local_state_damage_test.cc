#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "bus/state/encoding.h"
#include "bus/state/local_state.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMemory = 1u << 20;  // little: so that there are many files

template <class T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.error().ToString();
  return std::move(result).value();
}

// A state in which each change is known: batch n puts n to the key n % kKeys and deletes another one.
class Copy {
 public:
  static constexpr std::int64_t kKeys = 400;

  explicit Copy(std::string path) : path_(std::move(path)) {}

  void Open() {
    state_ = Must(LocalState::Open(path_, kMemory, [&](std::string_view why) { told_ += why; }));
    store_ = Must(state_->NumberOf("store"));
  }
  void Close() {
    if (frozen_) {
      state_->family().db->ContinueBackgroundWork();
    }
    state_.reset();
  }
  ~Copy() { Close(); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  // Its files stay as they are.
  void Freeze() {
    state_->family().db->PauseBackgroundWork();
    frozen_ = true;
  }

  void Write(std::int64_t first, std::int64_t last) {
    for (std::int64_t n = first; n < last; ++n) {
      rocksdb::WriteBatch batch;
      batch.Put(KeyOf(n), ValueOf(n));
      batch.Delete(KeyOf(n * 7 + 3));
      state_->PutCheckpoint(store_, {n + 1, 1}, batch);
      EXPECT_TRUE(state_->Write(batch).ok());
    }
  }
  std::int64_t checkpoint() {
    return Must(state_->CheckpointOf(store_)).value_or(LocalState::Checkpoint{}).next;
  }
  // Of the store; an error where what is stored cannot be read.
  Result<std::map<std::string, std::string>> All() {
    std::map<std::string, std::string> all;
    const std::unique_ptr<rocksdb::Iterator> at(state_->family().db->NewIterator({}));
    std::string begin;
    EncodeStateKey(store_, {}, begin);
    for (at->Seek(begin); at->Valid(); at->Next()) {
      all.emplace(at->key().ToString(), at->value().ToString());
    }
    if (!at->status().ok()) {
      return state_->family().Failed(at->status(), "scanning state");
    }
    return all;
  }
  // What the changes before `next` make.
  std::map<std::string, std::string> Expected(std::int64_t next) const {
    std::map<std::string, std::string> all;
    for (std::int64_t n = 0; n < next; ++n) {
      all[KeyOf(n)] = ValueOf(n);
      all.erase(KeyOf(n * 7 + 3));
    }
    return all;
  }
  const std::string& told() const { return told_; }

 private:
  std::string KeyOf(std::int64_t n) const {
    std::string key;
    EncodeStateKey(store_, std::to_string(n % kKeys), key);
    return key;
  }
  static std::string ValueOf(std::int64_t n) {
    std::mt19937_64 chance(static_cast<std::uint64_t>(n));
    std::string value = std::to_string(n) + ":";
    for (int i = 0; i < 200; ++i) {
      value += static_cast<char>(chance());
    }
    return value;
  }

  const std::string path_;
  std::string told_;
  std::unique_ptr<LocalState> state_;
  std::uint32_t store_ = 0;
  bool frozen_ = false;
};

std::vector<fs::path> FilesOf(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.file_size() > 0) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void Damage(const fs::path& file, std::mt19937_64& chance) {
  const std::uint64_t size = fs::file_size(file);
  switch (chance() % 3) {
    case 0:
      fs::remove(file);
      return;
    case 1:
      fs::resize_file(file, chance() % size);
      return;
    default: {
      std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
      stream.seekp(static_cast<std::streamoff>(chance() % size));
      stream << static_cast<char>(chance()) << static_cast<char>(chance()) << static_cast<char>(chance());
    }
  }
}

// What a process that was killed leaves, with up to three files damaged: a copy of some moment with the
// checkpoint of that moment, or none.
TEST(LocalState, ADamagedCopyIsOfOneMomentOrThrownAway) {
  int thrown_away = 0;
  int older = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 chance(seed);
    const TempFolder folder;
    const std::string killed = folder / "killed";
    std::int64_t written = 0;
    {
      Copy copy(folder / "state");
      for (std::uint64_t start = 0; start < 1 + seed % 3; ++start) {
        copy.Close();
        copy.Open();
        const auto more = static_cast<std::int64_t>(chance() % 3000);
        copy.Write(written, written + more);
        written += more;
      }
      copy.Freeze();
      fs::copy(folder / "state", killed);
    }
    for (std::uint64_t damages = chance() % 4; damages > 0; --damages) {
      const auto files = FilesOf(killed);
      Damage(files[chance() % files.size()], chance);
    }
    Copy copy(killed);
    copy.Open();
    const std::int64_t next = copy.checkpoint();
    ASSERT_LE(next, written);
    ASSERT_TRUE(Must(copy.All()) == copy.Expected(next));
    thrown_away += copy.told().empty() ? 0 : 1;
    older += next > 0 && next < written ? 1 : 0;
    copy.Write(next, next + 100);
    copy.Close();
    copy.Open();
    ASSERT_EQ(copy.checkpoint(), next + 100);
    ASSERT_TRUE(Must(copy.All()) == copy.Expected(next + 100));
  }
  EXPECT_GT(thrown_away, 10);
  EXPECT_GT(older, 10);
}

// Not in what it opens with, which stands first.
void ChangeLargestTable(const std::string& path) {
  fs::path largest;
  for (const fs::path& file : FilesOf(path)) {
    if (file.extension() == ".sst" && (largest.empty() || fs::file_size(file) > fs::file_size(largest))) {
      largest = file;
    }
  }
  std::fstream stream(largest, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(fs::file_size(largest) / 2));
  stream << "changed";
}

// Closed in order, and damaged after that: found when it is read, and thrown away with the next start.
TEST(LocalState, DamageThatIsFoundLateIsSaidAndThenMended) {
  const TempFolder folder;
  const std::string path = folder / "state";
  {
    Copy copy(path);
    copy.Open();
    copy.Write(0, 500);
  }
  ChangeLargestTable(path);
  {
    Copy copy(path);
    copy.Open();
    EXPECT_EQ(copy.told(), "");
    const auto all = copy.All();
    ASSERT_FALSE(all.ok());
    EXPECT_EQ(all.error().code(), Code::kBusCorrupt);
    EXPECT_NE(all.error().message().find("made anew with the next start"), std::string::npos)
        << all.error().ToString();
  }
  Copy copy(path);
  copy.Open();
  EXPECT_NE(copy.told(), "");
  EXPECT_EQ(copy.checkpoint(), 0);
  EXPECT_TRUE(Must(copy.All()).empty());
}

TEST(LocalState, AFolderInUseIsNotTouched) {
  const TempFolder folder;
  Copy copy(folder / "state");
  copy.Open();
  copy.Write(0, 10);
  const auto second = LocalState::Open(folder / "state", kMemory, [](std::string_view) { FAIL(); });
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kBusLocked);
  EXPECT_EQ(copy.checkpoint(), 10);
}

}  // namespace
}  // namespace crossbill::bus
