// Questions to the DocumentStewardService from the shell, beside a running process or without one. One
// thread.
#pragma once

#include <functional>

#include "app/session.h"
#include "facade/document_book.h"
#include "facade/document_steward_service.h"
#include "runtime/runner.h"

namespace crossbill::app {

// Calls ask(service, context), which only reads.
template <class Ask>
Status AskAboutDocuments(Session& session, const runtime::ProjectConfig& project, const Ask& ask) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  const auto views = session.OpenViewsForReading(project);
  if (views == nullptr) {
    return Error(Code::kNothingYet, "there are no documents yet: `crossbill run` makes them");
  }
  facade::BusDocumentBook book(*bus, runtime::TopicsOf(project), session.clock);
  facade::DocumentStewardService service(*views, book, session.clock);
  facade::StopSignal stop;
  facade::CallContext context{&session.clock, &stop, INT64_MAX, nullptr};
  return ask(service, context);
}

}  // namespace crossbill::app
