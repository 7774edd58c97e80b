// decide confirm, forbid, merge, split, undo, list: people's decisions of who is who; and decide document.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/action.h"
#include "app/decide_document.h"
#include "app/json.h"
#include "app/session.h"
#include "app/show.h"
#include "app/steward_call.h"
#include "app/steward_topics.h"
#include "app/table.h"

namespace crossbill::app {
namespace {

struct DecideArguments {
  std::vector<std::string> names;
  std::string reason;
  std::string by;
  std::string output = "text";
  bool undone = false;
};

template <class Request>
Status Decide(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments,
              const Request& request, const StewardMethod<Request>& method) {
  CROSSBILL_TRY(const v1::Decision decision, CallSteward(session, project, request, method));
  std::printf("%s\n", arguments.output == "json" ? ToJson(decision).c_str() : ShowDecision(decision).c_str());
  return Ok();
}

template <class Request>
Status DecidePair(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments,
                  const StewardMethod<Request>& method) {
  Request request;
  request.set_reason(arguments.reason);
  request.set_decided_by(arguments.by);
  if (arguments.names.size() == 1 && arguments.names[0].starts_with("reviews/")) {
    CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
    CROSSBILL_TRY(const v1::Review review, FindReview(*bus, runtime::TopicsOf(project), arguments.names[0]));
    *request.mutable_left() = review.link().left();
    *request.mutable_right() = review.link().right();
  } else if (arguments.names.size() == 2) {
    CROSSBILL_TRY(*request.mutable_left(), ParseRecord(arguments.names[0]));
    CROSSBILL_TRY(*request.mutable_right(), ParseRecord(arguments.names[1]));
  } else {
    return Error(Code::kUsage, "needs two records, or the name of a review");
  }
  return Decide(session, project, arguments, request, method);
}

Status Confirm(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments) {
  return DecidePair<v1::ConfirmRequest>(
      session, project, arguments, {&facade::StewardService::Confirm, &v1::StewardService::Stub::Confirm});
}

Status Forbid(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments) {
  return DecidePair<v1::ForbidRequest>(session, project, arguments,
                                       {&facade::StewardService::Forbid, &v1::StewardService::Stub::Forbid});
}

Status Merge(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments) {
  v1::MergeRequest request;
  request.mutable_customers()->Assign(arguments.names.begin(), arguments.names.end());
  request.set_reason(arguments.reason);
  request.set_decided_by(arguments.by);
  return Decide<v1::MergeRequest>(session, project, arguments, request,
                                  {&facade::StewardService::Merge, &v1::StewardService::Stub::Merge});
}

Status Split(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments) {
  v1::SplitRequest request;
  request.set_customer(arguments.names.front());
  for (std::size_t i = 1; i < arguments.names.size(); ++i) {
    CROSSBILL_TRY(*request.add_records(), ParseRecord(arguments.names[i]));
  }
  request.set_reason(arguments.reason);
  request.set_decided_by(arguments.by);
  return Decide<v1::SplitRequest>(session, project, arguments, request,
                                  {&facade::StewardService::Split, &v1::StewardService::Stub::Split});
}

Status Undo(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments) {
  v1::UndoRequest request;
  request.set_name(arguments.names.front());
  request.set_decided_by(arguments.by);
  return Decide<v1::UndoRequest>(session, project, arguments, request,
                                 {&facade::StewardService::Undo, &v1::StewardService::Stub::Undo});
}

Status List(Session& session, const runtime::ProjectConfig& project, const DecideArguments& arguments) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  facade::BusDecisionBook book(*bus, runtime::TopicsOf(project), session.clock);
  CROSSBILL_TRY(const std::vector<v1::Decision> decisions, book.All());
  std::vector<std::vector<std::string>> rows = {{"DECISION", "AT", "BY", "HOLDS", "WHAT", "REASON"}};
  for (const v1::Decision& decision : decisions) {
    if (decision.undone() && !arguments.undone) {
      continue;
    }
    if (arguments.output == "json") {
      std::printf("%s\n", ToJson(decision).c_str());
    } else {
      rows.push_back({decision.name(), decision.decided_at(), Visible(decision.decided_by()),
                      decision.undone() ? "undone" : "yes", Visible(decision.request()),
                      Visible(decision.reason())});
    }
  }
  if (arguments.output != "json") {
    std::fputs(Table(rows).c_str(), stdout);
  }
  return Ok();
}

using Action = Status (*)(Session&, const runtime::ProjectConfig&, const DecideArguments&);

void AddDecision(CLI::App& parent, Session& session, const char* name, const char* what, const char* argument,
                 Action action) {
  auto arguments = std::make_shared<DecideArguments>();
  arguments->by = UserName();
  CLI::App* command = AddAction(parent, session, name, what, arguments, action);
  command->add_option("names", arguments->names, argument)->required();
  command->add_option("--reason", arguments->reason, "Why, for those who ask later");
  command->add_option("--by", arguments->by, "Who decides (default: the user)");
}

}  // namespace

void AddDecide(CLI::App& program, Session& session) {
  auto* decide = program.add_subcommand(
      "decide", "Say who is who, and which documents are one; it outweighs the systems' values, and stays");
  decide->require_subcommand(1);
  AddDecision(*decide, session, "confirm", "Two records are the same party",
              "Two records, SYSTEM/STREAM/KEY each, or reviews/ID", Confirm);
  AddDecision(*decide, session, "forbid", "Two records are never in one customer",
              "Two records, SYSTEM/STREAM/KEY each, or reviews/ID", Forbid);
  AddDecision(*decide, session, "merge", "Customers become one", "Two customers or more: customers/ID",
              Merge);
  AddDecision(*decide, session, "split", "Records leave their customer",
              "The customer, then its records that leave: customers/ID SYSTEM/STREAM/KEY …", Split);
  AddDecision(*decide, session, "undo", "A decision does not hold any more", "decisions/ID", Undo);
  auto arguments = std::make_shared<DecideArguments>();
  AddAction(*decide, session, "list", "The decisions that hold, the oldest first", arguments, List)
      ->add_flag("--all", arguments->undone, "Also those that were undone");
  AddDecideDocument(*decide, session);
}

}  // namespace crossbill::app
