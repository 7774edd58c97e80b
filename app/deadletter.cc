// deadletter list, show, explain, replay, drop.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>

#include "app/dead_letter_text.h"
#include "app/session.h"
#include "app/table.h"
#include "runtime/replay.h"
#include "runtime/runner.h"

namespace crossbill::app {
namespace {

struct LetterOptions {
  std::vector<std::string> ids;
  std::string system, stream, code;
  std::string state = "open";
  std::string output = "table";
  std::size_t limit = 0;
  bool all = false;
  bool dry_run = false;
  bool force = false;
};

runtime::LetterFilter FilterOf(const LetterOptions& options) {
  runtime::LetterFilter filter;
  filter.system = options.system;
  filter.stream = options.stream;
  filter.code = options.code;
  return filter;
}

Status List(Session& session, const runtime::ProjectConfig& project, const LetterOptions& options) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  std::vector<runtime::Letter> letters;
  std::size_t found = 0;
  CROSSBILL_RETURN_IF_ERROR(runtime::VisitLetters(
      *bus, runtime::TopicsOf(project), FilterOf(options), [&](runtime::Letter& letter) {
        const bool wanted = options.state == "all" || options.state == runtime::NameOf(letter.state);
        if (!wanted || (options.limit > 0 && found >= options.limit)) {
          return Ok();
        }
        ++found;
        if (options.output == "json") {
          std::fputs(LetterLine(letter).c_str(), stdout);
        } else {
          letter.message.clear_raw();  // a long table needs no bytes
          letter.message.clear_row();
          letters.push_back(std::move(letter));
        }
        return Ok();
      }));
  if (options.output == "table") {
    std::fputs(LetterTable(letters).c_str(), stdout);
  }
  return Ok();
}

Status Show(Session& session, const runtime::ProjectConfig& project, const LetterOptions& options) {
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  for (const std::string& id : options.ids) {
    CROSSBILL_TRY(const runtime::Letter letter, runtime::FindLetter(*bus, runtime::TopicsOf(project), id));
    const std::string text = options.output == "json" ? LetterJson(letter) : ShowLetter(letter);
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return Ok();
}

Status Explain(Session& session, const runtime::ProjectConfig& project, const LetterOptions& options) {
  const bus::Topics topics = runtime::TopicsOf(project);
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, true));
  for (const std::string& id : options.ids) {
    CROSSBILL_TRY(runtime::Letter letter, runtime::FindLetter(*bus, topics, id));
    if (!letter.message.topic().empty()) {
      std::fputs(ExplainLetter(letter, project, topics, nullptr).c_str(), stdout);
      continue;
    }
    CROSSBILL_TRY(const runtime::Remapped today,
                  runtime::CheckLetter(project, session.clock, *session.log, letter));
    std::fputs(ExplainLetter(letter, project, topics, &today).c_str(), stdout);
  }
  return Ok();
}

using Act = std::function<Status(bus::Bus&, const bus::Topics&, const runtime::ReplayOptions&,
                                 const std::function<void(const runtime::ReplayResult&)>&)>;

// Words for what became of the letters of one command, and how many of each.
class Report {
 public:
  Report(std::string done, bool dry_run) : done_(std::move(done)), dry_run_(dry_run) {}

  void Add(const runtime::ReplayResult& result) {
    using Outcome = runtime::ReplayResult::Outcome;
    const char* word = "";
    switch (result.outcome) {
      case Outcome::kPutBack:
        word = done_.c_str();
        break;
      case Outcome::kLeftOut:
        word = "left out";
        break;
      case Outcome::kFails:
        word = "fails again";
        break;
      case Outcome::kUndecided:
        word = "not tried";
        break;
      case Outcome::kRefused:
        word = "refused";
        break;
    }
    ++counts_[word];
    events_ += result.events;
    std::printf("%-12s %s  %s%s%s\n", word, result.letter->id.c_str(), Visible(result.letter->place).c_str(),
                result.why.empty() ? "" : ": ", Visible(result.why).c_str());
  }

  void Sum() const {
    std::string text;
    for (const auto& [word, count] : counts_) {
      text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + word;
    }
    std::fprintf(stderr, "%s; %d published%s\n", text.empty() ? "no dead letters" : text.c_str(), events_,
                 dry_run_ ? " (dry run: nothing was written)" : "");
  }
  bool failed() const {
    return counts_.contains("fails again") || counts_.contains("not tried") || counts_.contains("refused");
  }

 private:
  std::string done_;
  bool dry_run_;
  std::map<std::string, int> counts_;
  int events_ = 0;
};

Status Do(Session& session, const runtime::ProjectConfig& project, const LetterOptions& options,
          const std::string& done, const Act& act) {
  if (options.ids.empty() && options.system.empty() && options.stream.empty() && options.code.empty() &&
      !options.all) {
    return Error(Code::kUsage, "which dead letters? IDs, --system, --stream, --code, or --all");
  }
  const bus::Topics topics = runtime::TopicsOf(project);
  CROSSBILL_TRY(const auto bus, session.OpenBus(project, options.dry_run));
  runtime::ReplayOptions replay;
  replay.filter = FilterOf(options);
  replay.filter.only_open = options.ids.empty();
  replay.dry_run = options.dry_run;
  replay.force = options.force;
  for (const std::string& id : options.ids) {
    CROSSBILL_TRY(const runtime::Letter letter, runtime::FindLetter(*bus, topics, id));
    replay.filter.ids.push_back(letter.id);
  }
  Report report(done, options.dry_run);
  CROSSBILL_RETURN_IF_ERROR(
      act(*bus, topics, replay, [&](const runtime::ReplayResult& result) { report.Add(result); }));
  report.Sum();
  session.exit_code = report.failed() ? 1 : 0;
  return Ok();
}

Status Replay(Session& session, const runtime::ProjectConfig& project, const LetterOptions& options) {
  return Do(session, project, options, "replayed",
            [&](bus::Bus& bus, const bus::Topics& topics, const auto& replay, const auto& report) {
              return runtime::ReplayLetters(bus, topics, project, session.clock, *session.log, replay,
                                            report);
            });
}

Status Drop(Session& session, const runtime::ProjectConfig& project, const LetterOptions& options) {
  return Do(session, project, options, "dropped",
            [&](bus::Bus& bus, const bus::Topics& topics, const auto& replay, const auto& report) {
              return runtime::DropLetters(bus, topics, session.clock, replay, report);
            });
}

CLI::App* AddOne(CLI::App& parent, Session& session, const std::shared_ptr<LetterOptions>& options,
                 const char* name, const char* what,
                 Status (*act)(Session&, const runtime::ProjectConfig&, const LetterOptions&)) {
  auto* command = parent.add_subcommand(name, what)->fallthrough();  // -C stands with `deadletter`
  command->callback([&session, options, act] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = act(session, *project, *options); !status.ok()) {
      session.Fail(status.error());
    }
  });
  return command;
}

void AddFilter(CLI::App& command, LetterOptions& options) {
  command.add_option("--system", options.system, "Only of this system");
  command.add_option("--stream", options.stream, "Only of this stream");
  command.add_option("--code", options.code, "Only with this code: CB1210");
}

void AddIds(CLI::App& command, LetterOptions& options, bool required) {
  auto* ids = command.add_option("id", options.ids, "The letter's id, or its beginning");
  if (required) {
    ids->required();
  }
}

void AddOutput(CLI::App& command, LetterOptions& options) {
  command.add_option("-o,--output", options.output, "table or json (one object a line)")
      ->check(CLI::IsMember({"table", "json"}));
}

}  // namespace

void AddDeadLetter(CLI::App& program, Session& session) {
  auto* parent = program.add_subcommand("deadletter",
                                        "Look at rows and records that could not be used, and put them back");
  parent->require_subcommand(1);
  const auto options = std::make_shared<LetterOptions>();
  auto* list = AddOne(*parent, session, options, "list", "Print them, one a line", List);
  AddFilter(*list, *options);
  AddOutput(*list, *options);
  list->add_option("--state", options->state, "open (default), replayed, dropped or all")
      ->check(CLI::IsMember({"open", "replayed", "dropped", "all"}));
  list->add_option("-n,--limit", options->limit, "Stop after so many");
  auto* show = AddOne(*parent, session, options, "show", "Print all of one, with its original bytes", Show);
  AddIds(*show, *options, true);
  AddOutput(*show, *options);
  auto* explain =
      AddOne(*parent, session, options, "explain",
             "Say what is wrong, what to do, and whether today's configuration mends it", Explain);
  AddIds(*explain, *options, true);
  for (const bool replay : {true, false}) {
    auto* command =
        replay
            ? AddOne(*parent, session, options, "replay",
                     "Put them through today's configuration and publish what comes of it", Replay)
            : AddOne(*parent, session, options, "drop", "Mark them as not to be used; they are kept", Drop);
    AddIds(*command, *options, false);
    AddFilter(*command, *options);
    command->add_flag("--all", options->all, "All that are open");
    command->add_flag("--dry-run", options->dry_run, "Say what would happen; write nothing");
    command->add_flag(
        "--force", options->force,
        replay ? "Also what failed five times, or was replayed or dropped" : "Also what was replayed");
  }
}

}  // namespace crossbill::app
