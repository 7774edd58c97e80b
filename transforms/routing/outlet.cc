#include "transforms/routing/places.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {

void Outlet::Send(std::string_view topic, std::string_view key, std::string_view value) {
  bus::RecordView record;
  record.key = key;
  record.value = value;
  record.timestamp_ms = timestamp_ms_;
  context_.Emit(topic, record);
}

void Outlet::Deliver(std::string_view customer_key, std::string_view routed) {
  Send(reconcile_, customer_key, routed);
}

void Outlet::Withdraw(std::string_view customer_key, const Routed& routed) {
  Routed removal = routed;
  removal.document = {};
  removal.decisions = {};
  removal.removed = true;
  std::string bytes;
  AppendRouted(removal, bytes);
  Send(reconcile_, customer_key, bytes);
}

void Outlet::Forward(std::string_view place, const Routed& routed, bool removed) {
  const std::string way = std::string(place) + '\n' + std::string(routed.via);
  Routed forwarded = routed;
  forwarded.via = way;
  forwarded.removed = removed;
  if (removed) {
    forwarded.document = {};
    forwarded.decisions = {};
  }
  std::string_view first;
  TakeLine(forwarded.next_places, first);
  std::string bytes;
  AppendRouted(forwarded, bytes);
  Send(routing_, place, bytes);
  forwarded_ = true;
}

void Outlet::Announce(std::string_view reference_key, std::string_view place, std::string_view customer_key,
                      const Routed& routed, bool removed) {
  Routed announcement;
  announcement.system = routed.system;
  announcement.stream = routed.stream;
  announcement.key = routed.key;
  announcement.via = place;
  announcement.announcement = true;
  announcement.customer = customer_key;
  announcement.removed = removed;
  std::string bytes;
  AppendRouted(announcement, bytes);
  Send(routing_, reference_key, bytes);
}

std::string StateKey(std::string_view place, char what, std::string_view rest) {
  std::string key;
  key.reserve(place.size() + rest.size() + 3);
  AppendPart(key, place);
  key.push_back(what);
  key += rest;
  return key;
}

}  // namespace crossbill::transforms
