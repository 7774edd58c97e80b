#include "app/decide_document.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/action.h"
#include "app/decision_call.h"
#include "app/document_call.h"
#include "app/json.h"
#include "app/show.h"
#include "app/table.h"
#include "crossbill/v1/document_steward_service.grpc.pb.h"

namespace crossbill::app {
namespace {

using Stub = v1::DocumentStewardService::Stub;
using facade::DocumentStewardService;

struct DocumentArguments {
  std::vector<std::string> names;
  std::string amount;
  std::string currency;
  std::string reason;
  std::string by;
  std::string output = "text";
  bool undone = false;

  bool json() const { return output == "json"; }
};

// Of a method of the service.
template <class Request>
struct Method {
  Result<v1::DocumentDecision> (DocumentStewardService::*here)(const Request&, facade::CallContext&);
  grpc::Status (Stub::*there)(grpc::ClientContext*, const Request&, v1::DocumentDecision*);
};

template <class Request>
Status Decide(Session& session, const runtime::ProjectConfig& project, const DocumentArguments& arguments,
              Request request, const Method<Request>& method) {
  request.set_decided_by(arguments.by);
  const auto here = [&](bus::Bus& bus, facade::Views& views, facade::CallContext& context) {
    facade::BusDocumentBook book(bus, runtime::TopicsOf(project), session.clock);
    DocumentStewardService service(views, book, session.clock);
    return (service.*method.here)(request, context);
  };
  const auto there = [&](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context,
                         v1::DocumentDecision& decision) {
    const auto stub = v1::DocumentStewardService::NewStub(channel);
    return (stub.get()->*method.there)(&context, request, &decision);
  };
  CROSSBILL_TRY(const v1::DocumentDecision decision,
                DecideHereOrThere<v1::DocumentDecision>(session, project, here, there));
  std::printf("%s\n", arguments.json() ? ToJson(decision).c_str() : ShowDocumentDecision(decision).c_str());
  return Ok();
}

Status Same(Session& session, const runtime::ProjectConfig& project, const DocumentArguments& arguments) {
  v1::SameRequest request;
  request.set_left(arguments.names[0]);
  request.set_right(arguments.names[1]);
  request.set_reason(arguments.reason);
  return Decide<v1::SameRequest>(session, project, arguments, request,
                                 {&DocumentStewardService::Same, &Stub::Same});
}

Status Different(Session& session, const runtime::ProjectConfig& project,
                 const DocumentArguments& arguments) {
  v1::DifferentRequest request;
  request.set_left(arguments.names[0]);
  request.set_right(arguments.names[1]);
  request.set_reason(arguments.reason);
  return Decide<v1::DifferentRequest>(session, project, arguments, request,
                                      {&DocumentStewardService::Different, &Stub::Different});
}

Status Settle(Session& session, const runtime::ProjectConfig& project, const DocumentArguments& arguments) {
  v1::SettleRequest request;
  request.set_document(arguments.names[0]);
  request.set_invoice(arguments.names[1]);
  request.set_reason(arguments.reason);
  if (!arguments.amount.empty()) {
    request.mutable_amount()->set_amount(arguments.amount);
    request.mutable_amount()->set_currency(arguments.currency);
  }
  return Decide<v1::SettleRequest>(session, project, arguments, request,
                                   {&DocumentStewardService::Settle, &Stub::Settle});
}

Status Unsettle(Session& session, const runtime::ProjectConfig& project, const DocumentArguments& arguments) {
  v1::UnsettleRequest request;
  request.set_document(arguments.names[0]);
  request.set_invoice(arguments.names[1]);
  request.set_reason(arguments.reason);
  return Decide<v1::UnsettleRequest>(session, project, arguments, request,
                                     {&DocumentStewardService::Unsettle, &Stub::Unsettle});
}

Status Undo(Session& session, const runtime::ProjectConfig& project, const DocumentArguments& arguments) {
  v1::UndoDecisionRequest request;
  request.set_name(arguments.names[0]);
  return Decide<v1::UndoDecisionRequest>(session, project, arguments, request,
                                         {&DocumentStewardService::UndoDecision, &Stub::UndoDecision});
}

std::vector<std::string> RowOf(const v1::DocumentDecision& decision) {
  return {decision.name(),
          decision.decided_at(),
          Visible(decision.decided_by()),
          v1::DocumentDecision::State_Name(decision.state()),
          Visible(decision.request()),
          Visible(decision.reason())};
}

Status List(Session& session, const runtime::ProjectConfig& project, const DocumentArguments& arguments) {
  std::vector<std::vector<std::string>> rows = {{"DECISION", "AT", "BY", "STATE", "WHAT", "REASON"}};
  const auto list = [&](DocumentStewardService& service, facade::CallContext& context) -> Status {
    v1::ListDecisionsRequest request;
    request.set_document(arguments.names.empty() ? "" : arguments.names.front());
    request.set_undone(arguments.undone);
    do {
      CROSSBILL_TRY(const v1::ListDecisionsResponse page, service.ListDecisions(request, context));
      for (const v1::DocumentDecision& decision : page.decisions()) {
        if (arguments.json()) {
          std::printf("%s\n", ToJson(decision).c_str());
        } else {
          rows.push_back(RowOf(decision));
        }
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return Ok();
  };
  CROSSBILL_RETURN_IF_ERROR(AskAboutDocuments(session, project, list));
  if (!arguments.json()) {
    std::fputs(Table(rows).c_str(), stdout);
  }
  return Ok();
}

using Action = Status (*)(Session&, const runtime::ProjectConfig&, const DocumentArguments&);

struct Words {
  const char* name;
  const char* what;
  const char* argument;
  int arguments;
};

void AddDecision(CLI::App& parent, Session& session, const Words& words, Action action) {
  auto arguments = std::make_shared<DocumentArguments>();
  arguments->by = UserName();
  CLI::App* command = AddAction(parent, session, words.name, words.what, arguments, action);
  command->add_option("names", arguments->names, words.argument)->required()->expected(words.arguments);
  if (action != Undo) {
    command->add_option("--reason", arguments->reason, "Why, for those who ask later");
  }
  command->add_option("--by", arguments->by, "Who decides (default: the user)");
  if (action == Settle) {
    CLI::Option* amount = command->add_option(
        "--amount", arguments->amount, "How much of the invoice, at most (default: what both leave open)");
    command->add_option("--currency", arguments->currency, "Of the amount (default: the documents')")
        ->needs(amount);
  }
}

}  // namespace

void AddDecideDocument(CLI::App& decide, Session& session) {
  auto* document = decide.add_subcommand(
      "document",
      "Say which documents are one, and what payments are for; it outweighs all evidence, and stays");
  document->fallthrough();  // -C stands with the group
  document->require_subcommand(1);
  const char* two =
      "Two documents: orders/ID, invoices/ID … (all of their records) or SYSTEM/STREAM/KEY (one)";
  const char* allocation =
      "The payment or credit note, then the invoice: payments/ID invoices/ID, or SYSTEM/STREAM/KEY";
  AddDecision(*document, session, {"same", "They are one document", two, 2}, Same);
  AddDecision(*document, session, {"different", "They are never one document", two, 2}, Different);
  AddDecision(*document, session, {"settle", "A payment or credit note settles an invoice", allocation, 2},
              Settle);
  AddDecision(*document, session, {"unsettle", "It is not for this invoice", allocation, 2}, Unsettle);
  AddDecision(*document, session, {"undo", "A decision does not hold any more", "decisions/ID", 1}, Undo);
  auto arguments = std::make_shared<DocumentArguments>();
  CLI::App* list = AddAction(*document, session, "list",
                             "The decisions of documents, and what stands in their way; the oldest first",
                             arguments, List);
  list->add_option("document", arguments->names, "Only those about this document or record")->expected(0, 1);
  list->add_flag("--all", arguments->undone, "Also those that were undone");
}

}  // namespace crossbill::app
