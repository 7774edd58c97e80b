#include "bus/state/known_keys.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string>

namespace crossbill::bus {
namespace {

std::string KeyOf(int number) { return "key " + std::to_string(number); }

class KnownKeysTest : public ::testing::Test {
 protected:
  KnownKeysTest()
      : folder_(::testing::TempDir() + "known_keys_" +
                ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(folder_);
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, folder_, &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db_.reset(db);
    EXPECT_TRUE(db_->CreateColumnFamily({}, "others", &others_).ok());
  }
  ~KnownKeysTest() override {
    db_->DestroyColumnFamilyHandle(others_);
    db_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Write(int first, int last, KnownKeys* known) {
    rocksdb::WriteBatch batch;
    for (int i = first; i < last; ++i) {
      batch.Put(KeyOf(i), "value");
    }
    if (known != nullptr) {
      known->NoteWritten(batch);
    }
    ASSERT_TRUE(db_->Write({}, &batch).ok());
  }
  // Of the keys from `first` on that are not there, so many of a thousand that may be.
  static int WrongOfThousand(KnownKeys& known, int first) {
    int wrong = 0;
    for (int i = 0; i < 10'000; ++i) {
      wrong += known.MayHave(KeyOf(first + i)) ? 1 : 0;
    }
    return wrong / 10;
  }
  static void ExpectAll(KnownKeys& known, int first, int last) {
    for (int i = first; i < last; ++i) {
      ASSERT_TRUE(known.MayHave(KeyOf(i))) << i;
    }
  }

  std::string folder_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* others_ = nullptr;
};

constexpr int kKeys = 50'000;
constexpr std::size_t kTenBitsEach = kKeys * 10 / 8;

TEST_F(KnownKeysTest, KnowsWhatIsWrittenAndMostOfWhatIsNot) {
  KnownKeys known(kTenBitsEach);
  known.Watch(*db_, db_->DefaultColumnFamily());
  EXPECT_FALSE(known.MayHave(KeyOf(0)));
  Write(0, kKeys, &known);
  ExpectAll(known, 0, kKeys);
  EXPECT_LE(WrongOfThousand(known, kKeys), 20);
}

TEST_F(KnownKeysTest, WithTooManyKeysItSaysMayBe) {
  KnownKeys known(kTenBitsEach / 40);
  known.Watch(*db_, db_->DefaultColumnFamily());
  Write(0, kKeys, &known);
  ExpectAll(known, 0, kKeys);
  EXPECT_GE(WrongOfThousand(known, kKeys), 900);
}

TEST_F(KnownKeysTest, OtherFamiliesKeysAreNone) {
  KnownKeys known(kTenBitsEach);
  known.Watch(*db_, db_->DefaultColumnFamily());
  rocksdb::WriteBatch batch;
  batch.Put(others_, KeyOf(1), "value");
  batch.Put(KeyOf(2), "value");
  batch.Delete(KeyOf(3));
  known.NoteWritten(batch);
  EXPECT_FALSE(known.MayHave(KeyOf(1)));
  EXPECT_TRUE(known.MayHave(KeyOf(2)));
  EXPECT_FALSE(known.MayHave(KeyOf(3)));
}

// The keys that are there are read by and by, while others are written.
TEST_F(KnownKeysTest, ReadsTheKeysThatAreThere) {
  Write(0, kKeys / 2, nullptr);
  KnownKeys known(kTenBitsEach);
  known.Watch(*db_, db_->DefaultColumnFamily());
  int asked = 0;
  for (; known.MayHave(KeyOf(kKeys + asked)); ++asked) {
    ASSERT_LT(asked, kKeys) << "it never has all keys";
    Write(kKeys / 2 + asked, kKeys / 2 + asked + 1, &known);
  }
  EXPECT_GT(asked, 100) << "not all at once";
  Write(kKeys / 2 + asked, kKeys, &known);
  ExpectAll(known, 0, kKeys);
  EXPECT_LE(WrongOfThousand(known, kKeys), 20);
}

}  // namespace
}  // namespace crossbill::bus
