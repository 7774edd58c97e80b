#include "runtime/link_records.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connectors/mapping/kinds.h"
#include "connectors/mapping/mapper.h"
#include "runtime/on_threads.h"
#include "transforms/linkage/scorer.h"

namespace crossbill::runtime {
namespace {

constexpr std::size_t kBatchRows = 5000;
constexpr std::size_t kBlocksOfPart = 4096;  // weighed by one thread at a time

class RecordReader {
 public:
  RecordReader(const ProjectConfig& project, const linkage::Model& model, const Clock& clock, Log& log)
      : project_(project),
        model_(model),
        clock_(clock),
        log_(log),
        message_(google::protobuf::MessageFactory::generated_factory()
                     ->GetPrototype(mapping::DescriptorOfKind(model.record))
                     ->New()),
        read_{linkage::Records(model)} {}

  Status ReadStream(const ConnectorConfig& connector, const StreamConfig& stream) {
    const auto& publications = stream.mapper.publications;
    if (std::none_of(publications.begin(), publications.end(),
                     [&](const auto& publication) { return publication.kind == model_.record; })) {
      return Ok();
    }
    ++streams_;
    CROSSBILL_TRY(const auto source, OpenSource(project_, connector, stream, clock_, log_));
    CROSSBILL_RETURN_IF_ERROR(source->Open(""));
    config::Problems problems;
    const auto mapper = mapping::Mapper::Compile(stream.mapper, &source->schema(), &source->children(),
                                                 source->dynamic(), problems);
    if (mapper == nullptr) {
      return Error(Code::kMapSyntax, "the mapping does not fit the columns:\n" + problems.ToString(),
                   stream.Path());
    }
    for (bool at_end = false; !at_end;) {
      CROSSBILL_TRY(const connectors::RowBatch batch, source->Read(kBatchRows));
      read_.rejected += static_cast<std::int64_t>(batch.bad_rows.size());
      for (const connectors::Row& row : batch.rows) {
        AddRow(stream, mapper->Map(row));
      }
      at_end = batch.at_end;
    }
    return Ok();
  }

  Result<RecordsRead> Take() {
    if (streams_ == 0) {
      return Error(Code::kNotFound,
                   "no stream has `publish: " + model_.record + "`, which the model compares",
                   project_.directory());
    }
    AddRecords();
    return std::move(read_);
  }

 private:
  void AddRow(const StreamConfig& stream, const mapping::MapResult& mapped) {
    ++read_.rows;
    read_.rejected += static_cast<std::int64_t>(mapped.rejections.size());
    for (const mapping::MappedEvent& event : mapped.events) {
      const auto& publication = stream.mapper.publications[static_cast<std::size_t>(event.publication)];
      if (publication.kind != model_.record) {
        continue;
      }
      std::string key = stream.system + "/" + publication.name + "/" + std::string(event.key);
      const auto [known, is_new] = numbers_.emplace(std::move(key), newest_.size());
      if (is_new) {
        newest_.push_back({&known->first, &stream.system, std::string(event.bytes)});
      } else {
        newest_[known->second].bytes.assign(event.bytes);
      }
    }
  }

  // What was read, in the order in which its keys came.
  void AddRecords() {
    for (Newest& newest : newest_) {
      message_->Clear();
      if (message_->ParseFromString(newest.bytes)) {
        read_.records.Add(model_, *message_, *newest.key, *newest.system);
      }
      newest.bytes = std::string();
    }
  }

  // The newest row of a key: full extracts have each of them again.
  struct Newest {
    const std::string* key;
    const std::string* system;
    std::string bytes;
  };

  const ProjectConfig& project_;
  const linkage::Model& model_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<google::protobuf::Message> message_;
  std::vector<Newest> newest_;
  std::unordered_map<std::string, std::size_t> numbers_;  // of keys in newest_
  RecordsRead read_;
  int streams_ = 0;  // that publish the model's kind of record
};

// Blocks that one thread weighs at a time, and what came of them.
struct Part {
  std::size_t rule = 0;
  std::size_t first = 0;
  std::size_t last = 0;
  WeighedPairs weighed;
};

void Weigh(const linkage::Scorer& scorer, const linkage::Weights& weights, const linkage::Records& records,
           linkage::RecordNumber a, linkage::RecordNumber b, int least, WeighedPairs& weighed) {
  if (!scorer.MayWeigh(records.outline(a), records.outline(b), least)) {
    return;
  }
  const auto evidence = scorer.Weigh(records[a], records[b], least);
  if (!evidence) {
    return;  // a relation only takes off
  }
  if (evidence->Score() >= least) {
    weighed.edges.push_back({a, b, evidence->Score()});
  }
  if (evidence->kind != linkage::kNoRelation && !weights.same[static_cast<std::size_t>(evidence->kind)]) {
    weighed.related.push_back({a, b, evidence->kind});
  }
}

std::vector<Part> PartsOf(const linkage::Blocks& blocks) {
  std::vector<Part> parts;
  for (std::size_t rule = 0; rule < blocks.rules(); ++rule) {
    for (std::size_t first = 0; first < blocks.blocks(rule); first += kBlocksOfPart) {
      parts.push_back({rule, first, std::min(first + kBlocksOfPart, blocks.blocks(rule)), {}});
    }
  }
  return parts;
}

}  // namespace

Result<RecordsRead> ReadRecords(const ProjectConfig& project, const linkage::Model& model, const Clock& clock,
                                Log& log) {
  RecordReader reader(project, model, clock, log);
  for (const auto& connector : project.connectors()) {
    for (const auto& stream : connector->streams) {
      CROSSBILL_RETURN_IF_ERROR(reader.ReadStream(*connector, *stream));
    }
  }
  return reader.Take();
}

WeighedPairs WeighPairs(const linkage::Model& model, const linkage::Weights& weights,
                        linkage::Records& records, const linkage::Blocks& blocks, int least,
                        unsigned threads) {
  records.MakeOutlines();
  std::vector<Part> parts = PartsOf(blocks);
  const linkage::Scorer scorer(model, weights);
  const auto weigh = [&](std::size_t i) {
    Part& part = parts[i];
    blocks.VisitPairs(part.rule, part.first, part.last,
                      [&](linkage::RecordNumber a, linkage::RecordNumber b) {
                        if (model.clusters.one_per_system && records.system(a) == records.system(b)) {
                          return;
                        }
                        ++part.weighed.pairs;
                        Weigh(scorer, weights, records, a, b, least, part.weighed);
                      });
  };
  OnThreads(threads)(parts.size(), weigh);
  WeighedPairs all;
  for (Part& part : parts) {
    all.pairs += part.weighed.pairs;
    all.edges.insert(all.edges.end(), part.weighed.edges.begin(), part.weighed.edges.end());
    all.related.insert(all.related.end(), part.weighed.related.begin(), part.weighed.related.end());
  }
  return all;
}

}  // namespace crossbill::runtime
