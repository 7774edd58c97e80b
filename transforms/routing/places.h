// The two kinds of places where routing joins: a party's key and a reference's key. Private to
// transforms/routing; see README.md. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transforms/routing/clues.h"
#include "transforms/routing/routed.h"
#include "transforms/routing/standing.h"
#include "transforms/sdk/owed_keys.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// What both kinds send. Made for one call of Process.
class Outlet {
 public:
  Outlet(Context& context, std::string_view routing, std::string_view reconcile, std::int64_t timestamp_ms)
      : context_(context), routing_(routing), reconcile_(reconcile), timestamp_ms_(timestamp_ms) {}
  bus::StateStore& state() { return context_.state(); }
  // A RoutedDocument's bytes as they are, to the documents of `customer_key`.
  void Deliver(std::string_view customer_key, std::string_view routed);
  // The removal of the document that `routed` (bytes) carries.
  void Withdraw(std::string_view customer_key, const Routed& routed);
  // To the next place that `routed` names, or from there; the way by which it came is from then on all of the
  // places.
  void Forward(std::string_view place, const Routed& routed, bool removed);
  bool forwarded() const { return forwarded_; }
  // Tells the documents that refer to `reference_key` that the document of `routed`, which stands at the
  // party's `place`, has this number and this customer; `removed`: no longer.
  void Announce(std::string_view reference_key, std::string_view place, std::string_view customer_key,
                const Routed& routed, bool removed);

 private:
  void Send(std::string_view topic, std::string_view key, std::string_view value);
  Context& context_;
  std::string_view routing_;
  std::string_view reconcile_;
  std::int64_t timestamp_ms_;
  bool forwarded_ = false;
};

// A party's place: the party's customer and the documents that name the party, whose numbers it announces.
class PartyPlaces {
 public:
  static Status OnDocument(std::string_view place, std::string_view bytes, const Routed& routed, Outlet& out);
  static Status OnCustomer(std::string_view place, std::string_view customer, Outlet& out);
  // The key in the state of what both read.
  static std::string CustomerEntry(std::string_view place);

 private:
  static Status OnDecisions(std::string_view place, const Routed& routed, Outlet& out);
};

// A reference's place: who announces the number, and the documents that wait for it. Of several announcers
// the smallest counts. A clue's place is the same, but the announcers must all be of one customer.
class ReferencePlaces {
 public:
  Status Resume(bus::StateStore& state) { return alone_.Resume(state); }
  Status OnAnnouncement(std::string_view place, const Routed& routed, Outlet& out);
  Status OnDocument(std::string_view place, std::string_view bytes, const Routed& routed, Outlet& out);
  // Documents whose number nobody has announced by now stand alone: each under its own key. Put off until
  // what waits was read, since the announcement is mostly among it.
  Status Settle(Outlet& out);
  void Store(bus::StateStore& state) { alone_.Store(state); }
  bool owes() const { return !alone_.empty(); }

 private:
  static constexpr std::size_t kSettledAtOnce = 4096;
  // Targets of what waits: each to the place that it tries next, the last under its own key; each under its
  // own key at once.
  static constexpr std::string_view kOwn = "U";
  static constexpr std::string_view kAlone = "A";

  static Status Retarget(std::string_view place, std::string_view target, Standing& standing, Outlet& out);
  static std::string_view ChoiceOf(std::string_view place, const Standing& standing);
  static std::string TargetOf(std::string_view target, const Routed& routed);
  static void Deliver(std::string_view target, std::string_view bytes, const Routed& routed, Outlet& out);
  static void Withdraw(std::string_view target, const Routed& routed, Outlet& out);
  Status Put(std::string_view place, std::string_view bytes, const Routed& routed, Standing& standing,
             Outlet& out);
  static Status LeaveOtherTarget(std::string_view place, const std::string& record, const Routed& routed,
                                 const Standing& standing, Outlet& out);
  Status Remove(std::string_view place, const Routed& routed, Standing& standing, Outlet& out);
  static Status Decide(std::string_view place, const Routed& routed, const Standing& standing, Outlet& out);
  static bool AddWaiting(Standing& standing, const std::string& record);
  static Status RemoveWaiting(std::string_view place, Standing& standing, const std::string& record,
                              Outlet& out);
  static Status VisitWaiting(std::string_view place, const Standing& standing, Outlet& out,
                             const std::function<void(const Routed&, std::string_view bytes)>& visit);

  OwedKeys alone_{std::string(1, '\0')};  // no place's state begins so
};

// State keys: the place with its length, a letter and the rest.
std::string StateKey(std::string_view place, char what, std::string_view rest = {});

}  // namespace crossbill::transforms
