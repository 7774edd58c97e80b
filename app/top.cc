// top: the customers by rank, from the shell.
#include "facade/views/top.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "app/json.h"
#include "app/session.h"
#include "app/show_value.h"
#include "app/table.h"

namespace crossbill::app {
namespace {

struct TopQuestion {
  std::string org_unit;
  std::string currency;
  std::string period = "year";
  std::string measure = "amount";
  std::string output = "text";
  std::size_t limit = 20;
};

using Entry = v1::ListTopCustomersResponse::Entry;

Result<std::vector<Entry>> Ask(facade::Views& views, const TopQuestion& question) {
  const int period = question.period == "two-years" ? v1::LAST_TWO_YEARS : v1::LAST_YEAR;
  const int measure = question.measure == "margin" ? v1::MARGIN : v1::AMOUNT;
  CROSSBILL_TRY(const facade::RankScope scope,
                facade::ScopeOf(views, question.org_unit, question.currency, period, measure));
  CROSSBILL_TRY(const facade::Page page, views.ListTop(scope, question.limit, ""));
  std::vector<Entry> entries;
  for (const std::string& customer : page.names) {
    CROSSBILL_TRY(Entry entry, facade::TopEntryOf(views, customer, scope));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Status Top(facade::Views& views, const TopQuestion& question) {
  CROSSBILL_TRY(const std::vector<Entry> entries, Ask(views, question));
  std::vector<std::vector<std::string>> rows = {{"rank", "customer", "amount", "share", "segment", "name"}};
  for (const Entry& entry : entries) {
    if (question.output == "json") {
      std::printf("%s\n", ToJson(entry).c_str());
      continue;
    }
    const v1::Standing& standing = entry.standing();
    rows.push_back({std::to_string(standing.rank()), entry.customer(),
                    standing.amount() + " " + standing.currency(), PercentText(standing.share()),
                    ShowSegment(entry.segment()), Visible(entry.display_name())});
  }
  if (question.output != "json") {
    std::printf("%s", Table(rows).c_str());
  }
  return Ok();
}

}  // namespace

void AddTop(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("top", "The customers that contribute most, by rank");
  auto question = std::make_shared<TopQuestion>();
  command->add_option("--org-unit", question->org_unit, "Of this org unit (default: the whole group)");
  command->add_option("--currency", question->currency, "In this currency, where there are several");
  command->add_option("--period", question->period, "year or two-years")
      ->check(CLI::IsMember({"year", "two-years"}));
  command->add_option("--by", question->measure, "amount or margin")
      ->check(CLI::IsMember({"amount", "margin"}));
  command->add_option("-o,--output", question->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-n,--limit", question->limit, "At most so many")->check(CLI::Range(1, 1000));
  command->callback([&session, question] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const auto views = session.OpenViewsForReading(*project)) {
      if (const Status status = Top(*views, *question); !status.ok()) {
        session.Fail(status.error());
      }
    }
  });
}

}  // namespace crossbill::app
