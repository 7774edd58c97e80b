// What one customer's documents come to: unified documents, chains and exceptions. A pure function of the set
// of documents, what people decided of them, the options and the as-of date: neither the order of arrival nor
// what was there before matters.
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
inline constexpr std::uint64_t kReconcileVersion = 4;

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
  // Of an exception: what it is about and what stands around it, to be kept for the next two (an encoded
  // ExceptionTrace). Empty for others.
  std::string Around(std::size_t output) const;
  // The document that came since `around` was made, linked with one of the exception's documents: the one
  // with the latest date, of several the first by name. Empty: none did.
  std::string SettledBy(std::string_view around) const;
  // Exceptions that are the same but for records that joined or left its documents, by name.
  std::vector<std::string> Successors(std::string_view around) const;
  std::optional<Date> next_due() const;  // the as-of date on which the outcome may change by itself

 private:
  friend Outcome ReconcileDocuments(std::span<const SourceDocument* const> documents,
                                    std::string_view customer, const ReconcileOptions& options, Date as_of,
                                    const CustomerFacts* facts);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The documents and the options must outlive the outcome. `facts`: of the customer; nullptr: not known.
Outcome ReconcileDocuments(std::span<const SourceDocument* const> documents, std::string_view customer,
                           const ReconcileOptions& options, Date as_of, const CustomerFacts* facts = nullptr);

// Of the options: outputs made with other options are stale.
Hash128 FingerprintOf(const ReconcileOptions& options);

}  // namespace crossbill::transforms
