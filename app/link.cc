#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <thread>

#include "app/session.h"
#include "runtime/join_records.h"
#include "runtime/link_records.h"
#include "runtime/linkage_files.h"
#include "runtime/on_threads.h"
#include "transforms/linkage/parameters.h"

namespace crossbill::app {
namespace {

struct LinkArguments {
  std::string model;
  std::string parameters;
  std::string pairs;
  std::string clusters;
  std::string related;
  std::string stats;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

// "1.25" of hundredths.
std::string Bits(int hundredths) { return fmt::format("{:.2f}", hundredths / 100.0); }

std::string Quoted(const std::string& text) {
  if (text.find_first_of("\",\n\r") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + '"';
}

class LinkRun {
 public:
  LinkRun(Session& session, const runtime::ProjectConfig& project, const LinkArguments& arguments)
      : session_(session), project_(project), arguments_(arguments) {}

  Status Run() {
    CROSSBILL_TRY(const linkage::Model model, runtime::ReadModel(arguments_.model));
    CROSSBILL_TRY(runtime::RecordsRead read,
                  runtime::ReadRecords(project_, model, session_.clock, *session_.log));
    Took("read");
    linkage::Records& records = read.records;
    const linkage::Blocks blocks(model, records);
    Took("block");
    CROSSBILL_TRY(const linkage::Weights weights, WeightsOf(model, records, blocks));
    Took("train");
    const int least = std::min(model.clusters.review, model.clusters.missing);
    const runtime::WeighedPairs weighed =
        runtime::WeighPairs(model, weights, records, blocks, least, arguments_.threads);
    Took("weigh");
    CROSSBILL_TRY(const runtime::JoinedRecords joined,
                  runtime::JoinRecords(model, weights, records, weighed.edges));
    Took("cluster");
    CROSSBILL_RETURN_IF_ERROR(WritePairs(model, records, weighed, joined));
    CROSSBILL_RETURN_IF_ERROR(WriteClusters(records, joined.clusters));
    CROSSBILL_RETURN_IF_ERROR(WriteRelated(model, records, weighed));
    Took("write");
    return WriteStats(model, read, weighed, joined);
  }

 private:
  void Took(const std::string& stage) {
    const std::int64_t now = session_.clock.MonotonicMicros();
    stages_.emplace_back(stage, static_cast<double>(now - since_) / 1e6);
    since_ = now;
  }

  // Those of the parameters' file; without one they are learnt from the records themselves.
  Result<linkage::Weights> WeightsOf(const linkage::Model& model, linkage::Records& records,
                                     const linkage::Blocks& blocks) const {
    if (!arguments_.parameters.empty()) {
      CROSSBILL_TRY(linkage::Weights weights,
                    runtime::ReadParametersFile(arguments_.parameters, arguments_.model, model));
      weights.SetRecords(records.size());
      linkage::ApplyFrequencies(model, weights, records);
      return weights;
    }
    linkage::Training training =
        linkage::Train(model, records, blocks, {.for_each_part = runtime::OnThreads(arguments_.threads)});
    std::fprintf(stderr, "%s", linkage::RenderParameters(model, training, "").c_str());
    return std::move(training.weights);
  }

  // Of a model with `one_to_one` also each match's margin, and whether it books itself.
  Status WritePairs(const linkage::Model& model, const linkage::Records& records,
                    const runtime::WeighedPairs& weighed, const runtime::JoinedRecords& joined) const {
    if (arguments_.pairs.empty()) {
      return Ok();
    }
    std::map<std::pair<std::uint32_t, std::uint32_t>, const linkage::Match*> matches;
    for (const linkage::Match& match : joined.matches) {
      matches.emplace(std::minmax(match.left, match.right), &match);
    }
    std::ofstream out(arguments_.pairs);
    out << (model.clusters.one_to_one ? "left,right,bits,margin,match\n" : "left,right,bits\n");
    for (const linkage::Edge& edge : weighed.edges) {
      out << Quoted(records.key(edge.left)) << ',' << Quoted(records.key(edge.right)) << ','
          << Bits(edge.weight);
      if (model.clusters.one_to_one) {
        const auto match = matches.find(std::minmax(edge.left, edge.right));
        out << (match == matches.end() ? ",," : MarginOf(model, *match->second));
      }
      out << '\n';
    }
    return Written(out, arguments_.pairs);
  }

  static std::string MarginOf(const linkage::Model& model, const linkage::Match& match) {
    return "," + Bits(match.margin) + (runtime::IsAutomatic(model, match) ? ",automatic" : ",question");
  }

  Status WriteClusters(const linkage::Records& records, const std::vector<std::uint32_t>& clusters) const {
    if (arguments_.clusters.empty()) {
      return Ok();
    }
    std::ofstream out(arguments_.clusters);
    out << "record,cluster\n";
    for (std::uint32_t i = 0; i < clusters.size(); ++i) {
      out << Quoted(records.key(i)) << ',' << Quoted(records.key(clusters[i])) << '\n';
    }
    return Written(out, arguments_.clusters);
  }

  Status WriteRelated(const linkage::Model& model, const linkage::Records& records,
                      const runtime::WeighedPairs& weighed) const {
    if (arguments_.related.empty()) {
      return Ok();
    }
    std::ofstream out(arguments_.related);
    out << "left,right,relation\n";
    for (const runtime::RelatedPair& pair : weighed.related) {
      out << Quoted(records.key(pair.left)) << ',' << Quoted(records.key(pair.right)) << ','
          << model.relations[static_cast<std::size_t>(pair.relation)].name << '\n';
    }
    return Written(out, arguments_.related);
  }

  Status WriteStats(const linkage::Model& model, const runtime::RecordsRead& read,
                    const runtime::WeighedPairs& weighed, const runtime::JoinedRecords& joined) const {
    std::string stages, matches;
    for (const auto& [stage, seconds] : stages_) {
      stages += fmt::format("{}\"{}\": {:.3f}", stages.empty() ? "" : ", ", stage, seconds);
    }
    if (model.clusters.one_to_one) {
      const auto automatic =
          std::count_if(joined.matches.begin(), joined.matches.end(),
                        [&](const linkage::Match& match) { return runtime::IsAutomatic(model, match); });
      matches =
          fmt::format("\"threshold\": {}, \"margin\": {}, \"matches\": {}, \"automatic\": {}, ",
                      Bits(joined.link), model.clusters.automatic ? Bits(*model.clusters.automatic) : "null",
                      joined.matches.size(), automatic);
    }
    const std::string json = fmt::format(
        "{{\"records\": {}, \"rows\": {}, \"rejected\": {}, \"pairs\": {}, \"edges\": {}, {}\"seconds\": "
        "{{{}}}}}\n",
        read.records.size(), read.rows, read.rejected, weighed.pairs, weighed.edges.size(), matches, stages);
    std::fprintf(stderr, "%s", json.c_str());
    if (arguments_.stats.empty()) {
      return Ok();
    }
    std::ofstream out(arguments_.stats);
    out << json;
    return Written(out, arguments_.stats);
  }

  static Status Written(std::ofstream& out, const std::string& path) {
    return out.flush() ? Ok() : Status(Error(Code::kIo, "cannot be written", path));
  }

  Session& session_;
  const runtime::ProjectConfig& project_;
  const LinkArguments& arguments_;
  std::int64_t since_ = session_.clock.MonotonicMicros();
  std::vector<std::pair<std::string, double>> stages_;
};

}  // namespace

void AddLink(CLI::App& program, Session& session) {
  auto* command =
      program.add_subcommand("link", "Find the records of all sources that are the same; publishes nothing");
  auto arguments = std::make_shared<LinkArguments>();
  command
      ->add_option("--model", arguments->model,
                   "person, organisation, payment, or the file of a model of your own")
      ->required();
  command->add_option("--parameters", arguments->parameters,
                      "What the model has learnt: a file of `train`, or \"packaged\" (default: learn it from "
                      "these records)");
  command->add_option("--pairs", arguments->pairs, "Write pairs and their weight to this CSV file");
  command->add_option("--clusters", arguments->clusters, "Write each record's cluster to this CSV file");
  command->add_option("--related", arguments->related,
                      "Write pairs that a relation of the model explains better to this CSV file");
  command->add_option("--stats", arguments->stats, "Write counts and seconds to this JSON file");
  command->add_option("--threads", arguments->threads, "For weighing pairs (default: the number of cores)")
      ->check(CLI::Range(1, 256));
  command->callback([&session, arguments] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = LinkRun(session, *project, *arguments).Run(); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
