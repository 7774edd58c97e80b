// What people said of pairs of records, in the stage's state: kept for records that are there, that went, and
// that are still to come. Of several decisions about a pair the newest that was not undone holds. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "crossbill/v1/steward.pb.h"

namespace crossbill::transforms {

struct Verdict {
  std::string other;  // "system/stream/key"
  bool confirmed = false;
  std::string decision;  // its name
};

class Decisions {
 public:
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  // A decision as it is now; one without pairs is gone. `keys` gets the records that it is or was about.
  Status Apply(std::string_view name, const v1::Decision& decision, std::set<std::string>& keys);
  // What holds of a record, in order of the other's keys.
  Result<std::vector<Verdict>> Of(std::string_view key);

 private:
  struct Entry {
    std::string other;
    std::string decided_at;  // in digits that are in the order of the times
    std::string decision;
    bool confirmed = false;

    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  Result<std::vector<Entry>> EntriesOf(std::string_view key);
  Status Change(std::string_view key, const Entry& entry, bool in);
  Status ChangeAll(std::string_view name, const v1::Decision& decision, bool in, std::set<std::string>& keys);

  // How many decisions hold: mostly none, and then no record has to be looked for.
  Result<std::uint64_t> Count();
  void SetCount(std::uint64_t count);

  bus::StateStore* state_ = nullptr;
  std::optional<std::uint64_t> count_;
};

}  // namespace crossbill::transforms
