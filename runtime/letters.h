// Dead letters as they stand: the newest at each place, with what became of it. The letters are on
// <prefix>.deadletter, what became of them on <prefix>.internal.deadletter, by the letter's id; so `list`,
// `export deadletters` and `replay` agree. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/dead_letter.pb.h"

namespace crossbill::runtime {

struct Letter {
  std::string id;
  std::string place;       // the record's key
  v1::DeadLetter message;  // as it was put aside; after a replay in vain with what was wrong then
  v1::DeadLetterMark::State state = v1::DeadLetterMark::OPEN;
  std::string state_since;  // RFC 3339; "" when nothing became of it yet
  std::int64_t put_aside_ms = 0;
  std::int32_t attempt() const { return message.attempt(); }
};

std::string_view NameOf(v1::DeadLetterMark::State state);  // "open", "replayed", "dropped"

struct LetterFilter {
  std::vector<std::string> ids;  // whole, or their beginnings; empty: all
  std::string system;
  std::string stream;
  std::string code;
  bool only_open = false;
};

// Those that the filter takes, in order of partitions. What somebody else wrote to the topic is shown as a
// letter of its own, CB1500.
Status VisitLetters(bus::Bus& bus, const bus::Topics& topics, const LetterFilter& filter,
                    const std::function<Status(Letter&)>& visit);
// The one with this id, or whose id begins so. kNotFound; kUsage when there are several.
Result<Letter> FindLetter(bus::Bus& bus, const bus::Topics& topics, const std::string& id);

// Puts what became of a letter into the open transaction.
Status SendMark(bus::Producer& producer, const bus::Topics& topics, const std::string& id,
                const v1::DeadLetterMark& mark, Timestamp now);

}  // namespace crossbill::runtime
