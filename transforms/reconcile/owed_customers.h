// The customers that are to be reconciled. Those that a flush leaves over stand in the stage's state ("o"
// customer), so that a stage that is made anew goes on with them. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::transforms {

class OwedCustomers {
 public:
  // What was left over by the last run; once, before anything else.
  Status Resume(bus::StateStore& state);
  void Add(std::string_view customer);
  void Done(bus::StateStore& state, std::string_view customer);
  // The next one in order of names, beginning anew behind the last: nobody is passed over while others keep
  // coming. Only when there is one; it stays until it is done.
  std::string Next();
  // At the end of a flush.
  void Store(bus::StateStore& state);
  bool Has(std::string_view customer) const { return customers_.contains(customer); }
  bool empty() const { return customers_.empty(); }

 private:
  std::map<std::string, bool, std::less<>> customers_;  // true: stands in the state
  std::vector<std::string> added_;                      // since the last Store
  std::string last_;
};

}  // namespace crossbill::transforms
