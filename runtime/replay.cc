#include "runtime/replay.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "bus/dead_letter.h"
#include "bus/topic_specs.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/event_writer.h"

namespace crossbill::runtime {
namespace {

using Outcome = ReplayResult::Outcome;

constexpr std::size_t kLettersACommit = 100;
constexpr std::int64_t kOldMicros = 5'000'000;      // of a transaction
constexpr std::size_t kMaxUnreadBytes = 64u << 20;  // of letters that wait for their files to be read

// What a report says of a letter; not its bytes.
Letter Outline(const Letter& letter) {
  Letter outline;
  outline.id = letter.id;
  outline.place = letter.place;
  outline.state = letter.state;
  outline.message.set_code(letter.message.code());
  outline.message.set_why(letter.message.why());
  outline.message.set_attempt(letter.attempt());
  return outline;
}

// The marks of one command, with what goes with them, in transactions of bounded size.
class Marking {
 public:
  Marking(const bus::Topics& topics, const Clock& clock, bool dry_run,
          const std::function<void(const ReplayResult&)>& report)
      : topics_(topics), clock_(clock), dry_run_(dry_run), report_(report) {}

  Status Start(bus::Bus& bus) {
    if (dry_run_) {
      return Ok();
    }
    CROSSBILL_RETURN_IF_ERROR(bus.CreateTopics(bus::SpecsOf(topics_)));
    CROSSBILL_TRY(producer_, bus.OpenProducer(topics_.prefix() + ".deadletter"));
    return Ok();
  }

  // To publish in the transaction of the letter's mark; nullptr in a dry run.
  Result<bus::Producer*> Transaction() {
    if (!dry_run_ && !open_) {
      CROSSBILL_RETURN_IF_ERROR(producer_->Begin());
      open_ = true;
      opened_at_ = clock_.MonotonicMicros();
    }
    return producer_.get();
  }

  Status Mark(const Letter& letter, ReplayResult result, v1::DeadLetterMark mark) {
    CROSSBILL_TRY(bus::Producer* const producer, Transaction());
    const Timestamp now = clock_.Now();
    mark.set_place(letter.place);
    mark.set_at(now.ToString());
    if (producer != nullptr) {
      CROSSBILL_RETURN_IF_ERROR(SendMark(*producer, topics_, letter.id, mark, now));
    }
    done_.emplace_back(Outline(letter), std::move(result));
    return done_.size() >= kLettersACommit ? Commit() : Ok();
  }

  // Nothing is kept of it.
  void Say(const Letter& letter, Outcome outcome, std::string why) const {
    report_({&letter, outcome, 0, std::move(why)});
  }

  // A broker ends transactions that stay open.
  Status CommitWhenOld() {
    return open_ && clock_.MonotonicMicros() - opened_at_ > kOldMicros ? Commit() : Ok();
  }

  Status Commit() {
    if (open_) {
      CROSSBILL_RETURN_IF_ERROR(producer_->Commit());
      open_ = false;
    }
    for (auto& [letter, result] : done_) {
      result.letter = &letter;
      report_(result);
    }
    done_.clear();
    return Ok();
  }

 private:
  const bus::Topics& topics_;
  const Clock& clock_;
  const bool dry_run_;
  const std::function<void(const ReplayResult&)>& report_;
  std::unique_ptr<bus::Producer> producer_;
  bool open_ = false;
  std::int64_t opened_at_ = 0;
  std::vector<std::pair<Letter, ReplayResult>> done_;  // in the open transaction
};

// Why it is not to be touched without force; nothing: it may be.
std::optional<std::string> Refusal(const Letter& letter, const ReplayOptions& options) {
  if (options.force) {
    return std::nullopt;
  }
  if (letter.state != v1::DeadLetterMark::OPEN) {
    return "it is " + std::string(NameOf(letter.state)) + " since " + letter.state_since +
           "; --force does it once more";
  }
  if (letter.attempt() >= kMaxAttempts) {
    return "it failed " + std::to_string(letter.attempt()) + " times; --force tries once more";
  }
  return std::nullopt;
}

class Replayer {
 public:
  Replayer(const bus::Topics& topics, const ProjectConfig& project, const Clock& clock, Log& log,
           Marking& marking, const transforms::Erasures& erasures)
      : topics_(topics),
        project_(project),
        clock_(clock),
        log_(log),
        marking_(marking),
        erasures_(erasures),
        remapper_(project) {}

  Status Replay(Letter& letter) {
    CROSSBILL_RETURN_IF_ERROR(marking_.CommitWhenOld());
    if (!letter.message.topic().empty()) {
      return PutBack(letter);
    }
    if (IsMappable(letter.message)) {
      return Publish(letter, remapper_.Map(letter.message));
    }
    const ConnectorConfig* connector = nullptr;
    const StreamConfig* stream = remapper_.StreamOf(letter.message, &connector);
    if (stream == nullptr) {
      marking_.Say(letter, Outcome::kUndecided, "today's configuration has no such stream");
      return Ok();
    }
    unread_bytes_ += letter.message.ByteSizeLong();
    unread_[{connector, stream}].push_back(std::move(letter));
    return unread_bytes_ < kMaxUnreadBytes ? Ok() : ReplayUnread();
  }

  // Those for which files are read again: once for all letters of a stream.
  Status ReplayUnread() {
    CROSSBILL_RETURN_IF_ERROR(marking_.Commit());  // reading takes long, and a transaction must not
    for (auto& [from, letters] : unread_) {
      std::vector<std::pair<const Letter*, Remapped>> read;
      CROSSBILL_RETURN_IF_ERROR(RemapUnread(project_, *from.first, *from.second, clock_, log_, letters,
                                            [&](const Letter& letter, const Remapped& mapped) {
                                              read.emplace_back(&letter, mapped);
                                              return Ok();
                                            }));
      for (const auto& [letter, mapped] : read) {
        CROSSBILL_RETURN_IF_ERROR(Publish(*letter, mapped));
      }
    }
    unread_.clear();
    unread_bytes_ = 0;
    return Ok();
  }

 private:
  Status Publish(const Letter& letter, const Remapped& mapped) {
    v1::DeadLetterMark mark;
    mark.set_attempt(letter.attempt());
    mark.set_configuration(HashFor(letter));
    switch (mapped.outcome) {
      case Remapped::Outcome::kUndecided:
        marking_.Say(letter, Outcome::kUndecided, mapped.error->ToString());
        return Ok();
      case Remapped::Outcome::kFails:
        return FailAgain(letter, mapped, std::move(mark));
      case Remapped::Outcome::kLeftOut:
        mark.set_state(v1::DeadLetterMark::REPLAYED);
        return marking_.Mark(letter, {nullptr, Outcome::kLeftOut, 0, "today's mapping leaves the row out"},
                             mark);
      case Remapped::Outcome::kEvents:
        break;
    }
    CROSSBILL_TRY(bus::Producer* const producer, marking_.Transaction());
    if (producer != nullptr) {
      CROSSBILL_RETURN_IF_ERROR(SendEvents(*producer, letter, mapped));
    }
    mark.set_state(v1::DeadLetterMark::REPLAYED);
    mark.set_events(static_cast<std::int32_t>(mapped.events.size()));
    return marking_.Mark(letter, {nullptr, Outcome::kPutBack, mark.events(), ""}, mark);
  }

  Status SendEvents(bus::Producer& producer, const Letter& letter, const Remapped& mapped) {
    auto& writer = writers_[mapped.stream];
    if (writer == nullptr) {
      writer = std::make_unique<EventWriter>(topics_, mapped.stream->mapper);
    }
    writer->Use(erasures_);
    writer->SetTime(clock_.Now());
    // A source without versions of its own: the letter stands for this one.
    const std::string version = mapped.version.empty() ? "letter " + letter.id : mapped.version;
    for (const Remapped::Event& event : mapped.events) {
      CROSSBILL_RETURN_IF_ERROR(writer->Event(producer, {event.publication, event.key, event.bytes}, version,
                                              letter.message.sequence()));
    }
    return Ok();
  }

  Status FailAgain(const Letter& letter, const Remapped& mapped, v1::DeadLetterMark mark) {
    mark.set_state(v1::DeadLetterMark::OPEN);
    mark.set_attempt(letter.attempt() + 1);
    mark.set_code(std::string(InfoOf(mapped.error->code()).id));
    mark.set_why(mapped.error->message());
    mark.set_field(mapped.field);
    mark.set_configured_at(mapped.configured_at);
    return marking_.Mark(letter, {nullptr, Outcome::kFails, 0, mark.code() + " " + mark.why()}, mark);
  }

  std::string HashFor(const Letter& letter) const {
    const ConnectorConfig* connector = nullptr;
    return remapper_.StreamOf(letter.message, &connector) != nullptr ? connector->hash : "";
  }

  // A record of a topic: as it was, with the number of this try.
  Status PutBack(const Letter& letter) {
    const v1::DeadLetter& message = letter.message;
    if (message.stage().empty()) {
      marking_.Say(letter, Outcome::kUndecided, "an older version put it aside without its key and headers");
      return Ok();
    }
    if (message.raw_size() > 0) {
      marking_.Say(letter, Outcome::kUndecided, "the letter has only a part of the record");
      return Ok();
    }
    const auto all = topics_.All();
    if (std::none_of(all.begin(), all.end(),
                     [&](const auto& info) { return info.spec.name == message.topic(); })) {
      marking_.Say(letter, Outcome::kUndecided, "there is no topic " + message.topic() + " any more");
      return Ok();
    }
    CROSSBILL_TRY(bus::Producer* const producer, marking_.Transaction());
    if (producer != nullptr) {
      CROSSBILL_RETURN_IF_ERROR(SendRecord(*producer, letter));
    }
    v1::DeadLetterMark mark;
    mark.set_state(v1::DeadLetterMark::REPLAYED);
    mark.set_attempt(letter.attempt());  // failing again makes a letter of the next one
    mark.set_events(1);
    return marking_.Mark(letter, {nullptr, Outcome::kPutBack, 1, ""}, mark);
  }

  static Status SendRecord(bus::Producer& producer, const Letter& letter) {
    const v1::DeadLetter& message = letter.message;
    const std::string attempt = std::to_string(letter.attempt() + 1);
    std::vector<bus::HeaderView> headers;
    for (const v1::RecordHeader& header : message.headers()) {
      if (header.name() != bus::kHeaderAttempt && header.name() != bus::kHeaderLetter) {
        headers.push_back({header.name(), header.value()});
      }
    }
    headers.push_back({bus::kHeaderAttempt, attempt});
    headers.push_back({bus::kHeaderLetter, letter.place});
    bus::RecordView record;
    record.key = message.record_key();
    if (!message.tombstone()) {
      record.value = message.raw();
    }
    record.headers = headers;
    record.timestamp_ms = letter.put_aside_ms;
    return producer.Send(message.topic(), -1, record);
  }

  const bus::Topics& topics_;
  const ProjectConfig& project_;
  const Clock& clock_;
  Log& log_;
  Marking& marking_;
  const transforms::Erasures& erasures_;
  Remapper remapper_;
  std::map<const StreamConfig*, std::unique_ptr<EventWriter>> writers_;
  std::map<std::pair<const ConnectorConfig*, const StreamConfig*>, std::vector<Letter>> unread_;
  std::size_t unread_bytes_ = 0;
};

}  // namespace

Status ReplayLetters(bus::Bus& bus, const bus::Topics& topics, const ProjectConfig& project,
                     const Clock& clock, Log& log, const ReplayOptions& options,
                     const std::function<void(const ReplayResult&)>& report) {
  Marking marking(topics, clock, options.dry_run, report);
  // First the producer: it ends another replay, so that the marks read next are the last.
  CROSSBILL_RETURN_IF_ERROR(marking.Start(bus));
  CROSSBILL_TRY(const transforms::Erasures erasures,
                transforms::ReadErasures(bus, topics, Secret(project.project().erasure_key())));
  Replayer replayer(topics, project, clock, log, marking, erasures);
  CROSSBILL_RETURN_IF_ERROR(VisitLetters(bus, topics, options.filter, [&](Letter& letter) -> Status {
    if (auto refusal = Refusal(letter, options)) {
      marking.Say(letter, Outcome::kRefused, *std::move(refusal));
      return Ok();
    }
    return replayer.Replay(letter);
  }));
  CROSSBILL_RETURN_IF_ERROR(replayer.ReplayUnread());
  return marking.Commit();
}

Status DropLetters(bus::Bus& bus, const bus::Topics& topics, const Clock& clock, const ReplayOptions& options,
                   const std::function<void(const ReplayResult&)>& report) {
  Marking marking(topics, clock, options.dry_run, report);
  CROSSBILL_RETURN_IF_ERROR(marking.Start(bus));
  CROSSBILL_RETURN_IF_ERROR(VisitLetters(bus, topics, options.filter, [&](Letter& letter) -> Status {
    if (letter.state != v1::DeadLetterMark::OPEN && !options.force) {
      marking.Say(letter, Outcome::kRefused,
                  "it is " + std::string(NameOf(letter.state)) + " since " + letter.state_since);
      return Ok();
    }
    v1::DeadLetterMark mark;
    mark.set_state(v1::DeadLetterMark::DROPPED);
    mark.set_attempt(letter.attempt());
    return marking.Mark(letter, {nullptr, Outcome::kPutBack, 0, ""}, mark);
  }));
  return marking.Commit();
}

Result<Remapped> CheckLetter(const ProjectConfig& project, const Clock& clock, Log& log, Letter& letter) {
  Remapper remapper(project);
  if (IsMappable(letter.message)) {
    return remapper.Map(letter.message);
  }
  const ConnectorConfig* connector = nullptr;
  const StreamConfig* stream = remapper.StreamOf(letter.message, &connector);
  if (!letter.message.topic().empty() || stream == nullptr) {
    return Undecided(Error(Code::kNotFound, "today's configuration has no such stream"));
  }
  std::vector<Letter> one;
  one.push_back(letter);
  Remapped result;
  CROSSBILL_RETURN_IF_ERROR(
      RemapUnread(project, *connector, *stream, clock, log, one, [&](Letter&, const Remapped& mapped) {
        result = mapped;
        return Ok();
      }));
  return result;
}

}  // namespace crossbill::runtime
