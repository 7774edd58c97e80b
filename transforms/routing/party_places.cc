#include "transforms/routing/places.h"

namespace crossbill::transforms {
namespace {

constexpr char kCustomer = 'c';
constexpr char kDocument = 'd';

Error Damaged(std::string_view place) {
  return Error(Code::kBusCorrupt, "a stored document is damaged", std::string(place));
}

// While nobody knows the customer, the party's documents stand together under the party's own key.
std::string_view CustomerKey(std::string_view place, std::string_view customer) {
  return customer.empty() ? place : customer;
}

// Empty: not known.
Result<std::string> CustomerOf(std::string_view place, Outlet& out) {
  CROSSBILL_TRY(auto stored, out.state().Get(PartyPlaces::CustomerEntry(place)));
  return stored ? *std::move(stored) : std::string();
}

void AnnounceAll(std::string_view place, std::string_view customer_key, const Routed& routed, Outlet& out) {
  if (!routed.number_key.empty()) {
    out.Announce(routed.number_key, place, customer_key, routed, false);
  }
  std::string_view clues = routed.clues, clue;
  while (TakeLine(clues, clue)) {
    out.Announce(clue, place, customer_key, routed, false);
  }
}

}  // namespace

std::string PartyPlaces::CustomerEntry(std::string_view place) { return StateKey(place, kCustomer); }

// The document stays, with what was decided of it since. Where it is not, it left: wherever it comes next,
// the decisions come with it.
Status PartyPlaces::OnDecisions(std::string_view place, const Routed& routed, Outlet& out) {
  const std::string key = StateKey(place, kDocument, RecordKeyOf(routed));
  CROSSBILL_TRY(const auto stored, out.state().Get(key));
  if (!stored) {
    return Ok();
  }
  std::string bytes;
  if (!ReplaceDecisions(*stored, routed.decisions, bytes)) {
    return Damaged(place);
  }
  out.state().Put(key, bytes);
  CROSSBILL_TRY(const std::string customer, CustomerOf(place, out));
  out.Deliver(CustomerKey(place, customer), bytes);
  return Ok();
}

Status PartyPlaces::OnDocument(std::string_view place, std::string_view bytes, const Routed& routed,
                               Outlet& out) {
  if (routed.decisions_only) {
    return OnDecisions(place, routed, out);
  }
  CROSSBILL_TRY(const std::string customer, CustomerOf(place, out));
  const std::string_view customer_key = CustomerKey(place, customer);
  const std::string key = StateKey(place, kDocument, RecordKeyOf(routed));
  if (routed.removed) {
    out.state().Delete(key);
  } else {
    out.state().Put(key, bytes);
  }
  out.Deliver(customer_key, bytes);
  if (!routed.number_key_before.empty()) {
    out.Announce(routed.number_key_before, place, customer_key, routed, true);
  }
  std::string_view before = routed.clues_before, clue;
  while (TakeLine(before, clue)) {
    if (!HasLine(routed.clues, clue)) {
      out.Announce(clue, place, customer_key, routed, true);
    }
  }
  AnnounceAll(place, customer_key, routed, out);
  return Ok();
}

Status PartyPlaces::OnCustomer(std::string_view place, std::string_view customer, Outlet& out) {
  CROSSBILL_TRY(const std::string old, CustomerOf(place, out));
  if (old == customer) {
    return Ok();
  }
  if (customer.empty()) {
    out.state().Delete(CustomerEntry(place));
  } else {
    out.state().Put(CustomerEntry(place), customer);
  }
  const std::string_view customer_key = CustomerKey(place, customer);
  bool readable = true;
  CROSSBILL_RETURN_IF_ERROR(
      out.state().Scan(StateKey(place, kDocument), [&](std::string_view, std::string_view bytes) {
        Routed routed;
        readable = ReadRouted(bytes, routed);
        if (!readable) {
          return false;
        }
        out.Withdraw(CustomerKey(place, old), routed);
        out.Deliver(customer_key, bytes);
        AnnounceAll(place, customer_key, routed, out);
        return true;
      }));
  return readable ? Ok() : Status(Damaged(place));
}

}  // namespace crossbill::transforms
