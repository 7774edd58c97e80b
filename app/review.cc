// review: the questions for people, those first at which most is at stake.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>

#include "app/json.h"
#include "app/review_documents.h"
#include "app/session.h"
#include "app/show.h"
#include "app/steward_topics.h"
#include "base/decimal.h"
#include "crossbill/v1/unified_document.pb.h"
#include "runtime/runner.h"

namespace crossbill::app {
namespace {

struct ReviewArguments {
  std::string name;
  std::string output = "text";
  std::size_t limit = 20;
  bool documents = false;
};

using Amounts = std::map<std::string, Decimal>;  // by currency

// What customers have ordered.
Result<std::map<std::string, Amounts>> ReadTurnover(bus::Bus& bus, const bus::Topics& topics) {
  std::map<std::string, Amounts> turnover;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus, topics.Unified("order"), [&](const bus::RecordView& record) -> Status {
        v1::UnifiedDocument order;
        if (!order.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
          return Ok();
        }
        const v1::Money& total = order.document().total();
        const auto amount = Decimal::Parse(total.amount());
        if (amount.ok() && !total.currency().empty()) {
          Decimal& sum = turnover[order.customer()][total.currency()];
          CROSSBILL_TRY(sum, sum.Plus(*amount));
        }
        return Ok();
      }));
  return turnover;
}

struct Question {
  v1::Review review;
  Amounts stake;  // what the smaller of the two customers has ordered: it would move
  Decimal most;   // the greatest of these, whatever the currency

  std::string Stake() const {
    std::string text;
    for (const auto& [currency, amount] : stake) {
      text += (text.empty() ? "" : ", ") + amount.ToString() + " " + currency;
    }
    return text.empty() ? "nothing ordered" : text;
  }
};

Decimal MostOf(const Amounts& amounts) {
  Decimal most;
  for (const auto& [currency, amount] : amounts) {
    most = std::max(most, amount);
  }
  return most;
}

Result<std::vector<Question>> ReadQuestions(bus::Bus& bus, const bus::Topics& topics) {
  CROSSBILL_TRY(std::vector<v1::Review> reviews, ReadReviews(bus, topics));
  CROSSBILL_TRY(auto turnover, ReadTurnover(bus, topics));
  std::vector<Question> questions;
  for (v1::Review& review : reviews) {
    const Amounts &left = turnover[review.left_customer()], &right = turnover[review.right_customer()];
    Question question;
    question.stake = MostOf(left) < MostOf(right) ? left : right;
    question.most = MostOf(question.stake);
    question.review = std::move(review);
    questions.push_back(std::move(question));
  }
  std::sort(questions.begin(), questions.end(), [](const Question& a, const Question& b) {
    if (!(a.most == b.most)) {
      return b.most < a.most;
    }
    return std::pair(-a.review.link().weight(), a.review.name()) <
           std::pair(-b.review.link().weight(), b.review.name());
  });
  return questions;
}

void Print(const Question& question, bool json) {
  if (json) {
    std::string line = ToJson(question.review);
    line.insert(1, fmt::format("\"stake\":{},", Quoted(question.Stake())));
    std::printf("%s\n", line.c_str());
    return;
  }
  std::printf("%s   at stake: %s\n%s\n", question.review.name().c_str(), question.Stake().c_str(),
              ShowReview(question.review).c_str());
}

Status Review(Session& session, const runtime::ProjectConfig& project, const ReviewArguments& arguments) {
  if (arguments.documents) {
    return ReviewDocuments(session, project, arguments.limit, arguments.output == "json");
  }
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  CROSSBILL_TRY(const std::vector<Question> questions, ReadQuestions(*bus, runtime::TopicsOf(project)));
  const bool json = arguments.output == "json";
  std::size_t shown = 0;
  for (const Question& question : questions) {
    const bool wanted = arguments.name.empty() || question.review.name() == arguments.name;
    if (wanted && shown < arguments.limit) {
      Print(question, json);
      ++shown;
    }
  }
  if (!arguments.name.empty() && shown == 0) {
    return Error(Code::kNotFound, "no open question \"" + arguments.name + "\"");
  }
  if (!json && arguments.name.empty()) {
    std::printf("%zu of %zu open questions; answer with `crossbill decide confirm|forbid reviews/ID`\n",
                shown, questions.size());
  }
  return Ok();
}

}  // namespace

void AddReview(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "review", "Show the pairs of records about which a person should decide, by what is at stake");
  auto arguments = std::make_shared<ReviewArguments>();
  CLI::Option* name = command->add_option("name", arguments->name, "Only this one: reviews/ID");
  command
      ->add_flag("--documents", arguments->documents,
                 "Payments of which it is not certain what they are for, instead")
      ->excludes(name);
  command->add_option("-o,--output", arguments->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-n,--limit", arguments->limit, "At most so many (default: 20)")
      ->check(CLI::PositiveNumber);
  command->callback([&session, arguments] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = Review(session, *project, *arguments); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
