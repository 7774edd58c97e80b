#include <algorithm>

#include "transforms/routing/places.h"
#include "transforms/routing/standing.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr char kDocument = 'w';

Error Damaged(std::string_view place) {
  return Error(Code::kBusCorrupt, "the state of a reference is damaged", std::string(place));
}

// A record may be announced by two parties' places for a moment, while it moves.
std::string AnnouncerOf(const Routed& routed) {
  std::string announcer = RecordKeyOf(routed);
  announcer += '\0';
  announcer += routed.via;
  return announcer;
}

// The record by the way it came: the ways of two versions may cross at a place, and what withdraws the one
// must not touch the other.
std::string EntryOf(std::string_view place, const Routed& routed) {
  std::string entry = RecordKeyOf(routed);
  if (routed.via != place) {
    entry += '\0';
    entry += routed.via;
  }
  return entry;
}

}  // namespace

// True when it is a new one.
bool ReferencePlaces::AddWaiting(Standing& standing, const std::string& record) {
  if (standing.many ||
      std::find(standing.waiting.begin(), standing.waiting.end(), record) != standing.waiting.end()) {
    return false;
  }
  if (standing.waiting.size() < kFewAtPlace) {
    standing.waiting.push_back(record);
  } else {
    standing.waiting.clear();
    standing.many = true;
  }
  return true;
}

// After the document itself is gone.
Status ReferencePlaces::RemoveWaiting(std::string_view place, Standing& standing, const std::string& record,
                                      Outlet& out) {
  std::erase(standing.waiting, record);
  if (!standing.many) {
    return Ok();
  }
  standing.many = false;
  return out.state().Scan(StateKey(place, kDocument), [&](std::string_view, std::string_view) {
    standing.many = true;
    return false;
  });
}

Status ReferencePlaces::VisitWaiting(
    std::string_view place, const Standing& standing, Outlet& out,
    const std::function<void(const Routed&, std::string_view bytes)>& visit) {
  bool readable = true;
  const auto read = [&](std::string_view bytes) {
    Routed routed;
    readable = ReadRouted(bytes, routed);
    if (readable) {
      visit(routed, bytes);
    }
    return readable;
  };
  if (standing.many) {
    CROSSBILL_RETURN_IF_ERROR(out.state().Scan(
        StateKey(place, kDocument), [&](std::string_view, std::string_view bytes) { return read(bytes); }));
  }
  for (const std::string& record : standing.waiting) {
    CROSSBILL_TRY(const auto stored, out.state().Get(StateKey(place, kDocument, record)));
    if (!stored || !read(*stored)) {
      return Damaged(place);
    }
  }
  return readable ? Ok() : Status(Damaged(place));
}

// Where what waits goes, as its announcers stand; empty: that is not known yet.
std::string_view ReferencePlaces::ChoiceOf(std::string_view place, const Standing& standing) {
  if (standing.customer == kSeveral) {
    return IsAmountClue(place) ? kAlone : kOwn;
  }
  return standing.customer;
}

// A customer key, or the next place.
std::string ReferencePlaces::TargetOf(std::string_view target, const Routed& routed) {
  if (target != kOwn && target != kAlone) {
    return std::string(target);
  }
  std::string_view places = routed.next_places, next;
  if (target == kOwn && TakeLine(places, next)) {
    return std::string(next);
  }
  return OwnKey(routed.system, routed.stream, routed.key);
}

void ReferencePlaces::Deliver(std::string_view target, std::string_view bytes, const Routed& routed,
                              Outlet& out) {
  const std::string key = TargetOf(target, routed);
  if (IsClueKey(key)) {
    out.Forward(key, routed, false);
  } else {
    out.Deliver(key, bytes);
  }
}

void ReferencePlaces::Withdraw(std::string_view target, const Routed& routed, Outlet& out) {
  const std::string key = TargetOf(target, routed);
  if (IsClueKey(key)) {
    out.Forward(key, routed, true);
  } else {
    out.Withdraw(key, routed);
  }
}

Status ReferencePlaces::Retarget(std::string_view place, std::string_view target, Standing& standing,
                                 Outlet& out) {
  if (target == standing.target) {
    return Ok();
  }
  const std::string next(target);
  CROSSBILL_RETURN_IF_ERROR(
      VisitWaiting(place, standing, out, [&](const Routed& routed, std::string_view bytes) {
        if (!standing.target.empty()) {
          Withdraw(standing.target, routed, out);
        }
        Deliver(next, bytes, routed, out);
      }));
  standing.target = next;
  return Ok();
}

Status ReferencePlaces::OnAnnouncement(std::string_view place, const Routed& routed, Outlet& out) {
  const std::string announcer = AnnouncerOf(routed);
  CROSSBILL_TRY(Standing standing, LoadStanding(place, out.state()));
  CROSSBILL_TRY(const bool changed,
                routed.removed
                    ? AnnounceNoLonger(place, announcer, standing, out.state())
                    : Announce(place, {announcer, std::string(routed.customer)}, standing, out.state()));
  if (!changed) {
    return Ok();
  }
  if (standing.waited_for() && standing.announcer.empty()) {
    alone_.Add(place);
  } else if (standing.waited_for()) {
    alone_.Done(out.state(), place);
    CROSSBILL_RETURN_IF_ERROR(Retarget(place, ChoiceOf(place, standing), standing, out));
  }
  KeepStanding(place, standing, out.state());
  return Ok();
}

Status ReferencePlaces::OnDocument(std::string_view place, std::string_view bytes, const Routed& routed,
                                   Outlet& out) {
  CROSSBILL_TRY(Standing standing, LoadStanding(place, out.state()));
  if (routed.decisions_only) {
    return Decide(place, routed, standing, out);
  }
  return routed.removed ? Remove(place, routed, standing, out) : Put(place, bytes, routed, standing, out);
}

Status ReferencePlaces::Put(std::string_view place, std::string_view bytes, const Routed& routed,
                            Standing& standing, Outlet& out) {
  const std::string record = EntryOf(place, routed);
  const bool first = !standing.waited_for();
  if (first) {
    standing.target = ChoiceOf(place, standing);
  }
  if (first && standing.announcer.empty()) {
    alone_.Add(place);
  }
  CROSSBILL_RETURN_IF_ERROR(LeaveOtherTarget(place, record, routed, standing, out));
  if (AddWaiting(standing, record)) {
    KeepStanding(place, standing, out.state());
  }
  out.state().Put(StateKey(place, kDocument, record), bytes);
  if (!standing.target.empty()) {
    Deliver(standing.target, bytes, routed, out);
  }
  return Ok();
}

// The document stays, with what was decided of it since.
Status ReferencePlaces::Decide(std::string_view place, const Routed& routed, const Standing& standing,
                               Outlet& out) {
  const std::string key = StateKey(place, kDocument, EntryOf(place, routed));
  CROSSBILL_TRY(const auto stored, out.state().Get(key));
  if (!stored) {
    return Ok();  // it left: wherever it comes next, the decisions come with it
  }
  std::string bytes;
  Routed decided;
  if (!ReplaceDecisions(*stored, routed.decisions, bytes) || !ReadRouted(bytes, decided)) {
    return Damaged(place);
  }
  out.state().Put(key, bytes);
  if (!standing.target.empty()) {
    Deliver(standing.target, bytes, decided, out);
  }
  return Ok();
}

// A version before that was sent on to another place than this one is.
Status ReferencePlaces::LeaveOtherTarget(std::string_view place, const std::string& record,
                                         const Routed& routed, const Standing& standing, Outlet& out) {
  if (standing.target != kOwn) {
    return Ok();
  }
  CROSSBILL_TRY(const auto stored, out.state().Get(StateKey(place, kDocument, record)));
  if (!stored) {
    return Ok();
  }
  Routed before;
  if (!ReadRouted(*stored, before)) {
    return Damaged(place);
  }
  if (TargetOf(standing.target, before) != TargetOf(standing.target, routed)) {
    before.sequence = routed.sequence;
    Withdraw(standing.target, before, out);
  }
  return Ok();
}

Status ReferencePlaces::Remove(std::string_view place, const Routed& routed, Standing& standing,
                               Outlet& out) {
  const std::string record = EntryOf(place, routed);
  const std::string key = StateKey(place, kDocument, record);
  CROSSBILL_TRY(const auto stored, out.state().Get(key));
  Routed before = routed;
  if (stored && !ReadRouted(*stored, before)) {
    return Damaged(place);
  }
  before.sequence = routed.sequence;
  if (!standing.target.empty()) {
    Withdraw(standing.target, before, out);
  }
  out.state().Delete(key);
  CROSSBILL_RETURN_IF_ERROR(RemoveWaiting(place, standing, record, out));
  if (!standing.waited_for()) {
    alone_.Done(out.state(), place);
    standing.target.clear();
  }
  KeepStanding(place, standing, out.state());
  return Ok();
}

Status ReferencePlaces::Settle(Outlet& out) {
  for (std::size_t i = 0; i < kSettledAtOnce && !alone_.empty(); ++i) {
    const std::string place = alone_.Next();
    CROSSBILL_TRY(Standing standing, LoadStanding(place, out.state()));
    CROSSBILL_RETURN_IF_ERROR(Retarget(place, kOwn, standing, out));
    KeepStanding(place, standing, out.state());
    alone_.Done(out.state(), place);
  }
  return Ok();
}

}  // namespace crossbill::transforms
