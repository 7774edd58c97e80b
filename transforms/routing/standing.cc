#include "transforms/routing/standing.h"

#include <algorithm>

#include "transforms/routing/places.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr char kAnnouncer = 'a';
constexpr char kStanding = 'm';
// In the part of the entry that says how the rest is kept. Without kTogether the announcers are scattered.
constexpr char kMany = 'm';
constexpr char kTogether = 't';

Error Damaged(std::string_view place) {
  return Error(Code::kBusCorrupt, "the state of a reference is damaged", std::string(place));
}

// Of several announcers the one with the smallest name counts; at a clue's place all of them.
void Count(std::string_view place, std::string_view name, std::string_view customer, Standing& standing) {
  if (standing.announcer.empty()) {
    standing.announcer = name;
    standing.customer = customer;
  } else if (IsClueKey(place) && standing.customer != customer) {
    standing.customer = kSeveral;
  }
}

void CountFew(std::string_view place, Standing& standing) {
  standing.announcer.clear();
  standing.customer.clear();
  for (const Announcer& announcer : standing.announcers) {
    Count(place, announcer.name, announcer.customer, standing);
  }
}

Status CountScattered(std::string_view place, Standing& standing, bus::StateStore& state) {
  standing.announcer.clear();
  standing.customer.clear();
  const std::string prefix = StateKey(place, kAnnouncer);
  const bool clue = IsClueKey(place);
  CROSSBILL_RETURN_IF_ERROR(state.Scan(prefix, [&](std::string_view key, std::string_view customer) {
    Count(place, key.substr(prefix.size()), customer, standing);
    return clue && standing.customer != kSeveral;
  }));
  standing.scattered = !standing.announcer.empty();
  return Ok();
}

bool TakeAnnouncers(std::string_view& rest, Standing& standing) {
  std::uint64_t count = 0;
  if (!TakeVarint(rest, count) || count > kFewAtPlace) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string_view name, customer;
    if (!TakePart(rest, name) || !TakePart(rest, customer)) {
      return false;
    }
    standing.announcers.push_back({std::string(name), std::string(customer)});
  }
  return true;
}

void Scatter(std::string_view place, Standing& standing, bus::StateStore& state) {
  for (const Announcer& announcer : standing.announcers) {
    state.Put(StateKey(place, kAnnouncer, announcer.name), announcer.customer);
  }
  standing.announcers.clear();
  standing.scattered = true;
}

Result<bool> AnnounceScattered(std::string_view place, const Announcer& announcer, Standing& standing,
                               bus::StateStore& state) {
  state.Put(StateKey(place, kAnnouncer, announcer.name), announcer.customer);
  if (IsClueKey(place)) {
    if (standing.customer == announcer.customer) {
      return false;
    }
    CROSSBILL_RETURN_IF_ERROR(CountScattered(place, standing, state));
    return true;
  }
  if (standing.announcer < announcer.name) {
    return false;
  }
  standing.announcer = announcer.name;
  standing.customer = announcer.customer;
  return true;
}

auto PlaceOf(std::string_view name, Standing& standing) {
  return std::lower_bound(
      standing.announcers.begin(), standing.announcers.end(), name,
      [](const Announcer& known, std::string_view wanted) { return known.name < wanted; });
}

}  // namespace

std::string StandingEntry(std::string_view place) { return StateKey(place, kStanding); }

Result<Standing> LoadStanding(std::string_view place, bus::StateStore& state) {
  CROSSBILL_TRY(const auto stored, state.Get(StandingEntry(place)));
  Standing standing;
  if (!stored) {
    return standing;
  }
  std::string_view rest = *stored, announcer, customer, target, form, record;
  if (!TakePart(rest, announcer) || !TakePart(rest, customer) || !TakePart(rest, target) ||
      !TakePart(rest, form)) {
    return Damaged(place);
  }
  standing.target = target;
  standing.many = form.find(kMany) != std::string_view::npos;
  if (form.find(kTogether) == std::string_view::npos) {
    standing.announcer = announcer;
    standing.customer = customer;
    standing.scattered = !announcer.empty();
  } else if (TakeAnnouncers(rest, standing)) {
    CountFew(place, standing);
  } else {
    return Damaged(place);
  }
  while (!rest.empty()) {
    if (!TakePart(rest, record)) {
      return Damaged(place);
    }
    standing.waiting.emplace_back(record);
  }
  return standing;
}

void KeepStanding(std::string_view place, const Standing& standing, bus::StateStore& state) {
  if (standing.announcer.empty() && !standing.waited_for()) {
    state.Delete(StandingEntry(place));
    return;
  }
  std::string bytes, form;
  AppendPart(bytes, standing.scattered ? standing.announcer : "");
  AppendPart(bytes, standing.scattered ? standing.customer : "");
  AppendPart(bytes, standing.target);
  if (standing.many) {
    form += kMany;
  }
  if (!standing.scattered) {
    form += kTogether;
  }
  AppendPart(bytes, form);
  if (!standing.scattered) {
    AppendVarint(bytes, standing.announcers.size());
    for (const Announcer& announcer : standing.announcers) {
      AppendPart(bytes, announcer.name);
      AppendPart(bytes, announcer.customer);
    }
  }
  for (const std::string& record : standing.waiting) {
    AppendPart(bytes, record);
  }
  state.Put(StandingEntry(place), bytes);
}

Result<bool> Announce(std::string_view place, const Announcer& announcer, Standing& standing,
                      bus::StateStore& state) {
  if (standing.scattered) {
    return AnnounceScattered(place, announcer, standing, state);
  }
  const auto at = PlaceOf(announcer.name, standing);
  const bool known = at != standing.announcers.end() && at->name == announcer.name;
  if (known && at->customer == announcer.customer) {
    return false;
  }
  if (known) {
    at->customer = announcer.customer;
  } else if (standing.announcers.size() < kFewAtPlace) {
    standing.announcers.insert(at, announcer);
  } else {
    Scatter(place, standing, state);
    CROSSBILL_TRY([[maybe_unused]] const bool counts, AnnounceScattered(place, announcer, standing, state));
    return true;
  }
  CountFew(place, standing);
  return true;
}

Result<bool> AnnounceNoLonger(std::string_view place, std::string_view name, Standing& standing,
                              bus::StateStore& state) {
  if (standing.scattered) {
    state.Delete(StateKey(place, kAnnouncer, name));
    if (!IsClueKey(place) && name != standing.announcer) {
      return false;
    }
    CROSSBILL_RETURN_IF_ERROR(CountScattered(place, standing, state));
    return true;
  }
  const auto at = PlaceOf(name, standing);
  if (at == standing.announcers.end() || at->name != name) {
    return false;
  }
  standing.announcers.erase(at);
  CountFew(place, standing);
  return true;
}

}  // namespace crossbill::transforms
