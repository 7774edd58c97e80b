// Which documents carry a number, in the stage's state: in one entry while they are few, else each in its
// own, so that a number that everybody uses costs no more than another. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "crossbill/v1/internal.pb.h"

namespace crossbill::transforms {

class NumberPlaces {
 public:
  struct Change {
    // What stands at the number, where it is few; else empty.
    std::vector<v1::NumberMention> before;
    std::vector<v1::NumberMention> after;
  };
  // What Apply reads of the state.
  static void AddKeys(std::string_view number, std::vector<std::string>& keys);
  // `mentions` in the order in which they came: of one record the last counts.
  static Result<Change> Apply(std::string_view number, const std::vector<v1::NumberMention>& mentions,
                              bus::StateStore& state);
};

}  // namespace crossbill::transforms
