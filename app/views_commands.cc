// get, search, explain: questions to the read model from the shell.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/json.h"
#include "app/session.h"
#include "app/show.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/views/standing.h"

namespace crossbill::app {
namespace {

constexpr std::size_t kShown = 1000;

struct Question {
  std::string text;
  std::string output = "text";
  std::size_t limit = 20;
};

bool IsCustomer(std::string_view name) { return name.starts_with("customers/"); }
bool IsException(std::string_view name) { return name.starts_with("exceptions/"); }

Result<CustomerPicture> PictureOf(facade::Views& views, const v1::Customer& customer) {
  CustomerPicture picture;
  picture.customer = customer;
  CROSSBILL_TRY(const facade::Page documents, views.ListDocuments({customer.name(), 0, ""}, kShown, ""));
  for (const std::string& name : documents.names) {
    CROSSBILL_TRY(v1::UnifiedDocument document, views.GetDocument(name));
    picture.documents.push_back(std::move(document));
  }
  CROSSBILL_TRY(const facade::Page exceptions,
                views.ListExceptions({customer.name(), "", {}, 0, /*unresolved=*/true}, kShown, ""));
  for (const std::string& name : exceptions.names) {
    CROSSBILL_TRY(v1::Exception exception, views.GetException(name));
    picture.exceptions.push_back(std::move(exception));
  }
  CROSSBILL_TRY(picture.standing, facade::StandingOf(views, customer.name()));
  return picture;
}

// A record's "SYSTEM/STREAM/KEY" leads to its customer; other names name what they are.
Status Get(facade::Views& views, const Question& question) {
  const bool json = question.output == "json";
  if (IsException(question.text)) {
    CROSSBILL_TRY(const v1::Exception exception, views.GetException(question.text));
    std::printf("%s\n", json ? ToPrettyJson(exception).c_str() : ShowException(exception).c_str());
    return Ok();
  }
  if (!IsCustomer(question.text)) {
    auto document = views.GetDocument(question.text);
    if (document.ok()) {
      std::printf("%s\n", json ? ToPrettyJson(*document).c_str() : ShowDocument(*document).c_str());
      return Ok();
    }
  }
  CROSSBILL_TRY(const v1::Customer customer, views.GetCustomer(question.text));
  if (json) {
    std::printf("%s\n", ToPrettyJson(customer).c_str());
    return Ok();
  }
  CROSSBILL_TRY(const CustomerPicture picture, PictureOf(views, customer));
  std::printf("%s", ShowCustomer(picture).c_str());
  return Ok();
}

Status Search(facade::Views& views, const Question& question) {
  CROSSBILL_TRY(const auto hits, views.SearchCustomers(question.text, question.limit));
  for (const facade::Views::Hit& hit : hits) {
    CROSSBILL_TRY(const v1::Customer customer, views.GetCustomer(hit.name));
    if (question.output == "json") {
      std::printf("%s\n", ToJson(customer).c_str());
    } else {
      std::printf("%s\n", ShowHit(customer, hit.matched).c_str());
    }
  }
  if (hits.empty()) {
    return Error(Code::kNotFound, "nothing matches \"" + question.text + "\"");
  }
  return Ok();
}

Status ExplainWithDocuments(facade::Views& views, const v1::Exception& exception) {
  std::vector<v1::UnifiedDocument> documents;
  for (const std::string& name : exception.documents()) {
    auto document = views.GetDocument(name);
    if (document.ok()) {  // of a resolved one they may be gone
      documents.push_back(*std::move(document));
    } else if (document.error().code() != Code::kNotFound) {
      return std::move(document).error();
    }
  }
  std::printf("%s", ExplainException(exception, documents).c_str());
  return Ok();
}

Status Explain(facade::Views& views, const Question& question) {
  if (IsException(question.text)) {
    CROSSBILL_TRY(const v1::Exception exception, views.GetException(question.text));
    return ExplainWithDocuments(views, exception);
  }
  if (!IsCustomer(question.text)) {
    auto document = views.GetDocument(question.text);
    if (document.ok()) {
      std::printf("%s", ExplainDocument(*document).c_str());
      return Ok();
    }
  }
  CROSSBILL_TRY(const v1::Customer customer, views.GetCustomer(question.text));
  std::printf("%s", ExplainCustomer(customer).c_str());
  return Ok();
}

using Answer = Status (*)(facade::Views&, const Question&);

void AddQuestion(CLI::App& program, Session& session, const char* name, const char* what,
                 const char* argument, bool outputs, Answer answer) {
  auto* command = program.add_subcommand(name, what);
  auto question = std::make_shared<Question>();
  command->add_option("text", question->text, argument)->required();
  if (outputs) {
    command->add_option("-o,--output", question->output, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    command->add_option("-n,--limit", question->limit, "At most so many")->check(CLI::Range(1, 100));
  }
  command->callback([&session, question, answer] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const auto views = session.OpenViewsForReading(*project)) {
      if (const Status status = answer(*views, *question); !status.ok()) {
        session.Fail(status.error());
      }
    }
  });
}

}  // namespace

void AddGet(CLI::App& program, Session& session) {
  AddQuestion(program, session, "get", "Show a customer, a document or an exception",
              "customers/ID, orders/ID, invoices/ID, exceptions/ID …, or a record: SYSTEM/STREAM/KEY", true,
              Get);
}

void AddSearch(CLI::App& program, Session& session) {
  AddQuestion(program, session, "search",
              "Find customers by name, phone, e-mail, tax id, or any system's number", "What to look for",
              true, Search);
}

void AddExplain(CLI::App& program, Session& session) {
  AddQuestion(
      program, session, "explain",
      "Say why: which records are one customer or one document, where each value comes from, and what "
      "an exception is about",
      "customers/ID, orders/ID, exceptions/ID, …, or a record: SYSTEM/STREAM/KEY", false, Explain);
}

}  // namespace crossbill::app
