// What one customer's documents come to: unified documents, chains and exceptions. A pure function of the set
// of documents, the options and the as-of date: neither the order of arrival nor what was there before
// matters.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/id.h"
#include "transforms/reconcile/reconcile.h"
#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

// Changes whenever the same documents come to something else by a change of the code: stored outputs are then
// made anew.
inline constexpr std::uint64_t kReconcileVersion = 3;

// One resource to publish. The value is made only when it is asked for: most of them did not change since the
// last time, which the fingerprint says.
struct Output {
  std::string name;
  Hash128 fingerprint;  // of all that the value depends on
};

class Outcome {
 public:
  Outcome();
  Outcome(Outcome&&) noexcept;
  Outcome& operator=(Outcome&&) noexcept;
  ~Outcome();

  const std::vector<Output>& outputs() const;    // sorted by name
  std::string Render(std::size_t output) const;  // the serialised UnifiedDocument or Exception
  std::optional<Date> next_due() const;          // the as-of date on which the outcome may change by itself

 private:
  friend Outcome ReconcileDocuments(std::span<const SourceDocument* const> documents,
                                    std::string_view customer, const ReconcileOptions& options, Date as_of);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The documents and the options must outlive the outcome.
Outcome ReconcileDocuments(std::span<const SourceDocument* const> documents, std::string_view customer,
                           const ReconcileOptions& options, Date as_of);

// Of the options: outputs made with other options are stale.
Hash128 FingerprintOf(const ReconcileOptions& options);

}  // namespace crossbill::transforms
