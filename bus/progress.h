// What a worker last said of itself in <prefix>.internal.progress, for the other processes and for people: a
// task of a transform ("routing.2") for which date it has worked and whether work is put off; a stream
// ("erp/vbak") when it was read up. The record: {"at":"2026-10-31","owes":false}, keyed by the worker's name.
// Any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::bus {

struct Progress {
  std::string at;     // a task's as-of date; the time at which a stream's source had nothing more
  bool owes = false;  // a task's
  friend bool operator==(const Progress&, const Progress&) = default;
};

std::string ToJson(const Progress& progress);
Result<Progress> ParseProgress(std::string_view json);
// In the producer's open transaction.
Status SendProgress(Producer& producer, std::string_view topic, std::string_view worker,
                    const Progress& progress);
// The newest of each worker.
Result<std::map<std::string, Progress, std::less<>>> ReadProgress(Bus& bus, std::string_view topic);

}  // namespace crossbill::bus
