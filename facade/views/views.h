// The read model: unified customers, documents and exceptions, with the indexes that the services ask for, in
// a RocksDB of its own that can be rebuilt from the topics at any time. Writing: one thread (the updater).
// Reading: any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"

namespace crossbill::v1 {
class AffinityFigures;
class Customer;
class CustomerValue;
class Exception;
class MarketFigures;
class UnifiedDocument;
}  // namespace crossbill::v1

namespace crossbill::transforms {
class Comparer;
}

namespace crossbill::facade {

class PartyIndex;

struct Page {
  std::vector<std::string> names;  // resource names
  std::string next;                // opaque; empty: the last page
};

// What is left to people about a document.
enum class DocumentQuestion : char {
  kSettles = 's',  // which invoice a payment is for
  kSame = 'n',     // whether another document is the same
};

// Among whom and by what customers are ranked.
struct RankScope {
  std::string org_unit;  // empty: the whole group
  std::string currency;
  int period = 0;   // v1::ValuePeriod
  int measure = 0;  // v1::ValueMeasure
  friend bool operator==(const RankScope&, const RankScope&) = default;
};

class Views {
 public:
  // read_only: beside a running process. With a comparer there is an index of parties; one of another
  // comparer is taken away, and made anew by the updater.
  static Result<std::unique_ptr<Views>> Open(const std::string& path, bool read_only,
                                             std::shared_ptr<const transforms::Comparer> comparer = nullptr);
  virtual ~Views() = default;

  // Follows merges: gives the successor. Also takes "SYSTEM/STREAM/KEY" of a source record.
  virtual Result<v1::Customer> GetCustomer(std::string_view name) = 0;
  virtual Result<v1::UnifiedDocument> GetDocument(std::string_view name) = 0;
  virtual Result<v1::Exception> GetException(std::string_view name) = 0;

  virtual Result<Page> ListCustomers(std::size_t limit, std::string_view after) = 0;
  struct Hit {
    std::string name;
    int score = 0;
    std::vector<std::string> matched;
  };
  // Names in any script (prefixes of words too), phones, e-mails, tax ids, keys and numbers of documents;
  // best first.
  virtual Result<std::vector<Hit>> SearchCustomers(std::string_view text, std::size_t limit) = 0;

  struct DocumentFilter {
    std::string customer;
    int kind = 0;
    std::string chain;
  };
  // Of a customer: newest first; else by name. `after` is the `next` of the page before.
  virtual Result<Page> ListDocuments(const DocumentFilter& filter, std::size_t limit,
                                     std::string_view after) = 0;
  struct ExceptionFilter {
    std::string customer;
    std::string document;
    std::vector<int> types;
    int state = 0;            // 0: any
    bool unresolved = false;  // open and acknowledged ones
    std::function<bool(const v1::Exception&)> also = nullptr;
  };
  // Those that are not resolved first, of them the most at stake first, by the number alone; of a document by
  // name.
  virtual Result<Page> ListExceptions(const ExceptionFilter& filter, std::size_t limit,
                                      std::string_view after) = 0;

  // Of a customer, or of all where it is empty: documents about which this is asked, the most at stake first,
  // by the number alone.
  virtual Result<Page> ListQuestions(DocumentQuestion question, std::string_view customer, std::size_t limit,
                                     std::string_view after) = 0;

  // What customers are worth; nothing where nothing is known. By customer, by MarketFigures.name, by
  // AffinityFigures.name.
  virtual Result<std::optional<v1::CustomerValue>> FindValue(std::string_view customer) = 0;
  virtual Result<std::optional<v1::MarketFigures>> FindMarket(std::string_view name) = 0;
  virtual Result<std::optional<v1::AffinityFigures>> FindAffinity(std::string_view name) = 0;
  virtual Status VisitMarkets(const std::function<void(const v1::MarketFigures&)>& visit) = 0;
  // The products that are sold together with this one, and in how many sales.
  virtual Status VisitPairs(std::string_view product,
                            const std::function<void(std::string_view other, std::int64_t sales)>& visit) = 0;
  // How many customers have a greater figure: the rank less one.
  virtual Result<std::int64_t> CountAbove(const RankScope& scope, const Decimal& amount) = 0;
  // The greatest first.
  virtual Result<Page> ListTop(const RankScope& scope, std::size_t limit, std::string_view after) = 0;

  // Changes of customers after a sequence number, oldest first, for Watch; `sequence` of the last change is
  // last_change(). kResumeToken: the changes after `sequence` are no longer kept, or it is not a number of
  // this read model.
  struct Change {
    std::uint64_t sequence = 0;
    std::string name;
    bool removed = false;
  };
  virtual Result<std::vector<Change>> ChangesAfter(std::uint64_t sequence, std::size_t limit) = 0;
  virtual std::uint64_t last_change() = 0;
  // Blocks until there is a change after `sequence`, or wait_ms passed.
  virtual void WaitForChange(std::uint64_t sequence, std::int64_t wait_ms) = 0;

  // Whom a party may be; nullptr where there is no index of parties.
  virtual const PartyIndex* parties() const = 0;

  // The updater: applies records of the unified and exception topics and keeps the topics' offsets in the
  // same batch.
  virtual Result<std::map<bus::TopicPartition, std::int64_t>> Offsets() = 0;
  // kViewsStale: the views were built from topics of another prefix.
  virtual Status Apply(const bus::Topics& topics, const bus::Batch& batch) = 0;
  // Records of the topics that could not be decoded and are left out: where and why, oldest first, at most
  // `limit`.
  virtual Result<std::vector<std::string>> Problems(std::size_t limit) = 0;

  // The name that stands for `name` now: itself, its successor after merges, or the customer of a source
  // record. kNotFound.
  virtual Result<std::string> ResolveCustomer(std::string_view name) = 0;
  // Nothing of what was deleted or replaced until now is left in the files, and nothing of the party records
  // of which `forgotten` says so ("system/stream/key"): they go from their topic without a deletion.
  virtual Status Scrub(const std::function<bool(std::string_view record)>& forgotten) = 0;
  // Made with the database: sequence numbers of one are of no meaning in another.
  virtual const std::string& identity() const = 0;
  // The prefix of the topics that it was built from; empty before the first Apply.
  virtual Result<std::string> TopicPrefix() = 0;
  static constexpr std::uint64_t kFeedRetention = 100'000;  // changes that ChangesAfter can go back
};

// The topics that the views are made of; that of the source parties only where they have an index of parties.
std::vector<std::string> TopicsOfViews(const bus::Topics& topics);

// Reads what is new on the unified and exception topics and applies it; one step, no thread. Returns the
// number of records. One thread. Consumes without a group's commits: the offsets are in the views.
class ViewUpdater {
 public:
  // kViewsStale: the topics are others than those the views were built from, or begin after where the views
  // stopped.
  static Result<std::unique_ptr<ViewUpdater>> Open(bus::Bus& bus, const bus::Topics& topics, Views& views);
  virtual ~ViewUpdater() = default;
  virtual Result<std::size_t> Step(std::int64_t wait_ms) = 0;
  // Records on the topics that are not in the views yet.
  virtual Result<std::int64_t> Lag() = 0;
};

}  // namespace crossbill::facade
