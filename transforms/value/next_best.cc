#include "transforms/value/next_best.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "transforms/value/baskets.h"

namespace crossbill::transforms {
namespace {

constexpr int kDigits = 4;

struct Candidate {
  const v1::BoughtProduct* bought = nullptr;
  std::string product;
  std::int64_t together = 0;
  std::int64_t bought_sales = 0;
  std::int64_t product_sales = 0;
};

Decimal NumberOf(const std::string& text) {
  const auto number = Decimal::Parse(text);
  return number.ok() ? *number : Decimal();
}

// Exact, without dividing.
bool IsBetter(const Candidate& a, const Candidate& b) {
  const __int128 confidence_a = static_cast<__int128>(a.together) * b.bought_sales;
  const __int128 confidence_b = static_cast<__int128>(b.together) * a.bought_sales;
  if (confidence_a != confidence_b) {
    return confidence_a > confidence_b;
  }
  // With one confidence the rarer product has the higher lift.
  if (a.product_sales != b.product_sales) {
    return a.product_sales < b.product_sales;
  }
  return std::tie(a.product, a.bought->product()) < std::tie(b.product, b.bought->product());
}

class NextBest {
 public:
  NextBest(const v1::CustomerValue& value, AffinityLookup& lookup) : value_(value), lookup_(lookup) {
    for (const v1::BoughtProduct& bought : value.products()) {
      known_.insert(bought.product());
    }
  }

  Result<std::optional<v1::NextBestProduct>> Run() {
    CROSSBILL_TRY(const std::optional<v1::AffinityFigures> all, lookup_.Find(kAllSales));
    if (!all || all->sales() <= 0) {
      return std::optional<v1::NextBestProduct>();
    }
    all_ = *all;
    for (int i = 0; i < std::min(value_.products_size(), kProductsThatSpeak); ++i) {
      CROSSBILL_RETURN_IF_ERROR(Weigh(value_.products(i)));
    }
    return best_ ? std::optional<v1::NextBestProduct>(Told(*best_)) : std::nullopt;
  }

 private:
  Result<std::int64_t> SalesOf(const std::string& product) {
    const auto known = sales_.find(product);
    if (known != sales_.end()) {
      return known->second;
    }
    CROSSBILL_TRY(const std::optional<v1::AffinityFigures> found,
                  lookup_.Find(NameOfProductFigures(product)));
    return sales_[product] = found ? found->sales() : 0;
  }

  Status Weigh(const v1::BoughtProduct& bought) {
    CROSSBILL_TRY(const std::int64_t bought_sales, SalesOf(bought.product()));
    std::vector<Candidate> candidates;
    CROSSBILL_RETURN_IF_ERROR(
        lookup_.VisitPairs(bought.product(), [&](std::string_view other, std::int64_t together) {
          if (!known_.contains(other)) {
            candidates.push_back({&bought, std::string(other), together, bought_sales, 0});
          }
        }));
    for (Candidate& candidate : candidates) {
      CROSSBILL_TRY(candidate.product_sales, SalesOf(candidate.product));
      if (IsLikely(candidate) && (!best_ || IsBetter(candidate, *best_))) {
        best_ = candidate;
      }
    }
    return Ok();
  }

  bool IsLikely(const Candidate& candidate) const {
    if (candidate.bought_sales <= 0 || candidate.product_sales <= 0 ||
        candidate.together < LeastTogether(all_)) {
      return false;
    }
    const auto reaches = [](const Decimal& value, const std::string& least) {
      return value >= NumberOf(least);
    };
    return reaches(Confidence(candidate), all_.least_confidence()) &&
           reaches(Lift(candidate), all_.least_lift());
  }

  Decimal Support(const Candidate& c) const {
    return PartOf(Decimal(c.together), Decimal(all_.sales()), kDigits + 2);
  }
  static Decimal Confidence(const Candidate& c) {
    return PartOf(Decimal(c.together), Decimal(c.bought_sales), kDigits);
  }
  Decimal Lift(const Candidate& c) const {
    return LiftOf(c.together, all_.sales(), c.bought_sales, c.product_sales, kDigits);
  }

  v1::NextBestProduct Told(const Candidate& candidate) const {
    v1::NextBestProduct told;
    told.set_product(candidate.product);
    told.set_because_of(candidate.bought->product());
    told.set_sales_with_both(candidate.together);
    told.set_sales_with_bought(candidate.bought_sales);
    told.set_support(Support(candidate).ToString());
    told.set_confidence(Confidence(candidate).ToString());
    told.set_lift(Lift(candidate).ToString());
    told.set_reason(
        fmt::format("{} of {} sales of {}, bought last on {}, have {} too: {} times as often as chance has "
                    "it, and it was "
                    "not bought yet",
                    candidate.together, candidate.bought_sales, candidate.bought->product(),
                    candidate.bought->last_bought_on(), candidate.product,
                    Lift(candidate).Rounded(1, Rounding::kHalfUp).ToString()));
    return told;
  }

  const v1::CustomerValue& value_;
  AffinityLookup& lookup_;
  v1::AffinityFigures all_;
  std::set<std::string, std::less<>> known_;
  std::map<std::string, std::int64_t> sales_;
  std::optional<Candidate> best_;
};

}  // namespace

Result<std::optional<v1::NextBestProduct>> NextBestProductOf(const v1::CustomerValue& value,
                                                             AffinityLookup& lookup) {
  return NextBest(value, lookup).Run();
}

std::int64_t LeastTogether(const v1::AffinityFigures& all) {
  const auto part = NumberOf(all.least_support()).Times(Decimal(all.sales()));
  const std::int64_t least =
      part.ok() ? static_cast<std::int64_t>(part->Rounded(0, Rounding::kDown).coefficient()) : 0;
  return std::max(least, all.least_sales());
}

Decimal PartOf(const Decimal& part, const Decimal& whole, int digits) {
  if (whole.IsZero()) {
    return Decimal();
  }
  const auto result = part.DividedBy(whole, digits, Rounding::kHalfUp);
  return result.ok() ? *result : Decimal();
}

Decimal LiftOf(std::int64_t together, std::int64_t sales, std::int64_t left, std::int64_t right, int digits) {
  return PartOf(Decimal(static_cast<__int128>(together) * sales, 0),
                Decimal(static_cast<__int128>(left) * right, 0), digits);
}

}  // namespace crossbill::transforms
