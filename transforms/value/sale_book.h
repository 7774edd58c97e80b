// A customer's sales in the state of the value stage; of a customer with very many also what each day comes
// to, so that a change costs the sales of its day and not all of them. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/value/options.h"
#include "transforms/value/worth.h"

namespace crossbill::transforms {

// What is known of a customer beside the sales.
struct KnownCustomer {
  std::string due;       // a date, or nothing
  std::string sent;      // a hash; empty: nothing is sent
  bool by_days = false;  // and so it stays
};

class SaleBook {
 public:
  explicit SaleBook(const ValueOptions& options)
      : options_(options), fingerprint_(FingerprintOf(options).ToHex()) {}
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  // `bytes`: the sale as it is to be kept.
  Status Put(std::string_view customer, const v1::Sale& sale, std::string_view bytes);
  Status Remove(std::string_view customer, std::string_view document);

  struct Counted {
    Worth worth;
    bool has_sales = false;
  };
  // Also makes a customer with very many sales one that is counted by days.
  Result<Counted> Count(const std::string& customer, KnownCustomer& known, Date as_of);

  Result<KnownCustomer> Known(std::string_view customer);
  void SetKnown(const std::string& customer, const KnownCustomer& before, const KnownCustomer& now);
  void Forget(const std::string& customer, const KnownCustomer& before);
  // All customers; or those that are due until a date.
  Result<std::vector<std::string>> All();
  Result<std::vector<std::string>> DueUntil(Date date);

 private:
  Result<std::vector<v1::Sale>> SalesOf(const std::string& customer);
  Result<bool> HasSales(const std::string& customer);
  void PutByDay(std::string_view customer, const v1::Sale& sale, std::string_view bytes);
  Result<std::vector<v1::SalesDay>> DaysOf(const std::string& customer);
  // Nothing: no sale is left on that day.
  Result<std::optional<v1::SalesDay>> Recount(const std::string& customer, Date date);
  void ReplaceDue(const std::string& customer, const std::string& before, const std::string& now);

  const ValueOptions& options_;
  const std::string fingerprint_;
  bus::StateStore* state_ = nullptr;
};

}  // namespace crossbill::transforms
