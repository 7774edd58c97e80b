#include "bus/state/cursor.h"

#include <utility>

#include "bus/state/encoding.h"

namespace crossbill::bus {
namespace {

constexpr std::uint64_t kMostSkipped = 64;  // deleted keys in a row

// The first key behind all with the prefix; empty when there is none.
std::string EndOf(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) {
    prefix.pop_back();
  }
  if (!prefix.empty()) {
    prefix.back() = static_cast<char>(prefix.back() + 1);
  }
  return prefix;
}

}  // namespace

std::unique_ptr<rocksdb::Iterator> StateCursor::MakeShared(const StateFamily& family,
                                                           const rocksdb::Slice& store_end) {
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &store_end;
  read.max_skippable_internal_keys = kMostSkipped;
  return std::unique_ptr<rocksdb::Iterator>(family.db->NewIterator(read, family.handle));
}

StateCursor::StateCursor(const StateFamily& family, std::unique_ptr<rocksdb::Iterator> shared,
                         std::string prefix)
    : family_(family), shared_(std::move(shared)), prefix_(std::move(prefix)) {}

void StateCursor::First() {
  shared_->Seek(prefix_);
  if (shared_->status().IsIncomplete()) {
    GoOnAlone(prefix_);
  }
}

void StateCursor::Next() {
  if (own_) {
    own_->Next();
    return;
  }
  behind_.assign(shared_->key().data(), shared_->key().size());
  behind_ += '\0';
  shared_->Next();
  if (shared_->status().IsIncomplete()) {
    GoOnAlone(behind_);
  }
}

void StateCursor::GoOnAlone(const std::string& from) {
  end_ = EndOf(prefix_);
  end_slice_ = end_;
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &end_slice_;
  own_.reset(family_.db->NewIterator(read, family_.handle));
  own_->Seek(from);
}

bool StateCursor::Valid() const { return now().Valid() && now().key().starts_with(prefix_); }

Status StateCursor::status() const {
  return now().status().ok() ? Ok() : Status(family_.Failed(now().status(), "scanning state"));
}

std::string_view StateCursor::key() const { return ViewOf(now().key()); }

std::string_view StateCursor::value() const { return ViewOf(now().value()); }

}  // namespace crossbill::bus
