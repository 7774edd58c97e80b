// The keys for which a processor put work off. Those that a flush leaves over stand in the stage's state, so
// that a processor that is made anew goes on with them. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::transforms {

class OwedKeys {
 public:
  // `section` is the prefix of their keys in the state.
  explicit OwedKeys(std::string section) : section_(std::move(section)) {}
  // What was left over by the last run; once, before anything else.
  Status Resume(bus::StateStore& state);
  void Add(std::string_view key);
  void Done(bus::StateStore& state, std::string_view key);
  // The next one in order, beginning anew behind the last: none is passed over while others keep coming. Only
  // when there is one; it stays until it is done.
  std::string Next();
  // At the end of a flush.
  void Store(bus::StateStore& state);
  bool Has(std::string_view key) const { return keys_.contains(key); }
  bool empty() const { return keys_.empty(); }

 private:
  std::string section_;
  std::map<std::string, bool, std::less<>> keys_;  // true: stands in the state
  std::vector<std::string> added_;                 // since the last Store
  std::string last_;
};

}  // namespace crossbill::transforms
