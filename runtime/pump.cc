#include "runtime/pump.h"

#include <chrono>
#include <optional>

#include "bus/progress.h"
#include "connectors/sdk/seen_set.h"
#include "crossbill/config/v1/connector.pb.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "runtime/ahead.h"
#include "runtime/event_writer.h"
#include "runtime/mapped_batch.h"
#include "runtime/position.h"
#include "runtime/row_shape.h"

namespace crossbill::runtime {
namespace {

using connectors::BadRow;
using connectors::Row;
using connectors::RowBatch;
using connectors::SeenSet;

constexpr std::size_t kMappedAhead = 2;  // batches: enough for most of the time of a commit

std::string ProducerId(const bus::Topics& topics, const StreamConfig& stream) {
  return topics.prefix() + ".connector." + stream.Path();
}

class PumpImpl final : public Pump {
 public:
  PumpImpl(const bus::Topics& topics, const StreamConfig& stream, ErasureDoor& door, const Clock& clock,
           const PumpOptions& options)
      : topics_(topics),
        stream_(stream),
        door_(door),
        clock_(clock),
        options_(options),
        writer_(topics, stream.mapper) {}

  Status Start(bus::Bus& bus, const ProjectConfig& project, const ConnectorConfig& connector, Log& log);
  Result<PumpProgress> Step() override;
  Status SayReadUp() override;

 private:
  Result<MappedBatch> ReadAndMap();
  Result<MappedBatch> NextBatch();
  std::optional<MappedBatch> NextBatchBefore(std::int64_t end_micros);
  static void Count(const RowBatch& batch, PumpProgress& progress);
  void StartAhead();
  Status Publish(const MappedBatch& batch, PumpProgress& progress);
  Status PublishEvent(const mapping::MappedEvent& event, const Row& row, PumpProgress& progress);
  Status Reject(const Row& row, const mapping::Rejection& rejection, PumpProgress& progress);
  Status RejectUnread(const BadRow& bad, PumpProgress& progress);
  Status Bury(v1::DeadLetter& letter, const Error& error, std::string_view class_name,
              PumpProgress& progress);
  Status CommitPosition(const std::string& next);

  const bus::Topics& topics_;
  const StreamConfig& stream_;
  ErasureDoor& door_;
  const Clock& clock_;
  const PumpOptions options_;
  std::string configuration_;  // hash of the connector's file, for dead letters
  std::string reader_;         // "crossbill.connector.csv", likewise
  v1::RowShape shape_;         // of the source's rows, likewise
  EventWriter writer_;
  std::unique_ptr<bus::Producer> producer_;
  std::unique_ptr<connectors::Source> source_;
  std::unique_ptr<mapping::Mapper> mapper_;
  std::vector<std::unique_ptr<SeenSet>> seen_;  // one a publication; nullptr where every row is new
  std::unique_ptr<SeenSet> buried_;  // dead letters by place, so that a re-read does not repeat them
  StreamPosition position_;
  std::optional<Error> failed_;  // of the batch after the last one that was committed
  std::string version_;          // reused
  // Last: their threads use the others. The source belongs to the first one's thread, the mapper to the
  // second's, which takes its batches from the first.
  std::unique_ptr<Ahead<RowBatch>> read_ahead_;
  std::unique_ptr<Ahead<MappedBatch>> mapped_ahead_;
};

Status PumpImpl::Start(bus::Bus& bus, const ProjectConfig& project, const ConnectorConfig& connector,
                       Log& log) {
  // First the producer: it fences whoever had the stream, so that the position read next is the last.
  CROSSBILL_TRY(producer_, bus.OpenProducer(ProducerId(topics_, stream_)));
  CROSSBILL_TRY(const std::string committed, LastPosition(bus, topics_, stream_.Path()));
  if (!committed.empty()) {
    CROSSBILL_TRY(position_, ParsePosition(committed));
  }
  CROSSBILL_TRY(source_, OpenSource(project, connector, stream_, clock_, log));
  CROSSBILL_RETURN_IF_ERROR(source_->Open(position_.position));
  config::Problems problems;
  mapper_ = mapping::Mapper::Compile(stream_.mapper, &source_->schema(), &source_->children(),
                                     source_->dynamic(), problems);
  if (mapper_ == nullptr) {
    const Code code = problems.list().empty() ? Code::kMapSyntax : problems.list().front().code;
    return Error(code,
                 "the mapping of " + stream_.Path() + " does not fit its columns:\n" + problems.ToString());
  }
  configuration_ = connector.hash;
  reader_ = "crossbill.connector." + std::string(connector.connector->kind());
  shape_ = ShapeOf(*source_);
  CROSSBILL_TRY(bus::StateStore * store, producer_->OpenState("connector." + stream_.Path()));
  for (std::size_t i = 0; i < stream_.mapper.publications.size(); ++i) {
    // An `also:` publication repeats itself with every row it stands in: only its changes are events.
    const bool diff = source_->needs_diff() || i > 0;
    seen_.push_back(diff ? std::make_unique<SeenSet>(store, "seen/" + std::to_string(i) + "/") : nullptr);
    if (diff) {
      CROSSBILL_RETURN_IF_ERROR(seen_.back()->Load());
    }
  }
  buried_ = std::make_unique<SeenSet>(store, "buried/");
  CROSSBILL_RETURN_IF_ERROR(buried_->Load());
  if (options_.ahead) {
    StartAhead();
  }
  return Ok();
}

void PumpImpl::StartAhead() {
  read_ahead_ = std::make_unique<Ahead<RowBatch>>([this] { return source_->Read(options_.batch_rows); },
                                                  [](const RowBatch& batch) { return batch.at_end; });
  mapped_ahead_ = std::make_unique<Ahead<MappedBatch>>(
      [this] { return ReadAndMap(); }, [](const MappedBatch& batch) { return batch.rows().at_end; },
      kMappedAhead);
}

Result<MappedBatch> PumpImpl::ReadAndMap() {
  CROSSBILL_TRY(RowBatch rows, read_ahead_ ? read_ahead_->Next() : source_->Read(options_.batch_rows));
  return MappedBatch(*mapper_, std::move(rows));
}

Result<PumpProgress> PumpImpl::Step() {
  CROSSBILL_TRY(const MappedBatch first, NextBatch());
  PumpProgress progress;
  Count(first.rows(), progress);
  if (first.rows().rows.empty() && first.rows().bad_rows.empty() && first.rows().next == position_.position) {
    return progress;
  }
  CROSSBILL_TRY(const ErasureDoor::Pass pass, door_.Enter());  // until the commit
  writer_.Use(*pass.erasures);
  CROSSBILL_RETURN_IF_ERROR(producer_->Begin());
  CROSSBILL_RETURN_IF_ERROR(Publish(first, progress));
  std::string next = first.rows().next;
  const std::int64_t end = clock_.MonotonicMicros() + options_.transaction_ms * 1000;
  while (!progress.at_end &&
         static_cast<std::size_t>(progress.rows) + options_.batch_rows <= options_.transaction_rows) {
    const auto more = NextBatchBefore(end);
    if (!more) {
      break;
    }
    Count(more->rows(), progress);
    CROSSBILL_RETURN_IF_ERROR(Publish(*more, progress));
    next = more->rows().next;
  }
  CROSSBILL_RETURN_IF_ERROR(CommitPosition(next));
  return progress;
}

Result<MappedBatch> PumpImpl::NextBatch() {
  if (failed_) {
    return *failed_;
  }
  return mapped_ahead_ ? mapped_ahead_->Next() : ReadAndMap();
}

// Nothing when none came in time, or the source failed: what came before is committed first.
std::optional<MappedBatch> PumpImpl::NextBatchBefore(std::int64_t end_micros) {
  const std::int64_t left_ms = (end_micros - clock_.MonotonicMicros()) / 1000;
  if (!mapped_ahead_ || left_ms <= 0) {
    return std::nullopt;
  }
  auto next = mapped_ahead_->NextWithin(std::chrono::milliseconds(left_ms));
  if (!next) {
    return std::nullopt;
  }
  if (!next->ok()) {
    failed_ = next->error();
    return std::nullopt;
  }
  return std::move(*next).value();
}

void PumpImpl::Count(const RowBatch& batch, PumpProgress& progress) {
  progress.at_end = batch.at_end;
  progress.retry_ms = batch.retry_ms;
  progress.done = batch.done;
  progress.total = batch.total;
  progress.rows += static_cast<std::int64_t>(batch.rows.size());
}

Status PumpImpl::SayReadUp() {
  CROSSBILL_RETURN_IF_ERROR(producer_->Begin());
  CROSSBILL_RETURN_IF_ERROR(
      bus::SendProgress(*producer_, topics_.Progress(), stream_.Path(), {clock_.Now().ToString(), false}));
  return producer_->Commit();
}

Status PumpImpl::Publish(const MappedBatch& batch, PumpProgress& progress) {
  writer_.SetTime(clock_.Now());
  CROSSBILL_RETURN_IF_ERROR(batch.Visit(
      {[&](const Row& row, const mapping::MappedEvent& event) { return PublishEvent(event, row, progress); },
       [&](const Row& row, const mapping::Rejection& rejection) {
         return Reject(row, rejection, progress);
       }}));
  for (const BadRow& bad : batch.rows().bad_rows) {
    CROSSBILL_RETURN_IF_ERROR(RejectUnread(bad, progress));
  }
  return Ok();
}

Status PumpImpl::PublishEvent(const mapping::MappedEvent& event, const Row& row, PumpProgress& progress) {
  version_.assign(row.version);
  const transforms::Treatment treatment = writer_.TreatmentOf(event);
  if (treatment.kind == transforms::Treatment::Kind::kDrop) {
    return Ok();
  }
  if (SeenSet* seen = seen_[static_cast<std::size_t>(event.publication)].get()) {
    CROSSBILL_TRY(const SeenSet::Change change,
                  seen->Note(Hash128Of(event.key), HashOf(event.bytes, treatment.seed)));
    if (!change.changed) {
      return Ok();
    }
    version_.assign("#").append(std::to_string(change.generation));
  }
  ++progress.events;
  return writer_.Event(*producer_, event, version_, ++position_.sequence);
}

Status PumpImpl::Reject(const Row& row, const mapping::Rejection& rejection, PumpProgress& progress) {
  const mapping::PublicationSpec& publication =
      stream_.mapper.publications[static_cast<std::size_t>(rejection.publication)];
  v1::DeadLetter letter;
  KeepRow(*source_, shape_, row, letter);
  letter.set_stream(publication.name);
  letter.set_kind(publication.kind);
  letter.set_key(rejection.key);
  letter.set_field(rejection.field);
  letter.set_configured_at(rejection.configured_at);
  letter.set_stage("map");
  return Bury(letter, rejection.error, "crossbill.mapping", progress);
}

Status PumpImpl::RejectUnread(const BadRow& bad, PumpProgress& progress) {
  v1::DeadLetter letter;
  letter.set_stream(bad.stream.empty() ? stream_.records_as : bad.stream);
  letter.set_file(bad.file);
  letter.set_line(bad.line);
  letter.set_record(bad.record);
  letter.set_byte_offset(std::max<std::int64_t>(bad.byte_offset, 0));
  letter.set_key(bad.key);
  bus::SetRaw(letter, bad.raw);
  letter.set_stage("read");
  return Bury(letter, bad.error, reader_, progress);
}

Status PumpImpl::Bury(v1::DeadLetter& letter, const Error& error, std::string_view class_name,
                      PumpProgress& progress) {
  letter.set_system(stream_.system);
  letter.set_read_by(stream_.Path());
  letter.set_code(std::string(InfoOf(error.code()).id));
  letter.set_why(error.message());
  letter.set_configuration(configuration_);
  letter.set_attempt(1);
  const std::string place = bus::PlaceOf(letter);
  if (options_.stop_at_bad_row) {
    return Error(error.code(), error.message() + " (errors.tolerance is `none`: the stream stops here)",
                 place);
  }
  CROSSBILL_TRY(const SeenSet::Change change,
                buried_->Note(Hash128Of(place), HashOf(letter.raw(), HashOf(letter.why()))));
  if (!change.changed) {
    return Ok();
  }
  ++progress.dead_letters;
  // A number as for an event: what is made of the row later is older than what was read after it.
  letter.set_sequence(++position_.sequence);
  return writer_.DeadLetter(*producer_, letter, {letter.read_by(), "0", class_name});
}

Status PumpImpl::CommitPosition(const std::string& next) {
  position_.position = next;
  const std::string json = ToJson(position_);
  bus::RecordView record;
  const std::string key = stream_.Path();
  record.key = key;
  record.value = json;
  record.timestamp_ms = clock_.Now().millis();
  CROSSBILL_RETURN_IF_ERROR(producer_->Send(topics_.Positions(), 0, record));
  for (const auto& seen : seen_) {
    if (seen != nullptr) {
      CROSSBILL_RETURN_IF_ERROR(seen->Flush());
    }
  }
  CROSSBILL_RETURN_IF_ERROR(buried_->Flush());
  return producer_->Commit();
}

}  // namespace

Result<std::unique_ptr<Pump>> Pump::Open(bus::Bus& bus, const bus::Topics& topics,
                                         const ProjectConfig& project, const ConnectorConfig& connector,
                                         const StreamConfig& stream, ErasureDoor& door, const Clock& clock,
                                         Log& log, const PumpOptions& options) {
  auto pump = std::make_unique<PumpImpl>(topics, stream, door, clock, options);
  CROSSBILL_RETURN_IF_ERROR(pump->Start(bus, project, connector, log));
  return std::unique_ptr<Pump>(std::move(pump));
}

Result<std::string> LastPosition(bus::Bus& bus, const bus::Topics& topics, std::string_view stream_path) {
  CROSSBILL_RETURN_IF_ERROR(bus.WaitForOpenTransactions({topics.Positions(), 0}));
  return CommittedPosition(bus, topics, stream_path);
}

Result<std::string> CommittedPosition(bus::Bus& bus, const bus::Topics& topics,
                                      std::string_view stream_path) {
  std::string found;
  CROSSBILL_RETURN_IF_ERROR(bus::ReadCompacted(bus, topics.Positions(), [&](const bus::RecordView& record) {
    if (record.key == stream_path && record.value) {
      found.assign(*record.value);
    }
    return Ok();
  }));
  return found;
}

Status ResetPosition(bus::Bus& bus, const bus::Topics& topics, std::string_view stream_path) {
  CROSSBILL_TRY(const std::string committed, LastPosition(bus, topics, stream_path));
  if (committed.empty()) {
    return Error(Code::kNotFound, "the stream has no position", std::string(stream_path));
  }
  CROSSBILL_TRY(StreamPosition position, ParsePosition(committed));
  position.position.clear();  // the numbers of events go on: what is read again is newer than what was
  const std::string json = ToJson(position);
  CROSSBILL_TRY(auto producer, bus.OpenProducer(topics.prefix() + ".connector." + std::string(stream_path)));
  CROSSBILL_RETURN_IF_ERROR(producer->Begin());
  CROSSBILL_RETURN_IF_ERROR(producer->Send(topics.Positions(), 0, {stream_path, json, {}, 0}));
  return producer->Commit();
}

}  // namespace crossbill::runtime
