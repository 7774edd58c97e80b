// Records a second through the identity stage, on the embedded bus, of party events that are on it already:
// index, comparisons, clusters, state, events, commit. Steps of one record give the time for each; steps as
// `crossbill run` does them give the rate. Prints a line of JSON for each number of residents, with what it
// takes to explain a link.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "bench/identity/streaming/explain_links.h"
#include "bus/topic_specs.h"
#include "config/variables.h"
#include "connectors/all/all_connectors.h"
#include "runtime/project.h"
#include "runtime/runner.h"
#include "transforms/sdk/task.h"

namespace crossbill {
namespace {

constexpr std::size_t kStep = 4096;  // records of a step when the rate is measured
const Date kAsOf(20'757);            // 2026-10-31

struct Arguments {
  std::string project;
  std::vector<std::size_t> residents = {0};
  std::size_t measured = 20'000;
  std::size_t single = 2'000;
  std::size_t explained = 2'000;
};

class Stream {
 public:
  Stream(const Arguments& arguments, const runtime::ProjectConfig& project)
      : arguments_(arguments), project_(project) {}

  Status Run() {
    CROSSBILL_TRY(bus_, runtime::OpenBus(project_, false, clock_, *log_));
    CROSSBILL_RETURN_IF_ERROR(bus_->CreateTopics(bus::SpecsOf(topics_)));
    for (const transforms::Stage& stage : runtime::StagesOf(project_, topics_)) {
      if (stage.name == "identity") {
        stage_ = stage;
      }
    }
    for (const std::size_t residents : arguments_.residents) {
      CROSSBILL_RETURN_IF_ERROR(Take(residents - std::min(residents, taken_), kStep, nullptr));
      CROSSBILL_RETURN_IF_ERROR(Measure(residents));
    }
    return Ok();
  }

 private:
  // Microseconds of each step are added to `times`.
  Status Take(std::size_t records, std::size_t step, std::vector<std::int64_t>* times) {
    transforms::TaskOptions options;
    options.prefix = "bench";
    options.max_records = step;
    CROSSBILL_TRY(const auto task, transforms::Task::Open(*bus_, stage_, options));
    if (times != nullptr) {  // the first one makes the index
      const std::int64_t began = clock_.MonotonicMicros();
      CROSSBILL_TRY(const transforms::Task::Progress progress, task->Step(kAsOf, 1'000));
      taken_ += progress.records;
      first_ = progress.records;
      loaded_seconds_ = static_cast<double>(clock_.MonotonicMicros() - began) / 1e6;
    }
    for (std::size_t done = 0; done < records;) {
      const std::int64_t began = clock_.MonotonicMicros();
      CROSSBILL_TRY(const transforms::Task::Progress progress, task->Step(kAsOf, 1'000));
      if (progress.records == 0) {
        return Error(Code::kUsage, "there are not so many party events on the bus", std::to_string(taken_));
      }
      if (times != nullptr) {
        times->push_back(clock_.MonotonicMicros() - began);
      }
      done += progress.records;
      taken_ += progress.records;
    }
    return Ok();
  }

  Status Measure(std::size_t residents) {
    std::vector<std::int64_t> times, steps;
    CROSSBILL_RETURN_IF_ERROR(Take(arguments_.single, 1, &times));
    std::sort(times.begin(), times.end());
    const std::size_t before = taken_;
    CROSSBILL_RETURN_IF_ERROR(Take(arguments_.measured, kStep, &steps));
    const double seconds =
        static_cast<double>(std::accumulate(steps.begin(), steps.end(), std::int64_t{0})) / 1e6;
    const double rate = static_cast<double>(taken_ - before - first_) / seconds;
    CROSSBILL_TRY(const ExplainedLinks links,
                  ExplainLinks(*bus_, topics_, *project_.comparer(), clock_, arguments_.explained));
    std::printf(
        "%s\n",
        fmt::format("{{\"residents\": {}, \"load_seconds\": {:.2f}, \"records_per_second\": {:.0f}, "
                    "\"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"links\": {}, \"explained\": {}, "
                    "\"explain_p50_ms\": {:.3f}, \"explain_p99_ms\": {:.3f}}}",
                    residents, loaded_seconds_, rate, Millis(times, 0.5), Millis(times, 0.99), links.links,
                    links.explained, Millis(links.micros, 0.5), Millis(links.micros, 0.99))
            .c_str());
    std::fflush(stdout);
    return Ok();
  }

  // `micros` ascend.
  static double Millis(const std::vector<std::int64_t>& micros, double share) {
    const auto place = static_cast<std::size_t>(share * static_cast<double>(micros.size()));
    return micros.empty() ? 0 : static_cast<double>(micros[std::min(place, micros.size() - 1)]) / 1e3;
  }

  const Arguments& arguments_;
  const runtime::ProjectConfig& project_;
  const bus::Topics topics_ = runtime::TopicsOf(project_);
  SystemClock clock_;
  std::unique_ptr<Log> log_ = MakeNullLog();
  std::unique_ptr<bus::Bus> bus_;
  transforms::Stage stage_;
  std::size_t taken_ = 0;
  std::size_t first_ = 0;      // records of the step that made the index
  double loaded_seconds_ = 0;  // of that step
};

int Main(int argc, char** argv) {
  CLI::App program("Records a second through the identity stage", "identity_stream");
  Arguments arguments;
  program.add_option("--project", arguments.project, "A project whose party events are on its bus")
      ->required();
  program.add_option("--residents", arguments.residents, "Records that are there before each measurement");
  program.add_option("--measured", arguments.measured, "Records of each measurement of the rate");
  program.add_option("--single", arguments.single, "Steps of one record before it");
  program.add_option("--explained", arguments.explained, "Links that are explained anew after it");
  CLI11_PARSE(program, argc, argv);
  connectors::ConnectorRegistry registry;
  connectors::RegisterAll(registry);
  config::Problems problems;
  const auto environment = config::ProcessEnvironment();
  const auto project = runtime::ProjectConfig::Load(arguments.project, registry, *environment, problems);
  if (problems.HasErrors()) {
    std::fprintf(stderr, "%s", problems.ToString().c_str());
    return 1;
  }
  const Status status = Stream(arguments, *project).Run();
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.error().ToString().c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace crossbill

int main(int argc, char** argv) { return crossbill::Main(argc, argv); }
