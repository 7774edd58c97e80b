// Crowds against a slow reference: what ties leave together, found from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <tuple>

#include "crossbill/v1/exception.pb.h"
#include "fmt/format.h"
#include "transforms/reconcile/fixture.h"
#include "transforms/reconcile/state_keys.h"
#include "transforms/reconcile/ties.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);
constexpr std::string_view kCustomer = "customers/crowd";

using Standing = std::map<std::string, std::string>;  // what is claimed, by name

std::string RecordOf(const SourceDocument& document) {
  return RecordSuffix(document.kind, document.record.system, document.record.stream, document.record.key);
}

// The connected sets of these documents, by the limit of the level, and where one is too large by the next.
class SlowParts {
 public:
  using Documents = std::vector<const SourceDocument*>;
  explicit SlowParts(const Documents& all, std::size_t most) : most_(most) {
    for (const SourceDocument* document : all) {
      ties_[document] = TiesOf(*document);
      for (const Tie& tie : ties_[document]) {
        ++with_[tie];
      }
    }
  }
  std::vector<Documents> Split(const Documents& documents, int level = 0) const {
    std::vector<Documents> parts;
    Documents left = documents;
    while (!left.empty()) {
      Documents part = {left.front()};
      left.erase(left.begin());
      for (std::size_t i = 0; i < part.size(); ++i) {
        for (auto other = left.begin(); other != left.end();) {
          if (Tied(*part[i], **other, level)) {
            part.push_back(*other);
            other = left.erase(other);
          } else {
            ++other;
          }
        }
      }
      if (part.size() <= most_ || level + 1 == kTieLevels) {
        parts.push_back(part);
      } else {
        const auto smaller = Split(part, level + 1);
        parts.insert(parts.end(), smaller.begin(), smaller.end());
      }
    }
    return parts;
  }

 private:
  bool Decided(const SourceDocument& a, const SourceDocument& b) const {
    const std::vector<Tie>& ties = ties_.at(&a);
    return std::binary_search(ties.begin(), ties.end(), OwnTie(RecordOf(b)));
  }
  bool Tied(const SourceDocument& a, const SourceDocument& b, int level) const {
    const std::vector<Tie>& of_b = ties_.at(&b);
    for (const Tie& tie : ties_.at(&a)) {
      const bool counts = IsDecided(tie) || with_.at(tie) <= kTieLimits[static_cast<std::size_t>(level)];
      if (counts && std::binary_search(of_b.begin(), of_b.end(), tie)) {
        return true;
      }
    }
    return Decided(a, b) || Decided(b, a);
  }
  std::size_t most_;
  std::map<const SourceDocument*, std::vector<Tie>> ties_;
  std::map<Tie, std::size_t> with_;
};

Standing Expected(const std::vector<const Doc*>& docs, const ReconcileOptions& options, Date as_of) {
  std::deque<SourceDocument> parsed;
  SlowParts::Documents documents;
  for (const Doc* doc : docs) {
    documents.push_back(&parsed.emplace_back(doc->Parsed()));
  }
  std::vector<SlowParts::Documents> parts = {documents};
  if (documents.size() > options.crowd) {
    parts = SlowParts(documents, options.part_documents).Split(documents);
  }
  Standing standing;
  for (const SlowParts::Documents& part : parts) {
    const Outcome outcome = ReconcileDocuments(part, kCustomer, options, as_of);
    for (std::size_t i = 0; i < outcome.outputs().size(); ++i) {
      standing[outcome.outputs()[i].name] = outcome.Render(i);
    }
  }
  return standing;
}

// A stage and what it claims.
class Claimant {
 public:
  explicit Claimant(const ReconcileOptions& options) : driver_(kTopics, ReconcileStage(kTopics, options)) {}
  void Feed(const std::string& routed) { driver_.Feed(kTopics.Reconcile(), kCustomer, routed); }
  TransformDriver& driver() { return driver_; }
  const Standing& Claims(Date as_of, std::size_t max_records = 4096) {
    driver_.Run(as_of, max_records);
    for (const Written& written : driver_.Take(kTopics.Publish())) {
      v1::PublishClaim claim;
      EXPECT_TRUE(claim.ParseFromString(written.value.value()));
      EXPECT_EQ(claim.owner(), kCustomer);
      ++claims_;
      if (claim.removed()) {
        EXPECT_EQ(standing_.erase(written.key), 1u) << "nobody claimed " << written.key;
      } else {
        standing_[written.key] = claim.value();
      }
    }
    return standing_;
  }
  std::size_t claims() const { return claims_; }  // how many were made

 private:
  TransformDriver driver_;
  Standing standing_;
  std::size_t claims_ = 0;
};

// Documents that come, change, come another way, go, and are decided on, with numbers that some, many or too
// many of them carry.
class Business {
 public:
  explicit Business(unsigned seed) : random_(seed), records_(20 + Below(110)), shared_(1 + Below(40)) {}

  // A record of the reconcile topic.
  std::string Next() {
    const int number = static_cast<int>(Below(records_));
    const std::string via = OneIn(8) ? "R|erp|7" : "P|erp|1";
    const auto known = documents_.find({number, via});
    ++sequence_;
    if (known != documents_.end() && OneIn(leaving_ ? 2u : 6u)) {
      const std::string routed = known->second.doc.Routed(sequence_, via, true);
      documents_.erase(known);
      return routed;
    }
    if (known != documents_.end() && OneIn(5)) {
      Doc doc = Decided(Content(number));
      const std::string routed = doc.RoutedDecisions(via);
      // The document stays; only what was decided of it is new.
      doc.message() = known->second.doc.message();
      known->second.doc = doc;
      return routed;
    }
    Doc doc = Content(number);
    if (OneIn(10)) {
      doc = Decided(doc);
    }
    documents_.insert_or_assign({number, via}, Version{sequence_, doc});
    return doc.Routed(sequence_, via);
  }
  void TurnTide() { leaving_ = !leaving_; }
  bool OneIn(std::size_t n) { return Below(n) == 0; }
  std::size_t Below(std::size_t n) { return random_() % n; }

  std::vector<const Doc*> Current() const {
    std::map<int, std::pair<const Version*, std::string>> current;
    for (const auto& [key, version] : documents_) {
      const auto& [number, via] = key;
      auto& best = current[number];
      if (best.first == nullptr ||
          std::tie(best.first->sequence, best.second) < std::tie(version.sequence, via)) {
        best = {&version, via};
      }
    }
    std::vector<const Doc*> docs;
    for (const auto& [number, best] : current) {
      docs.push_back(&best.first->doc);
    }
    return docs;
  }

 private:
  struct Version {
    std::int64_t sequence = 0;
    Doc doc;
  };
  Doc Blank(int number) const {
    constexpr std::array<DocumentKind, 4> kKinds = {kOrder, kShipment, kInvoice, kPayment};
    constexpr std::array<std::string_view, 3> kSystems = {"erp", "crm", "finance"};
    const auto n = static_cast<std::size_t>(number);
    return Doc(kKinds[n % kKinds.size()], kSystems[n % kSystems.size()], fmt::format("{:03}", number));
  }
  Doc Content(int number) {
    Doc doc = Blank(number);
    if (!OneIn(4)) {
      doc.Number(fmt::format("45{:05}", Below(records_)));
    }
    doc.On(fmt::format("2026-01-{:02}", 1 + Below(28))).Total(std::to_string(100 + Below(4)), "EUR");
    doc.Line("A", "2", "50");
    if (!OneIn(3)) {
      doc.Ref(v1::Reference::ORDER, fmt::format("45{:05}", Below(records_)));
    }
    if (!OneIn(3)) {
      doc.Ref(v1::Reference::CONTRACT, "CONTRACT-1");
    }
    if (OneIn(2)) {
      doc.LineRef(v1::Reference::OTHER, fmt::format("77{:05}", Below(shared_)));
    }
    if (OneIn(6)) {
      doc.Tracking(fmt::format("TRACK{:05}", Below(20)));
    }
    return doc;
  }
  Doc Decided(Doc doc) {
    for (std::size_t n = Below(3); n > 0; --n) {
      const auto verdict = static_cast<v1::DocumentDecision::Verdict>(1 + Below(4));
      doc.Decided(verdict, Blank(static_cast<int>(Below(records_))), static_cast<int>(Below(40)));
    }
    return doc;
  }

  std::mt19937 random_;
  std::size_t records_;
  std::size_t shared_;  // numbers that lines mention
  std::int64_t sequence_ = 0;
  bool leaving_ = false;
  std::map<std::pair<int, std::string>, Version> documents_;
};

TEST(Crowds, ClaimWhatTheirPartsComeTo) {
  std::size_t crowds = 0, parts_cut = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Business business(seed);
    ReconcileOptions options = TestOptions();
    options.crowd = 3 + business.Below(80);
    options.part_documents = 2 + business.Below(30);
    options.flush_documents = 1 + business.Below(40);
    Claimant claimant(options);
    const Date first = Date::Parse("2026-02-01").value();
    Date as_of = first;
    for (int step = 0; step < 400; ++step) {
      claimant.Feed(business.Next());
      if (business.OneIn(90)) {
        business.TurnTide();
      }
      if (business.OneIn(10)) {
        claimant.driver().TakeInOnly(as_of);
      }
      if (business.OneIn(20)) {
        claimant.driver().Restart();
      }
      if (!business.OneIn(25)) {
        continue;
      }
      if (business.OneIn(3)) {
        as_of = first.PlusDays(static_cast<int>(business.Below(60)));
      }
      const auto current = business.Current();
      const Standing expected = Expected(current, options, as_of);
      ASSERT_EQ(claimant.Claims(as_of, 1 + business.Below(50)), expected) << "step " << step;
      crowds += current.size() > options.crowd;
    }
    const Standing expected = Expected(business.Current(), options, first);
    ASSERT_EQ(claimant.Claims(first), expected);
    Claimant fresh(options);
    for (const Doc* doc : business.Current()) {
      fresh.Feed(doc->Routed(1));
    }
    ASSERT_EQ(fresh.Claims(first), expected);
    ReconcileOptions larger = options;
    larger.part_documents = 1000;
    parts_cut += Expected(business.Current(), larger, first) != expected;
  }
  EXPECT_GT(crowds, 150u);
  EXPECT_GT(parts_cut, 5u);
}

Doc Order(int number) {
  return Doc(kOrder, number % 2 == 0 ? "erp" : "crm", fmt::format("{:04}", number))
      .Number(fmt::format("45{:05}", number))
      .On("2026-01-05")
      .Total("100", "EUR");
}

ReconcileOptions SmallCrowd(std::size_t crowd) {
  ReconcileOptions options = TestOptions();
  options.crowd = crowd;
  return options;
}

TEST(Crowds, AmountsAndDatesProveNothingThere) {
  const Date as_of = Date::Parse("2026-02-01").value();
  Claimant claimant(SmallCrowd(2));
  claimant.Feed(Order(0).Routed(1));
  claimant.Feed(Order(1).Routed(1));
  EXPECT_EQ(claimant.Claims(as_of).size(), 1u) << "two systems, one day and one amount: one order";
  claimant.Feed(Order(2).On("2026-05-01").Routed(1));
  EXPECT_EQ(claimant.Claims(as_of).size(), 3u);
  claimant.Feed(Order(1).Ref(v1::Reference::ORDER, "4500000").Routed(2));
  EXPECT_EQ(claimant.Claims(as_of).size(), 2u) << "it names the other";
  claimant.Feed(Order(1).Routed(3));
  claimant.Feed(Order(0).Decided(v1::DocumentDecision::SAME, Order(1)).RoutedDecisions("P|erp|1"));
  EXPECT_EQ(claimant.Claims(as_of).size(), 2u) << "a person says so";
  claimant.Feed(Order(2).Routed(4, "P|erp|1", true));
  claimant.Feed(Order(0).RoutedDecisions("P|erp|1"));
  EXPECT_EQ(claimant.Claims(as_of).size(), 1u) << "it is no crowd any more";
}

TEST(Crowds, OnlyPartsThatChangedAreClaimedAnew) {
  const Date as_of = Date::Parse("2026-02-01").value();
  Claimant claimant(SmallCrowd(50));
  for (int i = 0; i < 200; ++i) {
    claimant.Feed(Order(i).Routed(1));
  }
  EXPECT_EQ(claimant.Claims(as_of).size(), 200u);
  const std::size_t before = claimant.claims();
  claimant.driver().Restart();
  claimant.Feed(Order(7).Routed(2));
  claimant.Feed(Order(8).Total("120", "EUR").Routed(2));
  claimant.Claims(as_of);
  EXPECT_EQ(claimant.claims(), before + 1) << "one is the same as before";
}

TEST(Crowds, SaysWhichDocumentSettledAnException) {
  const Date as_of = Date::Parse("2026-02-01").value();
  Claimant claimant(SmallCrowd(3));
  for (int i = 10; i < 14; ++i) {
    claimant.Feed(Order(i).Routed(1));
  }
  claimant.Feed(Doc(kInvoice, "erp", "9").Number("90001").On("2026-01-09").Total("100", "EUR").Routed(1));
  const Standing before = claimant.Claims(as_of);
  const auto exceptions = [](const Standing& standing) {
    return std::count_if(standing.begin(), standing.end(),
                         [](const auto& claim) { return claim.first.starts_with("exceptions/"); });
  };
  EXPECT_EQ(exceptions(before), 1) << "an invoice without an order";
  claimant.Feed(Doc(kInvoice, "erp", "9")
                    .Number("90001")
                    .On("2026-01-09")
                    .Total("100", "EUR")
                    .Ref(v1::Reference::ORDER, "4500010")
                    .Routed(2));
  claimant.driver().Run(as_of);
  std::string settled_by;
  for (const Written& written : claimant.driver().Take(kTopics.Publish())) {
    v1::PublishClaim claim;
    ASSERT_TRUE(claim.ParseFromString(written.value.value()));
    if (claim.removed() && written.key.starts_with("exceptions/")) {
      settled_by = claim.settled_by();
    }
  }
  EXPECT_EQ(settled_by, NameOf(kOrder, {"erp", "orders", "0010"}));
}

TEST(Crowds, DatesComeForEachPart) {
  Claimant claimant(SmallCrowd(3));
  for (int i = 10; i < 14; ++i) {
    claimant.Feed(Order(i).Line("A", "2", "50").Routed(1));
  }
  claimant.Feed(Doc(kShipment, "erp", "s")
                    .Number("80001")
                    .On("2026-01-08")
                    .Line("A", "2")
                    .LineRef(v1::Reference::ORDER, "4500010", "10")
                    .Routed(1));
  EXPECT_EQ(claimant.Claims(Date::Parse("2026-02-01").value()).size(), 5u);
  claimant.driver().Restart();
  EXPECT_EQ(claimant.Claims(Date::Parse("2026-02-23").value()).size(), 6u) << "shipped and not invoiced";
  EXPECT_EQ(claimant.Claims(Date::Parse("2026-02-01").value()).size(), 5u);
}

}  // namespace
}  // namespace crossbill::transforms
