// The two kinds of places where routing joins: a party's key and a reference's key. Private to
// transforms/routing; see README.md. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "transforms/routing/routed.h"
#include "transforms/sdk/cache.h"
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
  void ToPlace(std::string_view routing_key, const Routed& routed);

 private:
  void Send(std::string_view topic, std::string_view key, std::string_view value);
  Context& context_;
  std::string_view routing_;
  std::string_view reconcile_;
  std::int64_t timestamp_ms_;
};

// A party's place: the party's customer, the documents that name the party, and the reference keys that want
// to know the customer.
class PartyPlaces {
 public:
  PartyPlaces() : cache_(kCached) {}
  Status OnDocument(std::string_view place, std::string_view bytes, const Routed& routed, Outlet& out);
  Status OnSubscriber(std::string_view place, const Routed& routed, Outlet& out);
  Status OnCustomer(std::string_view place, std::string_view customer, Outlet& out);

 private:
  static constexpr std::size_t kCached = 50'000;
  Result<std::string> CustomerOf(std::string_view place, Outlet& out);
  Cache<std::string> cache_;  // customers by place; empty: not known
};

// A reference's place: who announces the number, and the documents that wait for it.
class ReferencePlaces {
 public:
  ReferencePlaces() : cache_(kCached) {}
  Status OnAnnouncement(std::string_view place, const Routed& routed, Outlet& out);
  Status OnDocument(std::string_view place, std::string_view bytes, const Routed& routed, Outlet& out);
  Status OnAnswer(std::string_view place, const Routed& routed, Outlet& out);

 private:
  // There is one while documents wait.
  struct Waiting {
    std::uint64_t documents = 0;
    std::string party;  // the announced party that counts; empty: none
    // Where the documents were delivered: a customer key, or kOwn: each under its own key; empty: nowhere yet
    // (the party was not heard of yet).
    std::string target;
  };
  static constexpr std::size_t kCached = 20'000;
  static constexpr std::string_view kOwn = "U";

  Result<Waiting> Load(std::string_view place, Outlet& out);
  void Store(std::string_view place, const Waiting& waiting, Outlet& out);
  static Result<std::string> AnnouncedParty(std::string_view place, Outlet& out);
  static void Subscribe(std::string_view place, std::string_view party, bool removed, Outlet& out);
  // Follows the announcements; the new party's answer says where the documents go.
  static void ChooseParty(std::string_view place, std::string party, Waiting& waiting, Outlet& out);
  static Status Retarget(std::string_view place, std::string target, Waiting& waiting, Outlet& out);
  static Status RetargetIfAlone(std::string_view place, Waiting& waiting, Outlet& out);
  static std::string TargetOf(const Waiting& waiting, const Routed& routed);

  Cache<Waiting> cache_;
};

// State keys: the place with its length, a letter and the rest.
std::string StateKey(std::string_view place, char what, std::string_view rest = {});

}  // namespace crossbill::transforms
