#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <tuple>

#include "app/as_of.h"
#include "app/browser_files.h"
#include "app/dead_letter_text.h"
#include "app/export_value.h"
#include "app/json.h"
#include "app/proposals.h"
#include "app/session.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/exception_age.h"
#include "runtime/letters.h"
#include "runtime/runner.h"
#include "runtime/value_as_of.h"

namespace crossbill::app {
namespace {

using Visit = std::function<Status(const bus::RecordView&)>;

const std::map<std::string, std::string>& DocumentExports() {
  static const std::map<std::string, std::string> kinds = {{"orders", "order"},
                                                           {"shipments", "shipment"},
                                                           {"invoices", "invoice"},
                                                           {"payments", "payment"},
                                                           {"quotes", "quote"}};
  return kinds;
}

template <class Records>
std::string RecordsJson(const Records& records) {
  std::string json = "[";
  const char* separator = "";
  for (const v1::SourceRef& record : records) {
    json += separator;
    json += "{\"system\":" + Quoted(record.system()) + ",\"stream\":" + Quoted(record.stream()) +
            ",\"key\":" + Quoted(record.key()) + "}";
    separator = ",";
  }
  return json + "]";
}

// {"id":…,"records":[…], and the rest of the message}.
template <class Message>
std::string LineOf(Message message) {
  std::string line = "{\"id\":" + Quoted(message.name()) + ",\"records\":" + RecordsJson(message.records());
  message.clear_name();
  message.clear_records();
  const std::string rest = ToJson(message);
  if (rest.size() > 2) {
    line += "," + rest.substr(1, rest.size() - 2);
  }
  return line + "}\n";
}

void Print(const std::string& line) { std::fwrite(line.data(), 1, line.size(), stdout); }

Result<std::int64_t> Decoded(google::protobuf::Message& message, const bus::RecordView& record) {
  if (!record.value) {
    return 0;
  }
  if (!message.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
    return Error(Code::kEventDecode, "a unified record cannot be decoded", std::string(record.key));
  }
  return 1;
}

template <class Message>
Status ExportMessages(bus::Bus& bus, const std::string& topic, const std::function<bool(Message&)>& wanted) {
  return bus::ReadCompacted(bus, topic, [&](const bus::RecordView& record) -> Status {
    Message message;
    CROSSBILL_TRY(const std::int64_t there, Decoded(message, record));
    if (there != 0 && wanted(message)) {
      Print(LineOf(std::move(message)));
    }
    return Ok();
  });
}

// The documents that belong together through references and amounts, from the chain that each of them names.
Status ExportChains(bus::Bus& bus, const bus::Topics& topics) {
  struct Chain {
    std::set<std::string> documents;
    std::vector<v1::SourceRef> records;
    std::string customer;
  };
  std::map<std::string, Chain> chains;
  for (const char* kind : {"order", "shipment", "invoice", "payment"}) {
    CROSSBILL_RETURN_IF_ERROR(
        bus::ReadCompacted(bus, topics.Unified(kind), [&](const bus::RecordView& record) -> Status {
          v1::UnifiedDocument document;
          CROSSBILL_TRY(const std::int64_t there, Decoded(document, record));
          if (there != 0 && !document.chain().empty()) {
            Chain& chain = chains[document.chain()];
            chain.documents.insert(document.name());
            chain.customer = document.customer();
            chain.records.insert(chain.records.end(), document.records().begin(), document.records().end());
          }
          return Ok();
        }));
  }
  for (auto& [id, chain] : chains) {
    // Documents come as they stand on the topics: the order of records must not depend on that.
    std::sort(chain.records.begin(), chain.records.end(), [](const v1::SourceRef& a, const v1::SourceRef& b) {
      return std::tie(a.system(), a.stream(), a.key()) < std::tie(b.system(), b.stream(), b.key());
    });
    std::string line =
        "{\"id\":" + Quoted(id) + ",\"records\":" + RecordsJson(chain.records) + ",\"documents\":[";
    const char* separator = "";
    for (const std::string& document : chain.documents) {
      line += separator + Quoted(document);
      separator = ",";
    }
    Print(line + "],\"customer\":" + Quoted(chain.customer) + "}\n");
  }
  return Ok();
}

// Of every kind of document; first which systems have some of the kind.
Status ExportProposals(bus::Bus& bus, const bus::Topics& topics) {
  for (const auto& [plural, kind] : DocumentExports()) {
    std::set<std::string> systems;
    const std::string topic = topics.Unified(kind);
    const auto visit = [&](const std::function<void(const v1::UnifiedDocument&)>& each) {
      return bus::ReadCompacted(bus, topic, [&](const bus::RecordView& record) -> Status {
        v1::UnifiedDocument document;
        CROSSBILL_TRY(const std::int64_t there, Decoded(document, record));
        if (there != 0) {
          each(document);
        }
        return Ok();
      });
    };
    CROSSBILL_RETURN_IF_ERROR(visit([&](const v1::UnifiedDocument& document) {
      for (const v1::SourceRef& record : document.records()) {
        systems.insert(record.system());
      }
    }));
    CROSSBILL_RETURN_IF_ERROR(
        visit([&](const v1::UnifiedDocument& document) { Print(ProposalOf(document, systems)); }));
  }
  return Ok();
}

// Only what is open: what was replayed or dropped is no row any more that could not be used.
Status ExportDeadLetters(bus::Bus& bus, const bus::Topics& topics) {
  runtime::LetterFilter open;
  open.only_open = true;
  return runtime::VisitLetters(bus, topics, open, [](const runtime::Letter& letter) {
    const v1::DeadLetter& message = letter.message;
    std::string line = "{\"id\":" + Quoted(letter.place) + ",\"source\":" + SourceJson(message) +
                       ",\"code\":" + Quoted(message.code()) + ",\"why\":" + Quoted(message.why());
    if (!message.field().empty()) {
      line += ",\"field\":" + Quoted(message.field());
    }
    if (!message.configured_at().empty()) {
      line += ",\"configured_at\":" + Quoted(message.configured_at());
    }
    Print(line + ",\"raw\":" + Quoted(message.raw()) + "}\n");
    return Ok();
  });
}

bool HasState(const v1::Exception& exception, const std::string& state) {
  if (state == "all") {
    return true;
  }
  switch (exception.state()) {
    case v1::Exception::RESOLVED:
      return state == "resolved";
    case v1::Exception::ACKNOWLEDGED:
      return state == "acknowledged" || state == "unresolved";
    default:
      return state == "open" || state == "unresolved";
  }
}

Status ExportExceptions(bus::Bus& bus, const bus::Topics& topics, const std::string& state, Date as_of) {
  return ExportMessages<v1::Exception>(bus, topics.Exceptions(), [&](v1::Exception& exception) {
    facade::SetAge(exception, as_of);
    exception
        .clear_history();  // what happened on the way is no part of the result; `exceptions history` has it
    return HasState(exception, state);
  });
}

// As of the day of the last run, or of another one that is asked for.
Status ExportFigures(bus::Bus& bus, const runtime::ProjectConfig& project, const std::string& kind,
                     std::optional<Date> asked, Date today) {
  const bus::Topics topics = runtime::TopicsOf(project);
  CROSSBILL_TRY(const std::optional<Date> published, runtime::DayOfValue(bus, topics));
  const Date as_of = asked.value_or(published.value_or(today));
  std::unique_ptr<bus::Bus> afresh;
  if (published != as_of) {
    CROSSBILL_TRY(afresh, runtime::ValueAsOf(bus, topics, project.value(), as_of));
  }
  bus::Bus& figures = afresh != nullptr ? *afresh : bus;
  return kind == "value" ? ExportValue(bus, figures, topics, as_of) : ExportAffinity(figures, topics);
}

Status Export(bus::Bus& bus, const bus::Topics& topics, const std::string& kind, const std::string& state,
              Date as_of) {
  if (kind == "customers") {
    // A merged customer's last record only says who it became; which ids there once were is history, and no
    // part of the result.
    return ExportMessages<v1::Customer>(bus, topics.Unified("customer"), [](v1::Customer& customer) {
      customer.clear_previous_names();
      return customer.merged_into().empty();
    });
  }
  if (kind == "exceptions") {
    return ExportExceptions(bus, topics, state, as_of);
  }
  if (kind == "chains") {
    return ExportChains(bus, topics);
  }
  if (kind == "proposals") {
    return ExportProposals(bus, topics);
  }
  if (kind == "deadletters") {
    return ExportDeadLetters(bus, topics);
  }
  return ExportMessages<v1::UnifiedDocument>(bus, topics.Unified(DocumentExports().at(kind)),
                                             [](v1::UnifiedDocument&) { return true; });
}

void ExportFiles(Session& session, const runtime::ProjectConfig& project, const std::string& kind,
                 const std::string& folder) {
  const auto written = WriteBrowserFiles(project, kind, folder.empty() ? "crossbill-" + kind : folder);
  if (!written.ok()) {
    return session.Fail(written.error());
  }
  for (const auto& path : *written) {
    Print(path.string() + "\n");
  }
}

}  // namespace

void AddExport(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "export", "Print everything of a kind, one JSON object a line; or write what topic browsers need");
  struct Arguments {
    std::string kind;
    std::string as_of;
    std::string output;
    std::string state = "unresolved";
  };
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option(
          "kind", arguments->kind,
          "customers, orders, shipments, invoices, payments, quotes, chains, exceptions, proposals, value, "
          "affinity, deadletters; kafka-ui, akhq, console, proto: files for those who read the topics")
      ->required()
      ->check(CLI::IsMember({"customers", "orders", "shipments", "invoices", "payments", "quotes", "chains",
                             "exceptions", "proposals", "value", "affinity", "deadletters", "kafka-ui",
                             "akhq", "console", "proto"}));
  command->add_option(
      "--as-of", arguments->as_of,
      "value and affinity: the date from which is counted back (default: that of the last run); exceptions: "
      "the date to which their age is counted (default: that of the last run)");
  command
      ->add_option(
          "--state", arguments->state,
          "exceptions: unresolved (open and acknowledged; default), open, acknowledged, resolved, all")
      ->check(CLI::IsMember({"unresolved", "open", "acknowledged", "resolved", "all"}));
  command->add_option("--output", arguments->output,
                      "kafka-ui, akhq, console, proto: the folder to write into (default: crossbill-KIND)");
  command->callback([&session, arguments] {
    const std::string& as_of = arguments->as_of;
    const Date today = session.clock.Now().date();
    const auto date = as_of.empty() ? Result<Date>(today) : Date::Parse(as_of);
    if (!date.ok()) {
      return session.Fail(Error(Code::kUsage, "--as-of: \"" + as_of + "\" is not a date such as 2026-10-31"));
    }
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (IsBrowserKind(arguments->kind)) {
      return ExportFiles(session, *project, arguments->kind, arguments->output);
    }
    if (const auto bus = session.OpenBusForReading(*project)) {
      const bus::Topics topics = runtime::TopicsOf(*project);
      const bool is_figures = arguments->kind == "value" || arguments->kind == "affinity";
      const std::optional<Date> asked = as_of.empty() ? std::optional<Date>() : *date;
      Date counted_from = *date;
      if (arguments->kind == "exceptions") {
        const auto last = AsOfOrLast(session, *bus, topics, as_of);
        if (!last.ok()) {
          return session.Fail(last.error());
        }
        counted_from = *last;
      }
      const Status status = is_figures
                                ? ExportFigures(*bus, *project, arguments->kind, asked, today)
                                : Export(*bus, topics, arguments->kind, arguments->state, counted_from);
      if (!status.ok()) {
        session.Fail(status.error());
      }
    }
  });
}

}  // namespace crossbill::app
