// What is sold together: of the sales within the window, how many there are, how many have a product, and how
// many have two. Counts are added and taken away as sales come, change, and leave the window; they depend on
// the sales that are in it alone. One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/processor.h"
#include "transforms/value/options.h"

namespace crossbill::transforms {

// The names of what is published: of all sales, of a product, of two.
inline constexpr std::string_view kAllSales = "=";
std::string NameOfProductFigures(std::string_view product);
std::string NameOfPairFigures(std::string_view a, std::string_view b);

// A basket with more products says nothing of what goes together, and is left out.
inline constexpr int kLargestBasket = 200;

// State: "d" key → whether it is counted, and the Sale; "u" date key → nothing: when that changes by itself;
// "n" → sales, "p" product, "q" product \n product → sales with them.
class Baskets {
 public:
  Baskets(bus::Topics topics, ValueOptions options)
      : topics_(std::move(topics)), options_(std::move(options)) {}

  // What is known of a sale under a key; the last counts.
  void Take(const std::string& key, std::optional<v1::Sale> sale) {
    pending_.insert_or_assign(key, std::move(sale));
  }
  // Another as-of date: what changes by itself until then; or everything, when it moved back.
  Status MoveTo(bus::StateStore& state, Date as_of, bool everything);
  // Other options: everything is counted and published anew.
  Status BeginAnew(bus::StateStore& state);
  // Counts what was taken, and publishes what became another.
  Status Flush(Context& context, std::int64_t timestamp_ms);

 private:
  struct Standing {
    bool counted = false;
    v1::Sale sale;
  };
  static Result<std::optional<Standing>> Stored(bus::StateStore& state, const std::string& key);
  bool MayCount(const v1::Sale& sale) const;
  bool CountsOn(const v1::Sale& sale, Date as_of) const;
  std::optional<Date> ChangesOn(const v1::Sale& sale, Date as_of) const;
  Status Stand(bus::StateStore& state, const std::string& key, const std::optional<v1::Sale>& now,
               Date as_of);
  void Forget(bus::StateStore& state, const std::string& key, const v1::Sale& sale) const;
  void Count(const v1::Sale& sale, std::int64_t times);
  Status Publish(Context& context, const std::string& counter, std::int64_t times, std::int64_t timestamp_ms);
  bool IsTold(const std::string& counter, std::int64_t sales) const;
  void PublishOne(Context& context, const std::string& counter, std::int64_t sales,
                  std::int64_t timestamp_ms) const;

  bus::Topics topics_;
  ValueOptions options_;
  std::map<std::string, std::optional<v1::Sale>> pending_;
  std::set<std::string> again_;                  // keys to be looked at anew
  std::map<std::string, std::int64_t> changes_;  // by counter
  bool all_again_ = false;                       // everything is published anew
};

}  // namespace crossbill::transforms
