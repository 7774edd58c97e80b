// A bus whose values of some topics are written with a frame of the Confluent wire format, over any other
// bus. Whoever uses it sees the messages alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bus/bus.h"

namespace crossbill::bus {

struct Framing {
  // Whether values of a topic may have a frame, which is then taken off: a topic may hold values of both
  // kinds, from before and after the registry was configured.
  std::function<bool(std::string_view topic)> may_have;
  // What is written before each value of such a topic; empty: nothing. Asked once for each, by one thread at
  // a time: by CreateTopics, or by the first Send. Absent: nothing is written before any.
  std::function<Result<std::string>(const std::string& topic)> frame_of;
};

std::unique_ptr<Bus> MakeFramedBus(std::unique_ptr<Bus> bus, Framing framing);

}  // namespace crossbill::bus
