// What is kept of a reference's place in the state: who announces the number, who waits for it, and where
// that was sent. One entry while announcers and waiting records are few, else each announcer has an entry of
// its own and the waiting ones are found by a scan: a number that everybody has costs no more than another.
// Private to transforms/routing; see README.md. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::transforms {

struct Announcer {
  std::string name;      // the record, and the party's place that speaks of it
  std::string customer;  // what it says
};

struct Standing {
  // What counts of all announcers: of several the one with the smallest name (at a clue's place any of them);
  // empty: nobody announces.
  std::string announcer;
  std::string customer;  // what it says; kSeveral at a clue's place whose announcers do not agree
  std::vector<Announcer> announcers;  // by name; those of entries of their own are not here
  bool scattered = false;             // each in an entry of its own
  // The records that wait for it; when they are more than a few, `many`, and a scan finds them.
  std::vector<std::string> waiting;
  bool many = false;
  // Where the waiting documents were delivered: a customer key, or one of ReferencePlaces' words; empty:
  // nowhere yet.
  std::string target;

  bool waited_for() const { return many || !waiting.empty(); }
};

inline constexpr std::string_view kSeveral = "?";
inline constexpr std::size_t kFewAtPlace = 8;

// Its key in the state.
std::string StandingEntry(std::string_view place);
Result<Standing> LoadStanding(std::string_view place, bus::StateStore& state);
// Nothing is kept when nobody announces and nobody waits.
void KeepStanding(std::string_view place, const Standing& standing, bus::StateStore& state);

// False: that changes nothing of the standing. (What one of many announcers says may be kept all the same.)
Result<bool> Announce(std::string_view place, const Announcer& announcer, Standing& standing,
                      bus::StateStore& state);
Result<bool> AnnounceNoLonger(std::string_view place, std::string_view name, Standing& standing,
                              bus::StateStore& state);

}  // namespace crossbill::transforms
