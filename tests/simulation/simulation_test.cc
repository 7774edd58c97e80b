// The whole of the transforms under thousands of schedules: whatever the order of arrival, the repeats, the
// batches and the crashes, the end is the same. CROSSBILL_SIM_SEEDS: how many schedules (2,000 by default);
// CROSSBILL_SIM_SEED: this one only.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crossbill/v1/unified_document.pb.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/history.h"
#include "tests/simulation/outcome.h"
#include "tests/simulation/topology.h"

namespace crossbill::simulation {
namespace {

constexpr std::uint64_t kSeeds = 2'000;
constexpr std::uint64_t kSchedulesOfAHistory = 8;
const Date kAsOf(20'757);  // 2026-10-31

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Totals {
  std::size_t crashes = 0;
  std::size_t customers = 0;
  std::size_t documents = 0;
  std::size_t exceptions = 0;
  std::size_t reviews = 0;
  std::size_t joined = 0;             // documents with records that people said are one
  std::size_t settled = 0;            // with a link that people decided
  std::map<int, std::size_t> states;  // of the exceptions
  std::size_t values = 0;
  std::size_t markets = 0;  // and what is sold together
};

// From how many documents on a customer is a crowd in this history: in every other one from very few.
std::size_t CrowdOf(std::uint64_t number) { return number % 2 == 0 ? 0 : 2 + number / 2 % 5; }

// A history with what people decide of the documents and the exceptions that it leads to, and what must come
// of it.
struct Case {
  std::vector<SourceRecordEvent> history;
  Outcome expected;
};

Case MakeCase(std::uint64_t seed) {
  const std::uint64_t number = seed / kSchedulesOfAHistory;
  Case made{MakeHistory(number), {}};
  const std::size_t crowd = CrowdOf(number);
  Topology undecided(1, crowd);
  undecided.RunInOrder(made.history, kAsOf);
  const std::vector<v1::UnifiedDocument> documents = ReadDocuments(undecided.bus(), undecided.topics());
  for (SourceRecordEvent& decision : MakeDocumentDecisions(number, documents)) {
    made.history.push_back(std::move(decision));
  }
  // An exception has another name when its documents become others; that a decision follows it there depends
  // on what came first. So those are decided of that are there in the end.
  Topology settled(1, crowd);
  settled.RunInOrder(made.history, kAsOf);
  for (SourceRecordEvent& decision :
       MakeExceptionDecisions(number, kAsOf, ReadExceptions(settled.bus(), settled.topics()))) {
    made.history.push_back(std::move(decision));
  }
  Topology topology(1, crowd);
  topology.RunInOrder(made.history, kAsOf);
  made.expected = ReadOutcome(topology.bus(), topology.topics());
  return made;
}

void CountState(const std::string& bytes, Totals& totals) {
  v1::Exception exception;
  exception.ParseFromString(bytes);
  ++totals.states[exception.state()];
}

void CountDecided(const std::string& bytes, Totals& totals) {
  v1::UnifiedDocument document;
  document.ParseFromString(bytes);
  totals.joined += std::any_of(document.matches().begin(), document.matches().end(),
                               [](const v1::SameDocument& match) { return match.rule() == "decision"; });
  totals.settled +=
      std::any_of(document.links().begin(), document.links().end(),
                  [](const v1::DocumentLink& link) { return link.evidence().starts_with("decision"); });
}

std::string RunSeed(std::uint64_t seed, const Case& made, Totals& totals) {
  Dice dice(seed);
  Topology topology(static_cast<std::int32_t>(1 + seed % 3), CrowdOf(seed / kSchedulesOfAHistory));
  topology.RunDisturbed(made.history, kAsOf, dice);
  totals.crashes += topology.crashes();
  const Outcome found = ReadOutcome(topology.bus(), topology.topics());
  for (const auto& [key, value] : found) {
    if (key.starts_with("customer ")) {
      ++totals.customers;
    } else if (key.starts_with("exception ")) {
      ++totals.exceptions;
      CountState(value, totals);
    } else if (key.starts_with("review ")) {
      ++totals.reviews;
    } else if (key.starts_with("value ")) {
      ++totals.values;
    } else if (key.starts_with("market ") || key.starts_with("affinity ")) {
      ++totals.markets;
    } else {
      ++totals.documents;
      CountDecided(value, totals);
    }
  }
  return Differences(made.expected, found);
}

TEST(Simulation, TheEndDoesNotDependOnTheSchedule) {
  const std::uint64_t single = FromEnvironment("CROSSBILL_SIM_SEED", UINT64_MAX);
  const std::uint64_t first = single == UINT64_MAX ? 0 : single;
  const std::uint64_t last =
      single == UINT64_MAX ? FromEnvironment("CROSSBILL_SIM_SEEDS", kSeeds) : single + 1;
  Totals totals;
  Case made;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    if (seed == first || seed % kSchedulesOfAHistory == 0) {
      made = MakeCase(seed);
    }
    SCOPED_TRACE("CROSSBILL_SIM_SEED=" + std::to_string(seed));
    const std::string differences = RunSeed(seed, made, totals);
    ASSERT_EQ(differences, "") << "again with CROSSBILL_SIM_SEED=" << seed;
  }
  std::printf(
      "%llu schedules: %zu crashes, %zu customers, %zu documents (%zu joined, %zu settled by people), "
      "%zu exceptions, %zu reviews, %zu values, %zu markets and figures of affinity\n",
      static_cast<unsigned long long>(last - first), totals.crashes, totals.customers, totals.documents,
      totals.joined, totals.settled, totals.exceptions, totals.reviews, totals.values, totals.markets);
  // A simulation in which nothing happens proves nothing.
  if (single == UINT64_MAX && last >= 100) {
    EXPECT_GT(totals.crashes, last);
    EXPECT_GT(totals.customers, last);
    EXPECT_GT(totals.documents, last);
    EXPECT_GT(totals.exceptions, last / 4);
    EXPECT_GT(totals.states[v1::Exception::OPEN], last / 8);
    EXPECT_GT(totals.states[v1::Exception::ACKNOWLEDGED], last / 32);
    EXPECT_GT(totals.states[v1::Exception::RESOLVED], last / 32);
    EXPECT_GT(totals.reviews, last / 8);
    EXPECT_GT(totals.joined, last / 16);
    EXPECT_GT(totals.settled, last / 8);
    EXPECT_GT(totals.values, last / 2);
    EXPECT_GT(totals.markets, last);
  }
}

}  // namespace
}  // namespace crossbill::simulation
