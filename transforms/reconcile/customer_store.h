// The documents of customers and what was published of them, in the stage's state, with the customers in use
// parsed in memory. Keys: "d" customer \0 kind system \0 stream \0 key \0 via → RoutedDocument; "c" customer
// \0 name → fingerprint of what was claimed, and what stood around an exception; "f" customer → its Customer;
// "k" customer → its next due date; "t" date customer → nothing (the index of due dates). "m/…" and "o"
// customer are the stage's own; customers with very many documents have more (part_store.h). One thread.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "transforms/reconcile/claims.h"
#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

// A RoutedDocument without copies: its parts point into the record's bytes.
struct RoutedView {
  DocumentKind kind = v1::Document::UNSPECIFIED;
  std::string_view system, stream, key;
  std::int64_t sequence = 0;
  std::string_view document;
  std::string_view via;
  bool removed = false;
  std::string_view decisions;   // RecordDecisions
  bool decisions_only = false;  // of the document that came before this way
};
// False when the bytes are no RoutedDocument.
bool ReadRouted(std::string_view bytes, RoutedView& routed);

// A document as it came by one way. The same record may stand under two ways for a moment, while it moves.
struct StoredDocument {
  std::int64_t sequence = 0;
  std::string via;
  SourceDocument document;
};

// From a stored RoutedDocument.
Result<StoredDocument> ReadStored(std::string_view value);
// Of two of one record, whether the second counts: the highest sequence; the greater way where two are equal,
// so that the order of arrival does not matter.
bool StandsBefore(const StoredDocument& a, const StoredDocument& b);
// The stored RoutedDocument, with these decisions.
Result<std::string> WithDecisions(std::string_view stored, std::string_view decisions);

struct CustomerDocuments {
  std::map<std::string, StoredDocument, std::less<>>
      documents;  // by the part of the state key after the customer: in order of kind and record
  Claims claims;
  std::optional<Date> next_due;
  bool known = false;  // has its "k" key
  std::size_t bytes = 0;

  // Per record the one that counts.
  std::vector<const SourceDocument*> Current() const;
};

class CustomerStore {
 public:
  // Trim forgets customers, the least used first, when they need more than this.
  explicit CustomerStore(std::size_t cache_bytes) : cache_bytes_(cache_bytes) {}

  // Nothing when the state has more than `most` records of the customer.
  Result<CustomerDocuments*> Load(bus::StateStore& state, std::string_view customer, std::size_t most);
  void Forget(const std::string& customer);              // in memory
  CustomerDocuments* Find(const std::string& customer);  // nothing when it is not in memory
  // It has documents, or had some that are still claimed.
  static Result<bool> IsKnown(bus::StateStore& state, std::string_view customer);
  // Before documents are put for a customer that is not loaded: Load will look for them.
  static Status MakeKnown(bus::StateStore& state, std::string_view customer);

  // True when the customer's documents may have changed. `value` is the serialised `routed`; no `documents`:
  // the customer is not in memory, and the state alone changes. What comes by one way comes in order: the
  // last counts, and nothing has to be read to know that.
  Result<bool> Put(bus::StateStore& state, std::string_view customer, CustomerDocuments* documents,
                   const RoutedView& routed, std::string_view value);
  bool Remove(bus::StateStore& state, std::string_view customer, CustomerDocuments* documents,
              const RoutedView& routed);
  // The document that came this way stays, with these decisions. False: there is none, or they are known.
  Result<bool> Decide(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                      const RoutedView& routed);

  void SetClaim(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                const std::string& name, Claimed claimed);
  void DropClaim(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                 const std::string& name);
  // Keeps the index of due dates and the list of customers.
  void SetNextDue(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                  std::optional<Date> next_due);

  static Result<std::vector<std::string>> DueUntil(bus::StateStore& state, Date as_of);
  static Result<std::vector<std::string>> AllCustomers(bus::StateStore& state);

  void Trim();
  std::size_t cached() const { return cache_.size(); }

 private:
  struct Cached {
    std::unique_ptr<CustomerDocuments> documents;
    std::list<std::string>::iterator used;
  };
  Result<bool> PutLoaded(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                         const RoutedView& routed, std::string_view value);
  bool RemoveLoaded(bus::StateStore& state, std::string_view customer, CustomerDocuments& documents,
                    const RoutedView& routed);
  // False when there are more than `most` records.
  Result<bool> ReadDocuments(bus::StateStore& state, std::string_view customer, std::size_t most,
                             CustomerDocuments& into);
  Status ReadClaims(bus::StateStore& state, std::string_view customer, CustomerDocuments& into);

  std::size_t cache_bytes_;
  std::size_t bytes_ = 0;  // of all cached customers, as of their last Trim
  std::unordered_map<std::string, Cached> cache_;
  std::list<std::string> used_;  // the newest first
};

}  // namespace crossbill::transforms
