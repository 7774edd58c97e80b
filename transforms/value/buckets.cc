#include "transforms/value/buckets.h"

#include <fmt/format.h>

#include <charconv>

namespace crossbill::transforms {
namespace {

constexpr int kMiddle = 64;  // added to the number of digits before the point, so that none is negative
constexpr int kDigits = 2;
constexpr std::size_t kKeySize = 5;

Decimal Sum(const Decimal& a, const Decimal& b) {
  const auto sum = a.Plus(b);
  return sum.ok() ? sum->Normalised() : a;
}

}  // namespace

Bucket BucketOf(const Decimal& amount) {
  const std::string digits = Decimal(amount.coefficient(), 0).ToString();
  const int before_point = static_cast<int>(digits.size()) - amount.scale();
  const int first = digits[0] - '0';
  const int second = digits.size() > 1 ? digits[1] - '0' : 0;
  return (before_point + kMiddle) * 100 + first * 10 + second;
}

Decimal LeastOf(Bucket bucket) {
  const int exponent = bucket / 100 - kMiddle - kDigits;
  Decimal least(bucket % 100, std::max(0, -exponent));
  for (int i = 0; i < exponent; ++i) {
    const auto next = least.Times(Decimal(10));
    least = next.ok() ? *next : least;
  }
  return least.Normalised();
}

std::string KeyOf(Bucket bucket) { return fmt::format("{:05}", bucket); }

std::optional<Bucket> BucketOfKey(std::string_view key) {
  Bucket bucket = 0;
  const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), bucket);
  const bool whole = failure == std::errc() && end == key.data() + key.size() && key.size() == kKeySize;
  return whole ? std::optional<Bucket>(bucket) : std::nullopt;
}

void Histogram::Add(const Decimal& amount, int times) {
  const auto found = buckets_.try_emplace(BucketOf(amount)).first;
  found->second.customers += times;
  found->second.amount = Sum(found->second.amount, times > 0 ? amount : amount.Negated());
  if (found->second.customers == 0) {
    buckets_.erase(found);
  }
}

std::optional<Bucket> Histogram::DownTo(int part) const {
  Decimal total, sum;
  for (const auto& [bucket, of_bucket] : buckets_) {
    total = Sum(total, of_bucket.amount);
  }
  const auto wanted = total.Times(Decimal(part, 4));
  for (auto bucket = buckets_.rbegin(); wanted.ok() && bucket != buckets_.rend(); ++bucket) {
    sum = Sum(sum, bucket->second.amount);
    if (sum >= *wanted) {
      return bucket->first;
    }
  }
  return std::nullopt;
}

std::optional<Bucket> Histogram::Median() const {
  std::int64_t all = 0, seen = 0;
  for (const auto& [bucket, sum] : buckets_) {
    all += sum.customers;
  }
  for (const auto& [bucket, sum] : buckets_) {
    seen += sum.customers;
    if (seen * 2 > all || (seen * 2 == all && seen > 0)) {
      return bucket;
    }
  }
  return std::nullopt;
}

}  // namespace crossbill::transforms
