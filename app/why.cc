// why, how: what two records weigh, linked or not; how a customer's records came together.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>

#include "app/json.h"
#include "app/session.h"
#include "app/show.h"
#include "app/steward_topics.h"
#include "app/table.h"
#include "facade/decision_book.h"
#include "runtime/runner.h"
#include "transforms/identity/attested.h"
#include "transforms/identity/comparer.h"

namespace crossbill::app {
namespace {

struct WhyArguments {
  std::vector<std::string> records;
  std::string customer;
  std::string output = "text";
};

template <class Pair>
bool IsAbout(const Pair& pair, const v1::SourceRef& a, const v1::SourceRef& b) {
  const auto same = [](const v1::SourceRef& x, const v1::SourceRef& y) {
    return x.system() == y.system() && x.stream() == y.stream() && x.key() == y.key();
  };
  return (same(pair.left(), a) && same(pair.right(), b)) || (same(pair.left(), b) && same(pair.right(), a));
}

// The newest decision about the two that holds.
Result<std::optional<v1::Decision>> DecisionAbout(Session& session, bus::Bus& bus, const bus::Topics& topics,
                                                  const v1::SourceRef& a, const v1::SourceRef& b) {
  facade::BusDecisionBook book(bus, topics, session.clock);
  CROSSBILL_TRY(const std::vector<v1::Decision> decisions, book.All());
  std::optional<v1::Decision> newest;
  for (const v1::Decision& decision : decisions) {
    if (!decision.undone() && std::any_of(decision.pairs().begin(), decision.pairs().end(),
                                          [&](const v1::RecordPair& pair) { return IsAbout(pair, a, b); })) {
      newest = decision;
    }
  }
  return newest;
}

// Whether they share a key of a blocking rule; where not, they are never compared for each other's sake.
bool MayMeet(const transforms::Comparer& comparer, const transforms::Cleaned& a,
             const transforms::Cleaned& b) {
  for (std::size_t rule = 0; rule < comparer.BlockingRules(); ++rule) {
    std::vector<std::uint64_t> of_a, of_b;
    comparer.AppendKeys(a, rule, 0, 0, of_a);
    comparer.AppendKeys(b, rule, 0, 0, of_b);
    if (std::any_of(of_a.begin(), of_a.end(), [&](std::uint64_t key) {
          return std::find(of_b.begin(), of_b.end(), key) != of_b.end();
        })) {
      return true;
    }
  }
  return false;
}

// What their parties' documents add, as identity told it: in the link that joined the two, or in a question.
int DocumentsOf(const v1::RecordLink& pair, const v1::Customer& customer,
                const std::vector<v1::Review>& reviews) {
  for (const v1::RecordLink& link : customer.links()) {
    if (IsAbout(link, pair.left(), pair.right())) {
      return transforms::DocumentsOf(link);
    }
  }
  for (const v1::Review& review : reviews) {
    if (IsAbout(review.link(), pair.left(), pair.right())) {
      return transforms::DocumentsOf(review.link());
    }
  }
  return 0;
}

struct Verdict {
  std::string left_customer;
  std::string right_customer;
  std::vector<std::string> reasons;
};

Status Why(Session& session, const runtime::ProjectConfig& project, const WhyArguments& arguments) {
  const bus::Topics topics = runtime::TopicsOf(project);
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  CROSSBILL_TRY(const std::vector<v1::Party> parties, ReadParties(*bus, topics, arguments.records));
  const transforms::Comparer& comparer = *project.comparer();
  const transforms::CleanedPtr left = comparer.Clean(parties[0]), right = comparer.Clean(parties[1]);
  const auto views = session.OpenViewsForReading(project);
  if (views == nullptr) {
    return Ok();  // it was said
  }
  Verdict verdict;
  CROSSBILL_TRY(verdict.left_customer, views->ResolveCustomer(arguments.records[0]));
  CROSSBILL_TRY(verdict.right_customer, views->ResolveCustomer(arguments.records[1]));
  v1::RecordLink link;
  *link.mutable_left() = parties[0].source();
  *link.mutable_right() = parties[1].source();
  CROSSBILL_TRY(const v1::Customer customer, views->GetCustomer(verdict.left_customer));
  CROSSBILL_TRY(const std::vector<v1::Review> reviews, ReadReviews(*bus, topics));
  transforms::FillEvidence(comparer, *left, *right, DocumentsOf(link, customer, reviews), link);
  CROSSBILL_TRY(const auto decision,
                DecisionAbout(session, *bus, topics, parties[0].source(), parties[1].source()));
  if (decision) {
    verdict.reasons.push_back(decision->name() + " of " + decision->decided_by() + ": " +
                              decision->request());
  }
  if (link.weight() < comparer.rules().connect) {
    verdict.reasons.push_back("they weigh less than the " + BitsText(comparer.rules().connect) +
                              " bits of a link");
  }
  if (comparer.Compare(*left, *right).contradicted || linkage::Contradict(left->anchors, right->anchors)) {
    verdict.reasons.push_back(
        "they contradict each other: another name, or another number of which a party has one");
  }
  if (!MayMeet(comparer, *left, *right)) {
    verdict.reasons.push_back("no blocking rule brings them together");
  }
  const bool together = verdict.left_customer == verdict.right_customer;
  if (arguments.output == "json") {
    link.set_decision(decision ? decision->name() : "");
    std::printf("%s\n", ToJson(link).c_str());
    return Ok();
  }
  std::printf("%s", ShowLink(link).c_str());
  if (together) {
    std::printf("one customer: %s\n", verdict.left_customer.c_str());
  } else {
    std::printf("two customers: %s and %s\n", verdict.left_customer.c_str(), verdict.right_customer.c_str());
  }
  if (together && link.weight() < comparer.rules().connect && !decision) {
    verdict.reasons.push_back("they came together through others: `crossbill how " + verdict.left_customer +
                              "`");
  }
  if (!together && verdict.reasons.empty()) {
    verdict.reasons.push_back(
        "their customers' records agree too little in the mean, or contradict each other");
  }
  for (const std::string& reason : verdict.reasons) {
    std::printf("  %s\n", Visible(reason).c_str());
  }
  return Ok();
}

Status How(Session& session, const runtime::ProjectConfig& project, const WhyArguments& arguments) {
  const auto views = session.OpenViewsForReading(project);
  if (views == nullptr) {
    return Ok();  // it was said
  }
  CROSSBILL_TRY(const v1::Customer customer, views->GetCustomer(arguments.customer));
  std::printf("%s", ShowSteps(customer).c_str());
  return Ok();
}

using Answer = Status (*)(Session&, const runtime::ProjectConfig&, const WhyArguments&);

void Answering(CLI::App& command, Session& session, const std::shared_ptr<WhyArguments>& arguments,
               Answer answer) {
  command.callback([&session, arguments, answer] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = answer(session, *project, *arguments); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace

void AddWhy(CLI::App& program, Session& session) {
  auto arguments = std::make_shared<WhyArguments>();
  auto* why =
      program.add_subcommand("why", "Say what two party records weigh, and why they are linked or not");
  why->add_option("records", arguments->records, "Two records: SYSTEM/STREAM/KEY")->required()->expected(2);
  why->add_option("-o,--output", arguments->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  Answering(*why, session, arguments, Why);
  auto* how = program.add_subcommand("how", "Say step by step how a customer's records came together");
  how->add_option("customer", arguments->customer, "customers/ID, or a record: SYSTEM/STREAM/KEY")
      ->required();
  Answering(*how, session, arguments, How);
}

}  // namespace crossbill::app
