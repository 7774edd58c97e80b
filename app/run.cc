#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/interrupt.h"
#include "app/session.h"
#include "base/metrics.h"
#include "crossbill/v1/exception.pb.h"
#include "runtime/runner.h"

namespace crossbill::app {
namespace {

struct RunArguments {
  bool until_idle = false;
  bool quiet = false;
  std::string as_of;
  std::vector<std::string> roles;
  std::size_t batch_rows = 2048;
};

Result<runtime::RunOptions> OptionsOf(const RunArguments& arguments) {
  runtime::RunOptions options;
  options.until_idle = arguments.until_idle;
  options.batch_rows = arguments.batch_rows;
  if (!arguments.as_of.empty()) {
    auto date = Date::Parse(arguments.as_of);
    if (!date.ok()) {
      return Error(Code::kUsage, "--as-of: \"" + arguments.as_of + "\" is not a date such as 2026-10-31");
    }
    options.as_of = *date;
  }
  if (!arguments.roles.empty()) {
    const auto has = [&](const char* role) {
      return std::find(arguments.roles.begin(), arguments.roles.end(), role) != arguments.roles.end();
    };
    options.connectors = has("connectors");
    options.transforms = has("transforms");
    options.facade = has("facade");
  }
  return options;
}

// One line that is written over on a terminal; nothing elsewhere.
class ProgressLine {
 public:
  ProgressLine(runtime::Runner& runner, bool quiet)
      : runner_(runner), show_(!quiet && isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() {
    if (show_) {
      std::fprintf(stderr, "\r\033[K");
    }
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Print() const {
    if (!show_) {
      return;
    }
    std::int64_t rows = 0;
    std::int64_t dead = 0;
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::size_t finished = 0;
    for (const auto& stream : runner_.streams()) {
      rows += stream->rows;
      dead += stream->dead_letters;
      done += stream->done;
      total += stream->total;
      const auto state = stream->state.load();
      finished +=
          state == runtime::StreamStatus::State::kFinished || state == runtime::StreamStatus::State::kWaiting
              ? 1
              : 0;
    }
    const std::string percent = total > 0 ? " (" + std::to_string(done * 100 / total) + " %)" : "";
    std::fprintf(stderr, "\r\033[K%zu of %zu streams read, %lld rows%s, %lld dead letters, %lld to transform",
                 finished, runner_.streams().size(), static_cast<long long>(rows), percent.c_str(),
                 static_cast<long long>(dead), static_cast<long long>(runner_.transform_lag()));
    std::fflush(stderr);
  }

 private:
  runtime::Runner& runner_;
  const bool show_;
};

// How many keys a compacted topic holds.
std::int64_t CountOf(bus::Bus& bus, const std::string& topic) {
  std::int64_t count = 0;
  const Status status = bus::ReadCompacted(bus, topic, [&](const bus::RecordView& record) {
    count += record.value ? 1 : 0;
    return Ok();
  });
  return status.ok() ? count : -1;
}

std::int64_t CountOfUnresolved(bus::Bus& bus, const bus::Topics& topics) {
  std::int64_t count = 0;
  const Status status = bus::ReadCompacted(bus, topics.Exceptions(), [&](const bus::RecordView& record) {
    v1::Exception exception;
    if (record.value &&
        exception.ParseFromArray(record.value->data(), static_cast<int>(record.value->size())) &&
        exception.state() != v1::Exception::RESOLVED) {
      ++count;
    }
    return Ok();
  });
  return status.ok() ? count : -1;
}

void PrintSummary(runtime::Runner& runner, const runtime::RunSummary& summary, double seconds) {
  std::printf("%-28s %10s %10s %12s\n", "STREAM", "ROWS", "EVENTS", "DEAD LETTERS");
  for (const auto& stream : runner.streams()) {
    std::printf("%-28s %10lld %10lld %12lld\n", stream->path.c_str(),
                static_cast<long long>(stream->rows.load()), static_cast<long long>(stream->events.load()),
                static_cast<long long>(stream->dead_letters.load()));
  }
  std::printf("\n");
  const bus::Topics& topics = runner.topics();
  for (const char* kind : {"customer", "quote", "order", "shipment", "invoice", "payment"}) {
    std::printf("%10lld unified %ss\n", static_cast<long long>(CountOf(runner.bus(), topics.Unified(kind))),
                kind);
  }
  std::printf("%10lld open exceptions\n", static_cast<long long>(CountOfUnresolved(runner.bus(), topics)));
  std::printf("%10lld records through the transforms, %.1f s\n", static_cast<long long>(summary.transformed),
              seconds);
}

void Run(Session& session, const RunArguments& arguments) {
  const auto options = OptionsOf(arguments);
  if (!options.ok()) {
    return session.Fail(options.error());
  }
  const auto project = session.Load();
  if (project == nullptr) {
    return;
  }
  const std::stop_token stop = StopOnSignal();
  const std::int64_t started = session.clock.MonotonicMicros();
  Metrics metrics;
  metrics.Get("crossbill_build_info", "The version that runs", {{"version", CROSSBILL_VERSION}}).Set(1);
  auto runner = runtime::Runner::Open(*project, session.clock, *session.log, metrics, *options);
  if (!runner.ok()) {
    return session.Fail(runner.error());
  }
  if ((*runner)->grpc_port() != 0) {
    std::fprintf(stderr, "gRPC on 127.0.0.1:%d, HTTP on http://127.0.0.1:%d\n", (*runner)->grpc_port(),
                 (*runner)->http_port());
  }
  Result<runtime::RunSummary> summary = [&] {
    const ProgressLine progress(**runner, arguments.quiet);
    return (*runner)->Run(stop, [&] { progress.Print(); });
  }();
  if (!summary.ok()) {
    return session.Fail(summary.error());
  }
  if (!arguments.quiet) {
    PrintSummary(**runner, *summary, static_cast<double>(session.clock.MonotonicMicros() - started) / 1e6);
  }
  for (const std::string& failed : summary->failed_streams) {
    std::fprintf(stderr, "failed: %s\n", failed.c_str());
    session.exit_code = 1;
  }
}

}  // namespace

void AddRun(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("run", "Read the sources, transform, serve");
  auto arguments = std::make_shared<RunArguments>();
  command->add_flag("--until-idle", arguments->until_idle,
                    "End when all sources are at their end and everything is transformed");
  command->add_option("--as-of", arguments->as_of,
                      "The date that ageing rules compare with: 2026-10-31 (default: today)");
  command->add_option("--roles", arguments->roles, "connectors, transforms, facade (default: all)")
      ->delimiter(',')
      ->check(CLI::IsMember({"connectors", "transforms", "facade"}));
  command
      ->add_option("--batch-rows", arguments->batch_rows,
                   "Rows read and mapped at a time; a transaction has at most ten times as many")
      ->check(CLI::Range(1, 1000000));
  command->add_flag("-q,--quiet", arguments->quiet, "No progress and no summary");
  command->callback([&session, arguments] { Run(session, *arguments); });
}

}  // namespace crossbill::app
