#include "transforms/routing/places.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr char kAnnouncer = 'a';
constexpr char kMeta = 'm';
constexpr char kDocument = 'w';

Error Damaged(std::string_view place) {
  return Error(Code::kBusCorrupt, "the state of a reference is damaged", std::string(place));
}

}  // namespace

Result<ReferencePlaces::Waiting> ReferencePlaces::Load(std::string_view place, Outlet& out) {
  if (const Waiting* known = cache_.Find(place)) {
    return *known;
  }
  CROSSBILL_TRY(const auto stored, out.state().Get(StateKey(place, kMeta)));
  Waiting waiting;
  if (stored) {
    std::string_view rest = *stored, party, target;
    if (!TakePart(rest, party) || !TakePart(rest, target) || rest.size() != 8) {
      return Damaged(place);
    }
    waiting.party = party;
    waiting.target = target;
    for (const char c : rest) {
      waiting.documents = waiting.documents << 8 | static_cast<std::uint8_t>(c);
    }
  }
  return *cache_.Put(place, std::move(waiting));
}

void ReferencePlaces::Store(std::string_view place, const Waiting& waiting, Outlet& out) {
  if (waiting.documents == 0) {
    out.state().Delete(StateKey(place, kMeta));
    cache_.Erase(place);
    return;
  }
  std::string bytes;
  AppendPart(bytes, waiting.party);
  AppendPart(bytes, waiting.target);
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(waiting.documents >> shift));
  }
  out.state().Put(StateKey(place, kMeta), bytes);
  cache_.Put(place, waiting);
}

// Of several documents that announce the number, the one with the smallest source key counts.
Result<std::string> ReferencePlaces::AnnouncedParty(std::string_view place, Outlet& out) {
  std::string party;
  CROSSBILL_RETURN_IF_ERROR(
      out.state().Scan(StateKey(place, kAnnouncer), [&](std::string_view, std::string_view value) {
        party = value;
        return false;
      }));
  return party;
}

void ReferencePlaces::Subscribe(std::string_view place, std::string_view party, bool removed, Outlet& out) {
  Routed message;
  message.subscriber = place;
  message.removed = removed;
  out.ToPlace(party, message);
}

std::string ReferencePlaces::TargetOf(const Waiting& waiting, const Routed& routed) {
  return waiting.target == kOwn ? OwnKey(routed.system, routed.stream, routed.key) : waiting.target;
}

void ReferencePlaces::ChooseParty(std::string_view place, std::string party, Waiting& waiting, Outlet& out) {
  if (party == waiting.party) {
    return;
  }
  if (!waiting.party.empty()) {
    Subscribe(place, waiting.party, true, out);
  }
  if (!party.empty()) {
    Subscribe(place, party, false, out);
  }
  waiting.party = std::move(party);
}

Status ReferencePlaces::Retarget(std::string_view place, std::string target, Waiting& waiting, Outlet& out) {
  if (target == waiting.target) {
    return Ok();
  }
  Waiting next = waiting;
  next.target = std::move(target);
  bool readable = true;
  CROSSBILL_RETURN_IF_ERROR(
      out.state().Scan(StateKey(place, kDocument), [&](std::string_view, std::string_view bytes) {
        Routed routed;
        readable = ReadRouted(bytes, routed);
        if (!readable) {
          return false;
        }
        if (!waiting.target.empty()) {
          out.Withdraw(TargetOf(waiting, routed), routed);
        }
        out.Deliver(TargetOf(next, routed), bytes);
        return true;
      }));
  if (!readable) {
    return Damaged(place);
  }
  waiting = std::move(next);
  return Ok();
}

Status ReferencePlaces::RetargetIfAlone(std::string_view place, Waiting& waiting, Outlet& out) {
  return waiting.party.empty() ? Retarget(place, std::string(kOwn), waiting, out) : Ok();
}

Status ReferencePlaces::OnAnnouncement(std::string_view place, const Routed& routed, Outlet& out) {
  const std::string key = StateKey(place, kAnnouncer, RecordKeyOf(routed));
  if (routed.removed) {
    out.state().Delete(key);
  } else {
    out.state().Put(key, routed.announces_party);
  }
  CROSSBILL_TRY(Waiting waiting, Load(place, out));
  if (waiting.documents == 0) {
    return Ok();
  }
  CROSSBILL_TRY(std::string party, AnnouncedParty(place, out));
  ChooseParty(place, std::move(party), waiting, out);
  CROSSBILL_RETURN_IF_ERROR(RetargetIfAlone(place, waiting, out));
  Store(place, waiting, out);
  return Ok();
}

Status ReferencePlaces::OnDocument(std::string_view place, std::string_view bytes, const Routed& routed,
                                   Outlet& out) {
  const std::string key = StateKey(place, kDocument, RecordKeyOf(routed));
  CROSSBILL_TRY(const auto stored, out.state().Get(key));
  CROSSBILL_TRY(Waiting waiting, Load(place, out));
  if (routed.removed) {
    if (!stored) {
      return Ok();
    }
    out.state().Delete(key);
    if (!waiting.target.empty()) {
      out.Deliver(TargetOf(waiting, routed), bytes);
    }
    if (--waiting.documents == 0) {
      ChooseParty(place, {}, waiting, out);
    }
    Store(place, waiting, out);
    return Ok();
  }
  // Delivered before it is stored, so that a retargeting below moves each document once.
  if (!waiting.target.empty()) {
    out.Deliver(TargetOf(waiting, routed), bytes);
  }
  out.state().Put(key, bytes);
  if (stored) {
    return Ok();
  }
  if (waiting.documents++ == 0) {
    CROSSBILL_TRY(std::string party, AnnouncedParty(place, out));
    ChooseParty(place, std::move(party), waiting, out);
    CROSSBILL_RETURN_IF_ERROR(RetargetIfAlone(place, waiting, out));
  }
  Store(place, waiting, out);
  return Ok();
}

Status ReferencePlaces::OnAnswer(std::string_view place, const Routed& routed, Outlet& out) {
  CROSSBILL_TRY(Waiting waiting, Load(place, out));
  // An answer of a party that no longer counts.
  if (waiting.documents == 0 || waiting.party != routed.announces_party) {
    return Ok();
  }
  const std::string_view target = routed.customer.empty() ? routed.announces_party : routed.customer;
  CROSSBILL_RETURN_IF_ERROR(Retarget(place, std::string(target), waiting, out));
  Store(place, waiting, out);
  return Ok();
}

}  // namespace crossbill::transforms
