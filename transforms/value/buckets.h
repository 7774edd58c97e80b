// Amounts in buckets of two digits (1200 to 1299.99…), so that a bound of a segment moves only when it has
// to, and that it is found by going over buckets instead of customers. Amounts above zero only. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/decimal.h"

namespace crossbill::transforms {

using Bucket = std::int32_t;  // in the order of the amounts

Bucket BucketOf(const Decimal& amount);
Decimal LeastOf(Bucket bucket);
std::string KeyOf(Bucket bucket);  // five characters, in order
std::optional<Bucket> BucketOfKey(std::string_view key);

struct BucketSum {
  std::int64_t customers = 0;
  Decimal amount;
};

class Histogram {
 public:
  void Add(const Decimal& amount, int times);  // times: 1 or -1
  void Set(Bucket bucket, BucketSum sum) { buckets_[bucket] = std::move(sum); }
  const std::map<Bucket, BucketSum>& buckets() const { return buckets_; }
  // The bucket down to which the greatest amounts make this part of all, in hundredths of a percent.
  std::optional<Bucket> DownTo(int part) const;
  // In which the middle one lies.
  std::optional<Bucket> Median() const;

 private:
  std::map<Bucket, BucketSum> buckets_;  // none without customers
};

}  // namespace crossbill::transforms
