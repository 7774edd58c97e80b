// The committed keys with a prefix, in order of bytes. Many scans share one iterator over the whole store,
// which is dear to make; where a scan meets many deleted keys, it goes on with an iterator of its own that
// ends with the prefix and so does not walk through the neighbours' deleted keys. One thread.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/state/family.h"

namespace crossbill::bus {

class StateCursor {
 public:
  // `shared` is made by MakeShared and given back by Release.
  StateCursor(const StateFamily& family, std::unique_ptr<rocksdb::Iterator> shared, std::string prefix);
  // `store_end` is the first key behind the store; it must outlive the iterator.
  static std::unique_ptr<rocksdb::Iterator> MakeShared(const StateFamily& family,
                                                       const rocksdb::Slice& store_end);
  std::unique_ptr<rocksdb::Iterator> Release() { return std::move(shared_); }

  void First();
  void Next();
  bool Valid() const;
  Status status() const;
  // Of the current entry, with the store's number in front. Valid until the next move.
  std::string_view key() const;
  std::string_view value() const;

 private:
  const rocksdb::Iterator& now() const { return own_ ? *own_ : *shared_; }
  void GoOnAlone(const std::string& from);

  StateFamily family_;
  std::unique_ptr<rocksdb::Iterator> shared_;
  std::string prefix_;
  std::string behind_;
  std::string end_;
  rocksdb::Slice end_slice_;
  std::unique_ptr<rocksdb::Iterator> own_;
};

}  // namespace crossbill::bus
