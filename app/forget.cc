// forget: a person's records go, and documents stay without what is of the person. See docs/adr/0018.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <thread>

#include "app/interrupt.h"
#include "app/json.h"
#include "app/session.h"
#include "app/show.h"
#include "app/steward_call.h"
#include "app/table.h"
#include "base/metrics.h"
#include "bus/progress.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::app {
namespace {

constexpr int kMostLooks = 1200;  // for another process to complete it: ten minutes
constexpr std::chrono::milliseconds kBetweenLooks(500);
constexpr int kMostShown = 20;

struct ForgetArguments {
  std::vector<std::string> names;
  std::string reason;
  std::string by = UserName();
  std::string output = "text";
  bool yes = false;
  bool allow = false;
  bool list = false;
};

template <class Records>
void PrintRecords(const char* what, const Records& records) {
  std::printf("%s (%d)\n", what, records.size());
  for (int i = 0; i < std::min(records.size(), kMostShown); ++i) {
    std::printf("  %s\n", Visible(transforms::RecordKey(records[i])).c_str());
  }
  if (records.size() > kMostShown) {
    std::printf("  … and %d more; --output json has all\n", records.size() - kMostShown);
  }
}

void PrintPlan(const v1::ForgetResponse& plan) {
  PrintRecords("records that go", plan.records());
  PrintRecords("records of documents that stay without what is of the person", plan.documents());
  if (!plan.staying().empty()) {
    PrintRecords("records that stay and have the same number in their system: its documents stay as they are",
                 plan.staying());
  }
  std::printf("dead letters that go: %d\ndecisions that lose their words: %d\n",
              plan.erasure().dead_letters(), plan.erasure().decisions());
}

std::string StateOf(const v1::Erasure& audit) {
  if (audit.allowed()) {
    return "allowed again " + audit.allowed_at() + " by " + Visible(audit.allowed_by());
  }
  return audit.completed_at().empty() ? "under way" : "completed " + audit.completed_at();
}

Result<std::vector<v1::Erasure>> Audits(Session& session, const runtime::ProjectConfig& project) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  CROSSBILL_TRY(
      const transforms::Erasures erasures,
      transforms::ReadErasures(*bus, runtime::TopicsOf(project), Secret(project.project().erasure_key())));
  std::vector<v1::Erasure> audits;
  for (const auto& [name, audit] : erasures.audits()) {
    audits.push_back(audit);
  }
  std::sort(audits.begin(), audits.end(), [](const v1::Erasure& a, const v1::Erasure& b) {
    return std::tie(a.decided_at(), a.name()) < std::tie(b.decided_at(), b.name());
  });
  return audits;
}

Status List(Session& session, const runtime::ProjectConfig& project, const ForgetArguments& arguments) {
  CROSSBILL_TRY(const std::vector<v1::Erasure> audits, Audits(session, project));
  std::vector<std::vector<std::string>> rows = {
      {"ERASURE", "AT", "BY", "RECORDS", "DOCUMENTS", "STATE", "REASON"}};
  for (const v1::Erasure& audit : audits) {
    if (arguments.output == "json") {
      std::printf("%s\n", ToJson(audit).c_str());
      continue;
    }
    rows.push_back({audit.name(), audit.decided_at(), Visible(audit.decided_by()),
                    std::to_string(audit.records()), std::to_string(audit.documents()), StateOf(audit),
                    Visible(audit.reason())});
  }
  if (arguments.output != "json") {
    std::fputs(Table(rows).c_str(), stdout);
  }
  return Ok();
}

// The day that the ageing rules compared with last: forgetting somebody is no reason to compare with another.
Result<std::optional<Date>> LastAsOf(Session& session, const runtime::ProjectConfig& project) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  CROSSBILL_TRY(const auto progress, bus::ReadProgress(*bus, runtime::TopicsOf(project).Progress()));
  std::optional<Date> last;
  for (const auto& [worker, said] : progress) {
    if (const auto date = Date::Parse(said.at); date.ok() && (!last || *last < *date)) {
      last = *date;
    }
  }
  return last;
}

// Runs the transforms until it is done, and opens the databases once more: a database that is opened begins a
// new list of its files, and with the old one the last names of keys are gone.
Status CompleteHere(Session& session, const runtime::ProjectConfig& project) {
  const std::stop_token stop = StopOnSignal();
  runtime::RunOptions options;
  options.connectors = false;
  options.until_idle = true;
  CROSSBILL_TRY(options.as_of, LastAsOf(session, project));
  for (const bool again : {false, true}) {
    Metrics metrics;
    CROSSBILL_TRY(auto runner, runtime::Runner::Open(project, session.clock, *session.log, metrics, options));
    if (!again) {
      CROSSBILL_TRY([[maybe_unused]] const auto summary, runner->Run(stop, [] {}));
    }
  }
  return Ok();
}

Status WaitForOthers(Session& session, const runtime::ProjectConfig& project, const std::string& name) {
  for (int look = 0; look < kMostLooks; ++look) {
    CROSSBILL_TRY(const std::vector<v1::Erasure> audits, Audits(session, project));
    if (std::any_of(audits.begin(), audits.end(), [&](const v1::Erasure& audit) {
          return audit.name() == name && !audit.completed_at().empty();
        })) {
      return Ok();
    }
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return Error(Code::kDeadline, "it is under way; `crossbill forget --list` says when it is completed", name);
}

Status Forget(Session& session, const runtime::ProjectConfig& project, const ForgetArguments& arguments) {
  v1::ForgetRequest request;
  request.mutable_names()->Assign(arguments.names.begin(), arguments.names.end());
  request.set_reason(arguments.reason);
  request.set_decided_by(arguments.by);
  request.set_validate_only(!arguments.yes);
  bool elsewhere = false;
  const StewardMethod<v1::ForgetRequest, v1::ForgetResponse> method = {
      &facade::StewardService::Forget, &v1::StewardService::Stub::Forget, facade::kForgetMs};
  CROSSBILL_TRY(const v1::ForgetResponse response,
                CallSteward(session, project, request, method, &elsewhere));
  if (arguments.output == "json") {
    std::printf("%s\n", ToJson(response).c_str());
  } else {
    PrintPlan(response);
  }
  if (!arguments.yes) {
    std::fprintf(stderr, "nothing was done; --yes forgets, and nobody can take that back\n");
    return Ok();
  }
  const std::string& name = response.erasure().name();
  CROSSBILL_RETURN_IF_ERROR(elsewhere ? WaitForOthers(session, project, name)
                                      : CompleteHere(session, project));
  std::fprintf(stderr, "%s is completed\n", name.c_str());
  return Ok();
}

Status Allow(Session& session, const runtime::ProjectConfig& project, const ForgetArguments& arguments) {
  for (const std::string& name : arguments.names) {
    v1::AllowRequest request;
    request.set_name(name);
    request.set_decided_by(arguments.by);
    const StewardMethod<v1::AllowRequest, v1::Erasure> method = {&facade::StewardService::Allow,
                                                                 &v1::StewardService::Stub::Allow};
    CROSSBILL_TRY(const v1::Erasure audit, CallSteward(session, project, request, method));
    std::printf("%s  %s\n", audit.name().c_str(), StateOf(audit).c_str());
  }
  return Ok();
}

Status Do(Session& session, const runtime::ProjectConfig& project, const ForgetArguments& arguments) {
  if (arguments.list) {
    return List(session, project, arguments);
  }
  if (arguments.names.empty()) {
    return Error(Code::kUsage, "needs a customer or a record, or --list");
  }
  return arguments.allow ? Allow(session, project, arguments) : Forget(session, project, arguments);
}

}  // namespace

void AddForget(CLI::App& program, Session& session) {
  auto arguments = std::make_shared<ForgetArguments>();
  CLI::App* command = program.add_subcommand(
      "forget", "Erase a person for good; what the sources tell of them later is dropped");
  command->add_option("names", arguments->names,
                      "customers/ID, or single records SYSTEM/STREAM/KEY; with --allow also erasures/ID");
  command->add_flag("--yes", arguments->yes, "Do it; without, say what would go");
  command->add_flag("--allow", arguments->allow, "Take it in again when the source tells it again");
  command->add_flag("--list", arguments->list, "Who was forgotten when, by whom and why, without who it was");
  command->add_option("--reason", arguments->reason, "Why, for auditors; it must not say who it is");
  command->add_option("--by", arguments->by, "Who decides (default: the user)");
  command->add_option("-o,--output", arguments->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([&session, arguments] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = Do(session, *project, *arguments); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
