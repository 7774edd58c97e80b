// exceptions list, show, history, acknowledge, resolve, reopen.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "app/action.h"
#include "app/as_of.h"
#include "app/decision_call.h"
#include "app/json.h"
#include "app/session.h"
#include "app/show.h"
#include "app/table.h"
#include "crossbill/v1/exception_service.grpc.pb.h"
#include "facade/exception_service.h"

namespace crossbill::app {
namespace {

constexpr std::size_t kAPage = 1000;

struct ExceptionArguments {
  // list
  std::vector<std::string> types;
  std::string customer, document, unit, min_amount, state = "unresolved", as_of;
  int min_age = 0;
  std::size_t limit = 100;
  // the others
  std::string name, reason, by, until;
  bool whatever_amount = false;
  std::string output = "text";

  bool json() const { return output == "json"; }
};

using Arguments = const ExceptionArguments&;
using Action = Status (*)(Session&, const runtime::ProjectConfig&, Arguments);

// Asks the service in this process; the bus is open for reading.
Status Ask(Session& session, const runtime::ProjectConfig& project, Arguments arguments,
           const std::function<Status(facade::ExceptionService&, facade::CallContext&)>& ask) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  const bus::Topics topics = runtime::TopicsOf(project);
  CROSSBILL_TRY(const Date as_of, AsOfOrLast(session, *bus, topics, arguments.as_of));
  const auto views = session.OpenViewsForReading(project);
  if (views == nullptr) {
    return Error(Code::kNothingYet, "there are no exceptions yet: `crossbill run` looks for them");
  }
  facade::BusExceptionBook book(*bus, topics, session.clock);
  facade::ExceptionService service(*views, book, session.clock, [as_of] { return as_of; });
  facade::StopSignal stop;
  facade::CallContext context{&session.clock, &stop, INT64_MAX, nullptr};
  return ask(service, context);
}

void SetState(const std::string& state, v1::ListExceptionsRequest& request) {
  if (state == "all") {
    request.set_all_states(true);
  } else if (state == "open") {
    request.set_state(v1::Exception::OPEN);
  } else if (state == "acknowledged") {
    request.set_state(v1::Exception::ACKNOWLEDGED);
  } else if (state == "resolved") {
    request.set_state(v1::Exception::RESOLVED);
  }
}

Result<v1::ListExceptionsRequest> RequestOf(Arguments arguments) {
  v1::ListExceptionsRequest request;
  for (const std::string& word : arguments.types) {
    v1::Exception::Type type = v1::Exception::UNSPECIFIED;
    if (!v1::Exception::Type_Parse(word, &type) || type == v1::Exception::UNSPECIFIED) {
      return Error(Code::kUsage, "--type: \"" + word + "\" is no type of exception, such as PRICE_MISMATCH");
    }
    request.add_types(type);
  }
  request.set_customer(arguments.customer);
  request.set_document(arguments.document);
  request.set_unit(arguments.unit);
  request.set_min_at_stake(arguments.min_amount);
  request.set_min_age_days(arguments.min_age);
  SetState(arguments.state, request);
  return request;
}

Status List(Session& session, const runtime::ProjectConfig& project, Arguments arguments) {
  CROSSBILL_TRY(v1::ListExceptionsRequest request, RequestOf(arguments));
  std::vector<std::vector<std::string>> rows = {
      {"EXCEPTION", "TYPE", "STATE", "SEVERITY", "AT STAKE", "AGE", "UNIT", "WHAT"}};
  CROSSBILL_RETURN_IF_ERROR(
      Ask(session, project, arguments,
          [&](facade::ExceptionService& service, facade::CallContext& context) -> Status {
            for (std::size_t left = arguments.limit; left > 0;) {
              request.set_page_size(static_cast<int>(std::min(left, kAPage)));
              CROSSBILL_TRY(const v1::ListExceptionsResponse page, service.ListExceptions(request, context));
              for (const v1::Exception& exception : page.exceptions()) {
                if (arguments.json()) {
                  std::printf("%s\n", ToJson(exception).c_str());
                } else {
                  rows.push_back(ExceptionRow(exception));
                }
              }
              left -= std::min(left, static_cast<std::size_t>(page.exceptions_size()));
              if (page.next_page_token().empty()) {
                break;
              }
              request.set_page_token(page.next_page_token());
            }
            return Ok();
          }));
  if (!arguments.json()) {
    std::fputs(Table(rows).c_str(), stdout);
  }
  return Ok();
}

Status WithException(Session& session, const runtime::ProjectConfig& project, Arguments arguments,
                     const std::function<void(const v1::Exception&)>& use) {
  return Ask(session, project, arguments,
             [&](facade::ExceptionService& service, facade::CallContext& context) -> Status {
               v1::GetExceptionRequest request;
               request.set_name(arguments.name);
               CROSSBILL_TRY(const v1::Exception exception, service.GetException(request, context));
               use(exception);
               return Ok();
             });
}

Status Show(Session& session, const runtime::ProjectConfig& project, Arguments arguments) {
  return WithException(session, project, arguments, [&](const v1::Exception& exception) {
    std::printf("%s\n",
                arguments.json() ? ToPrettyJson(exception).c_str() : ExplainException(exception, {}).c_str());
  });
}

Status History(Session& session, const runtime::ProjectConfig& project, Arguments arguments) {
  return WithException(session, project, arguments, [&](const v1::Exception& exception) {
    if (!arguments.json()) {
      std::fputs(ShowHistory(exception).c_str(), stdout);
      return;
    }
    for (const v1::ExceptionEvent& event : exception.history()) {
      std::printf("%s\n", ToJson(event).c_str());
    }
  });
}

// Of a method of the service.
template <class Request>
struct Method {
  Result<v1::ExceptionDecision> (facade::ExceptionService::*here)(const Request&, facade::CallContext&);
  grpc::Status (v1::ExceptionService::Stub::*there)(grpc::ClientContext*, const Request&,
                                                    v1::ExceptionDecision*);
};

template <class Request>
Status Decide(Session& session, const runtime::ProjectConfig& project, Arguments arguments,
              const Request& request, const Method<Request>& method) {
  const auto here = [&](bus::Bus& bus, facade::Views& views, facade::CallContext& context) {
    facade::BusExceptionBook book(bus, runtime::TopicsOf(project), session.clock);
    facade::ExceptionService service(views, book, session.clock,
                                     [&session] { return session.clock.Now().date(); });
    return (service.*method.here)(request, context);
  };
  const auto there = [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context,
                         v1::ExceptionDecision& decision) {
    const auto stub = v1::ExceptionService::NewStub(channel);
    return (stub.get()->*method.there)(&context, request, &decision);
  };
  CROSSBILL_TRY(const v1::ExceptionDecision decision,
                DecideHereOrThere<v1::ExceptionDecision>(session, project, here, there));
  std::printf("%s\n", arguments.json() ? ToJson(decision).c_str() : ShowExceptionDecision(decision).c_str());
  return Ok();
}

template <class Request>
Request RequestFor(Arguments arguments) {
  Request request;
  request.set_name(arguments.name);
  request.set_reason(arguments.reason);
  request.set_decided_by(arguments.by);
  return request;
}

Status Acknowledge(Session& session, const runtime::ProjectConfig& project, Arguments arguments) {
  auto request = RequestFor<v1::AcknowledgeRequest>(arguments);
  request.set_whatever_amount(arguments.whatever_amount);
  return Decide<v1::AcknowledgeRequest>(
      session, project, arguments, request,
      {&facade::ExceptionService::Acknowledge, &v1::ExceptionService::Stub::Acknowledge});
}

Status Resolve(Session& session, const runtime::ProjectConfig& project, Arguments arguments) {
  auto request = RequestFor<v1::ResolveRequest>(arguments);
  request.set_whatever_amount(arguments.whatever_amount);
  request.set_until(arguments.until);
  return Decide<v1::ResolveRequest>(
      session, project, arguments, request,
      {&facade::ExceptionService::Resolve, &v1::ExceptionService::Stub::Resolve});
}

Status Reopen(Session& session, const runtime::ProjectConfig& project, Arguments arguments) {
  return Decide<v1::ReopenRequest>(session, project, arguments, RequestFor<v1::ReopenRequest>(arguments),
                                   {&facade::ExceptionService::Reopen, &v1::ExceptionService::Stub::Reopen});
}

void AddList(CLI::App& parent, Session& session) {
  auto arguments = std::make_shared<ExceptionArguments>();
  auto* list = AddAction(parent, session, "list", "The most at stake first", arguments, List);
  list->add_option("--type", arguments->types, "Only these types");
  list->add_option("--customer", arguments->customer, "customers/ID, or a record: SYSTEM/STREAM/KEY");
  list->add_option("--document", arguments->document, "orders/ID, invoices/ID …");
  list->add_option("--unit", arguments->unit, "Only those of this responsible unit");
  list->add_option("--min-amount", arguments->min_amount,
                   "Only those with this much at stake, in any currency");
  list->add_option("--min-age", arguments->min_age, "Only those that are this old, in days")
      ->check(CLI::NonNegativeNumber);
  list->add_option("--state", arguments->state,
                   "unresolved (open and acknowledged; default), open, acknowledged, resolved, all")
      ->check(CLI::IsMember({"unresolved", "open", "acknowledged", "resolved", "all"}));
  list->add_option("--as-of", arguments->as_of,
                   "The date from which their age is counted (default: that of the last run)");
  list->add_option("-n,--limit", arguments->limit, "At most so many")->check(CLI::PositiveNumber);
}

std::shared_ptr<ExceptionArguments> AddNamed(CLI::App& parent, Session& session, const char* name,
                                             const char* what, Action action) {
  auto arguments = std::make_shared<ExceptionArguments>();
  AddAction(parent, session, name, what, arguments, action)
      ->add_option("name", arguments->name, "exceptions/ID")
      ->required();
  return arguments;
}

void AddDecision(CLI::App& parent, Session& session, const char* name, const char* what, Action action) {
  const auto arguments = AddNamed(parent, session, name, what, action);
  arguments->by = UserName();
  CLI::App* command = parent.get_subcommand(name);
  command->add_option("--reason", arguments->reason, "Why, for those who ask later");
  command->add_option("--by", arguments->by, "Who decides (default: the user)");
  if (action != Reopen) {
    command->add_flag("--whatever-amount", arguments->whatever_amount,
                      "It holds whatever the amounts become; else only while they are what they are now");
  }
  if (action == Resolve) {
    command->get_option("--reason")->required();
    command->add_option("--until", arguments->until,
                        "The last as-of date on which it holds (default: for good)");
  }
}

}  // namespace

void AddExceptions(CLI::App& program, Session& session) {
  auto* exceptions =
      program.add_subcommand("exceptions", "What people should look at, and what they decide of it");
  exceptions->require_subcommand(1);
  AddList(*exceptions, session);
  AddNamed(*exceptions, session, "show", "One of them, with its history", Show);
  AddNamed(*exceptions, session, "history", "What happened to one of them", History);
  AddDecision(*exceptions, session, "acknowledge", "Somebody knows of it", Acknowledge);
  AddDecision(*exceptions, session, "resolve",
              "It is settled by your word, although the documents still say so", Resolve);
  AddDecision(*exceptions, session, "reopen", "What was decided before does not hold any more", Reopen);
}

}  // namespace crossbill::app
