#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "app/session.h"
#include "app/write_file.h"
#include "facade/decision_book.h"
#include "runtime/labelled_pairs.h"
#include "runtime/link_records.h"
#include "runtime/linkage_files.h"
#include "runtime/on_threads.h"
#include "runtime/runner.h"
#include "transforms/linkage/chart.h"
#include "transforms/linkage/parameters.h"

namespace crossbill::app {
namespace {

struct TrainArguments {
  std::string model;
  std::string out;
  std::string chart;
  std::uint64_t seed = 1;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

// `path` and, beside it, the frequencies.
Status WriteParametersFile(const std::string& path, const linkage::Model& model,
                           const linkage::Training& training) {
  const std::filesystem::path frequencies = std::filesystem::path(path).replace_extension(".frequencies.tsv");
  CROSSBILL_RETURN_IF_ERROR(WriteFile(frequencies, linkage::RenderFrequencies(model, training.weights)));
  return WriteFile(path, linkage::RenderParameters(model, training, frequencies.filename().string()));
}

// What stewards decided, where there is a bus yet.
Result<std::vector<v1::Decision>> DecisionsOf(Session& session, const runtime::ProjectConfig& project) {
  auto bus = session.OpenBus(project, true);
  if (!bus.ok()) {
    if (bus.error().code() == Code::kNothingYet) {
      return std::vector<v1::Decision>();
    }
    return std::move(bus).error();
  }
  facade::BusDecisionBook book(**bus, runtime::TopicsOf(project), session.clock);
  return book.All();
}

Status TrainIdentity(Session& session, const runtime::ProjectConfig& project,
                     const TrainArguments& arguments) {
  CROSSBILL_TRY(const linkage::Model model, runtime::ReadModel(arguments.model));
  CROSSBILL_TRY(runtime::RecordsRead read, runtime::ReadRecords(project, model, session.clock, *session.log));
  CROSSBILL_TRY(const std::vector<v1::Decision> decisions, DecisionsOf(session, project));
  const linkage::Blocks blocks(model, read.records);
  const linkage::Training training =
      linkage::Train(model, read.records, blocks,
                     {.seed = arguments.seed,
                      .for_each_part = runtime::OnThreads(arguments.threads),
                      .labelled = runtime::LabelledPairs(decisions, read.records)});
  if (!arguments.chart.empty()) {
    const std::string title = "What agreement weighs: " + arguments.model;
    CROSSBILL_RETURN_IF_ERROR(WriteFile(arguments.chart, linkage::RenderChart(model, training, title)));
  }
  if (arguments.out.empty()) {
    std::printf("%s", linkage::RenderParameters(model, training, "").c_str());
    return Ok();
  }
  return WriteParametersFile(arguments.out, model, training);
}

}  // namespace

void AddTrain(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "train", "Learn from the sources, and from decisions where there are any, what agreement weighs");
  command->require_subcommand(1);
  auto* identity = command->add_subcommand("identity", "For finding records that are the same")
                       ->fallthrough();  // -C stands with `train`
  auto arguments = std::make_shared<TrainArguments>();
  identity
      ->add_option("--model", arguments->model,
                   "person, organisation, payment, or the file of a model of your own")
      ->required();
  identity->add_option(
      "--out", arguments->out,
      "Write parameters to this file, and frequencies beside it (default: print the parameters)");
  identity->add_option("--chart", arguments->chart, "Write what was learnt as a picture, SVG, to this file");
  identity->add_option("--seed", arguments->seed, "Of the random pairs (default: 1)");
  identity->add_option("--threads", arguments->threads, "Default: the number of cores")
      ->check(CLI::Range(1, 256));
  identity->callback([&session, arguments] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = TrainIdentity(session, *project, *arguments); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
