// Customers with so many documents that amounts and dates prove nothing among them: marketplaces, accounts of
// one-time customers, chains. Their documents fall into parts by what ties them (ties.h), and what changed
// costs what its parts cost. All crowds of a partition; how their state is written is in part_store.h. One
// thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/bus.h"
#include "transforms/reconcile/customer_store.h"
#include "transforms/reconcile/part_settling.h"
#include "transforms/reconcile/part_store.h"

namespace crossbill::transforms {

class Crowds {
 public:
  // The options must outlive it.
  explicit Crowds(const ReconcileOptions& options) : options_(options) {}
  // Which customers are crowds; once, before anything else.
  Status Resume(bus::StateStore& state);
  bool Has(std::string_view customer) const { return crowds_.contains(customer); }

  // The customer has more than options.crowd documents, which stand in the state: all of them are looked at.
  Status Enter(bus::StateStore& state, const std::string& customer);
  // Of a crowd, after its document was put into the state or removed.
  void NoteChange(bus::StateStore& state, std::string_view customer, const RoutedView& routed);
  // The document that came this way stays, with these decisions. False: there is none, or they are known.
  Result<bool> Decide(bus::StateStore& state, std::string_view customer, const RoutedView& routed);
  // All of a crowd's parts, because something else than documents changed; or one of them.
  Status MakeAnew(bus::StateStore& state, const std::string& customer);
  void MakePartAnew(bus::StateStore& state, std::string_view customer, std::string_view part);

  struct Progress {
    std::size_t documents = 0;  // what it cost, in documents reconciled
    bool done = false;          // nothing is left to do
  };
  // A slice of the work: about `most` documents. A customer that is no crowd any more is not among them
  // afterwards, and not done.
  Result<Progress> Settle(bus::StateStore& state, const PartTerms& terms, std::size_t most,
                          const Claimer& claimer);

 private:
  struct Crowd {
    CrowdHead head;
    CrowdQueues queues;
  };
  // False: more are waiting.
  Result<bool> Index(PartStore& store, Crowd& crowd, Progress& progress);
  // False: more are waiting.
  Result<bool> SettleParts(PartStore& store, Crowd& crowd, const PartTerms& terms, std::size_t most,
                           const Claimer& claimer, Progress& progress);
  static Status GiveUpWholeClaims(PartStore& store, Crowd& crowd, const Claimer& claimer);
  static Status Dissolve(PartStore& store);

  const ReconcileOptions& options_;
  std::map<std::string, Crowd, std::less<>> crowds_;
};

}  // namespace crossbill::transforms
