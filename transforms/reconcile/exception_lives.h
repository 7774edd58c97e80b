// The lives of exceptions in the publish stage's state. What comes is taken in at once; what it means is only
// looked at when the stage settles, so that a finding on its way from one customer to another leaves no
// trace. State keys: "l/" name → ExceptionLife; "w/" name: to be looked at; "r/" date "/" name: resolved
// since then; "u/" name: a decision holds until a date. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/owed_keys.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

class ExceptionLives {
 public:
  // Who writes what is to be published: the value, or nothing for a tombstone.
  class Writer {
   public:
    virtual ~Writer() = default;
    virtual void Write(const std::string& name, std::optional<std::string_view> value) = 0;
    // A person's decision follows an exception that goes on under another name.
    virtual void Forward(const v1::ExceptionDecision& decision) = 0;
  };

  explicit ExceptionLives(int keep_days) : keep_days_(keep_days) {}

  Status Find(bus::StateStore& state, const std::string& name, std::string_view finding);
  // False: nothing is known of it (it was published by an older version).
  Result<bool> Lose(bus::StateStore& state, const std::string& name, std::string_view settled_by);
  Status Decide(Context& context, const v1::ExceptionDecision& decision);

  // Once in each flush, after the others. `at_ms`: the time of the newest record.
  Status Flush(Context& context, std::int64_t at_ms, Writer& writer);
  bool owes() const { return !owed_.empty(); }

 private:
  Result<std::optional<v1::ExceptionLife>> Load(bus::StateStore& state, const std::string& name);
  void Store(bus::StateStore& state, const std::string& name, const v1::ExceptionLife& life);
  Status MarkDue(Context& context);
  Status Settle(Context& context, const std::string& name, std::int64_t at_ms, Writer& writer);

  const int keep_days_;
  OwedKeys owed_{"w/"};
  std::optional<Date> as_of_;  // of the last flush; nothing: not looked yet
};

}  // namespace crossbill::transforms
