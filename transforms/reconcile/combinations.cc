#include "transforms/reconcile/combinations.h"

#include <algorithm>
#include <numeric>

namespace crossbill::transforms {
namespace {

constexpr int kMostSteps = 20000;

class Search {
 public:
  Search(const std::vector<Decimal>& amounts, int most) : amounts_(amounts), most_(most) {
    order_.resize(amounts.size());
    std::iota(order_.begin(), order_.end(), 0);
    // The largest first: what is left soon has no room for them.
    std::stable_sort(order_.begin(), order_.end(), [&](int a, int b) { return At(a) > At(b); });
    rest_.resize(amounts.size() + 1);
    for (std::size_t i = amounts.size(); i > 0; --i) {
      const auto sum = rest_[i].Plus(At(order_[i - 1]));
      rest_[i - 1] = sum.ok() ? *sum : rest_[i];
      exact_ &= sum.ok();
    }
  }

  std::optional<Combination> Run(const Decimal& sum) {
    Step(0, sum);
    if (!exact_ || steps_ > kMostSteps) {
      return std::nullopt;
    }
    std::sort(found_.parts.begin(), found_.parts.end());
    return found_;
  }

 private:
  const Decimal& At(int i) const { return amounts_[static_cast<std::size_t>(i)]; }

  void Step(std::size_t place, const Decimal& left) {
    if (found_.several || ++steps_ > kMostSteps) {
      return;
    }
    if (left.IsZero()) {
      if (chosen_.size() > 1) {
        found_.several = !found_.parts.empty();
        found_.parts = found_.several ? found_.parts : chosen_;
      }
      return;
    }
    if (place == order_.size() || left > rest_[place] || static_cast<int>(chosen_.size()) == most_) {
      return;
    }
    const Decimal& amount = At(order_[place]);
    if (amount <= left) {
      if (const auto less = left.Minus(amount); less.ok()) {
        chosen_.push_back(order_[place]);
        Step(place + 1, *less);
        chosen_.pop_back();
      }
    }
    Step(place + 1, left);
  }

  const std::vector<Decimal>& amounts_;
  int most_;
  std::vector<int> order_;
  std::vector<Decimal> rest_;  // the sum of the amounts from here on
  std::vector<int> chosen_;
  Combination found_;
  int steps_ = 0;
  bool exact_ = true;
};

}  // namespace

std::optional<Combination> FindCombination(const std::vector<Decimal>& amounts, const Decimal& sum,
                                           int most) {
  return Search(amounts, most).Run(sum);
}

}  // namespace crossbill::transforms
