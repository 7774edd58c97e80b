// The parts of the read model's implementation; only for the files of this folder.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "facade/views/keys.h"
#include "facade/views/party_index.h"
#include "facade/views/search_terms.h"
#include "facade/views/store.h"
#include "facade/views/views.h"

namespace google::protobuf {
class Message;
}

namespace crossbill::facade {

// Decodes what the store holds; damaged bytes are kViewsCorrupt.
Status Decode(std::string_view bytes, std::string_view name, google::protobuf::Message& into);

// The searching thread's view of one question. Any thread makes its own.
class Search {
 public:
  explicit Search(Store& store, Views& views) : store_(store), views_(views) {}
  Result<std::vector<Views::Hit>> Run(std::string_view text, std::size_t limit);

 private:
  struct Found {
    int score = 0;
    std::vector<std::string> where;
  };
  using Candidates = std::map<std::string, Found>;

  Result<Candidates> LookUp(const Lookup& lookup, const Candidates* among);
  Status VerifyNames(const Lookup& lookup, const Candidates& among, Candidates& found);
  Result<Candidates> AllOf(const Alternative& alternative, const Candidates* among);
  Result<Candidates> AnyOf(const QueryPart& part, const Candidates* among);
  static void Unite(Candidates& into, Candidates&& more);
  static Candidates Intersect(Candidates&& a, Candidates&& b);

  Store& store_;
  Views& views_;
};

class ViewsImpl final : public Views {
 public:
  ViewsImpl(std::unique_ptr<Store> store, std::shared_ptr<const transforms::Comparer> comparer)
      : store_(std::move(store)), comparer_(std::move(comparer)) {}
  Status Load();

  Result<v1::Customer> GetCustomer(std::string_view name) override;
  Result<v1::UnifiedDocument> GetDocument(std::string_view name) override;
  Result<v1::Exception> GetException(std::string_view name) override;
  Result<Page> ListCustomers(std::size_t limit, std::string_view after) override;
  Result<std::vector<Hit>> SearchCustomers(std::string_view text, std::size_t limit) override;
  Result<Page> ListDocuments(const DocumentFilter& filter, std::size_t limit,
                             std::string_view after) override;
  Result<Page> ListExceptions(const ExceptionFilter& filter, std::size_t limit,
                              std::string_view after) override;
  Result<Page> ListQuestions(DocumentQuestion question, std::string_view customer, std::size_t limit,
                             std::string_view after) override;
  Result<std::optional<v1::CustomerValue>> FindValue(std::string_view customer) override;
  Result<std::optional<v1::MarketFigures>> FindMarket(std::string_view name) override;
  Result<std::optional<v1::AffinityFigures>> FindAffinity(std::string_view name) override;
  Status VisitMarkets(const std::function<void(const v1::MarketFigures&)>& visit) override;
  Status VisitPairs(std::string_view product,
                    const std::function<void(std::string_view other, std::int64_t sales)>& visit) override;
  Result<std::int64_t> CountAbove(const RankScope& scope, const Decimal& amount) override;
  Result<Page> ListTop(const RankScope& scope, std::size_t limit, std::string_view after) override;
  Result<std::vector<Change>> ChangesAfter(std::uint64_t sequence, std::size_t limit) override;
  std::uint64_t last_change() override { return last_change_.load(); }
  void WaitForChange(std::uint64_t sequence, std::int64_t wait_ms) override;
  const PartyIndex* parties() const override { return parties_ ? &*parties_ : nullptr; }
  Result<std::map<bus::TopicPartition, std::int64_t>> Offsets() override;
  Status Apply(const bus::Topics& topics, const bus::Batch& batch) override;
  Result<std::vector<std::string>> Problems(std::size_t limit) override;
  Result<std::string> ResolveCustomer(std::string_view name) override;
  Status Scrub(const std::function<bool(std::string_view record)>& forgotten) override;
  const std::string& identity() const override { return store_->identity(); }
  Result<std::string> TopicPrefix() override;

 private:
  // Pages of the keys that begin with `prefix`: take(rest of key, value) says whether the record belongs to
  // the page.
  static bool Fits(const ExceptionFilter& filter, std::string_view value);
  using Take = std::function<bool(std::string_view rest, std::string_view value)>;
  Result<Page> ListKeys(std::string_view prefix, std::size_t limit, std::string_view after, const Take& take);
  Result<std::optional<std::string>> Successor(std::string_view name);
  Status LoadParties();
  Status RemoveParties(const std::string& next);

  std::unique_ptr<Store> store_;
  std::shared_ptr<const transforms::Comparer> comparer_;  // of the index of parties
  std::optional<PartyIndex> parties_;
  std::atomic<std::uint64_t> last_change_{0};
  std::atomic<std::uint64_t> feed_begin_{1};  // the first change that is kept
  std::mutex mutex_;
  std::condition_variable changed_;  // with mutex_: last_change_ grew
};

}  // namespace crossbill::facade
