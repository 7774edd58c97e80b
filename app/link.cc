#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <thread>

#include "app/session.h"
#include "runtime/link_records.h"
#include "runtime/linkage_files.h"
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
    const std::vector<std::uint32_t> clusters = ClustersOf(model, records, weighed);
    Took("cluster");
    CROSSBILL_RETURN_IF_ERROR(WritePairs(records, weighed));
    CROSSBILL_RETURN_IF_ERROR(WriteClusters(records, clusters));
    CROSSBILL_RETURN_IF_ERROR(WriteRelated(model, records, weighed));
    Took("write");
    return WriteStats(read, weighed);
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

  // Ties between clusters go by the records' keys, so that the order in which sources are read says nothing.
  static std::vector<std::uint32_t> ClustersOf(const linkage::Model& model, const linkage::Records& records,
                                               const runtime::WeighedPairs& weighed) {
    std::vector<std::uint32_t> by_key(records.size()), rank(records.size());
    std::vector<std::vector<linkage::Anchor>> anchors;
    std::iota(by_key.begin(), by_key.end(), 0);
    std::sort(by_key.begin(), by_key.end(), [&](auto a, auto b) { return records.key(a) < records.key(b); });
    std::vector<std::uint32_t> systems;
    for (std::uint32_t i = 0; i < by_key.size(); ++i) {
      rank[by_key[i]] = i;
      if (!model.clusters.forbid.empty()) {
        anchors.push_back(linkage::AnchorsOf(model, records[by_key[i]]));
      }
      if (model.clusters.one_per_system) {
        systems.push_back(records.system(by_key[i]));
      }
    }
    std::vector<linkage::Edge> edges = weighed.edges;
    for (linkage::Edge& edge : edges) {
      edge.left = rank[edge.left];
      edge.right = rank[edge.right];
    }
    const std::vector<std::uint32_t> firsts = linkage::Cluster(records.size(), edges, {systems, anchors},
                                                               {model.clusters.link, model.clusters.missing})
                                                  .firsts;
    std::vector<std::uint32_t> clusters(records.size());
    for (std::uint32_t i = 0; i < firsts.size(); ++i) {
      clusters[by_key[i]] = by_key[firsts[i]];
    }
    return clusters;
  }

  Status WritePairs(const linkage::Records& records, const runtime::WeighedPairs& weighed) const {
    if (arguments_.pairs.empty()) {
      return Ok();
    }
    std::ofstream out(arguments_.pairs);
    out << "left,right,bits\n";
    for (const linkage::Edge& edge : weighed.edges) {
      out << Quoted(records.key(edge.left)) << ',' << Quoted(records.key(edge.right)) << ','
          << Bits(edge.weight) << '\n';
    }
    return Written(out, arguments_.pairs);
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

  Status WriteStats(const runtime::RecordsRead& read, const runtime::WeighedPairs& weighed) const {
    std::string stages;
    for (const auto& [stage, seconds] : stages_) {
      stages += fmt::format("{}\"{}\": {:.3f}", stages.empty() ? "" : ", ", stage, seconds);
    }
    const std::string json = fmt::format(
        "{{\"records\": {}, \"rows\": {}, \"rejected\": {}, \"pairs\": {}, \"edges\": {}, \"seconds\": "
        "{{{}}}}}\n",
        read.records.size(), read.rows, read.rejected, weighed.pairs, weighed.edges.size(), stages);
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
  command->add_option("--model", arguments->model, "person, organisation, or the file of a model of your own")
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
