// Rows that could not be read: only the connector's own parser can tell whether it reads them now, and it
// needs the file around them.
#include <unordered_map>
#include <utility>

#include "runtime/remap.h"

namespace crossbill::runtime {
namespace {

constexpr std::size_t kBatchRows = 4096;

std::string FilePlace(std::string_view file, std::int64_t line, std::int64_t record) {
  return std::string(file) + ":" + std::to_string(record > 0 ? record : line);
}

class Rereading {
 public:
  Rereading(const StreamConfig& stream, const std::function<Status(Letter&, const Remapped&)>& visit)
      : stream_(stream), visit_(visit) {}

  // What cannot be found in the stream's files is told at once.
  Status Take(std::vector<Letter>& letters) {
    for (Letter& letter : letters) {
      const v1::DeadLetter& message = letter.message;
      if (message.file().empty() || message.stream() != stream_.records_as) {
        const Error error(Code::kRowOrphan,
                          "the row cannot be tried alone (it belongs to another one, or an older version put "
                          "it aside)" +
                              ReadAgain(stream_));
        CROSSBILL_RETURN_IF_ERROR(visit_(letter, Undecided(error)));
      } else {
        wanted_[FilePlace(message.file(), message.line(), message.record())] = &letter;
      }
    }
    return Ok();
  }

  Status Read(connectors::Source& source, mapping::Mapper& mapper) {
    while (!wanted_.empty()) {
      CROSSBILL_TRY(const connectors::RowBatch batch, source.Read(kBatchRows));
      for (const connectors::Row& row : batch.rows) {
        if (Letter* letter = Found(row.place.file, row.place.line, row.place.record)) {
          CROSSBILL_RETURN_IF_ERROR(visit_(*letter, Map(*letter, row, mapper)));
        }
      }
      for (const connectors::BadRow& bad : batch.bad_rows) {
        if (Letter* letter = Found(bad.file, bad.line, bad.record)) {
          CROSSBILL_RETURN_IF_ERROR(visit_(*letter, StillBad(*letter, bad)));
        }
      }
      if (batch.at_end) {
        break;
      }
    }
    return Rest(Error(Code::kNotFound, "the stream's files of today have no row at this place"));
  }

  Status Rest(const Error& why) {
    for (const auto& [place, letter] : wanted_) {
      CROSSBILL_RETURN_IF_ERROR(visit_(*letter, Undecided(why)));
    }
    wanted_.clear();
    return Ok();
  }

 private:
  Letter* Found(std::string_view file, std::int64_t line, std::int64_t record) {
    const auto found = wanted_.find(FilePlace(file, line, record));
    if (found == wanted_.end()) {
      return nullptr;
    }
    Letter* letter = found->second;
    wanted_.erase(found);
    return letter;
  }

  static bool IsThat(std::string_view raw, const v1::DeadLetter& message) {
    const std::size_t size =
        message.raw_size() > 0 ? static_cast<std::size_t>(message.raw_size()) : message.raw().size();
    return raw.size() == size && raw.starts_with(message.raw());
  }

  static Remapped Another() {
    return Undecided(
        Error(Code::kSourceChanged,
              "another row stands at this place today: the stream reads the changed file by itself"));
  }

  static Remapped StillBad(const Letter& letter, const connectors::BadRow& bad) {
    if (!IsThat(bad.raw, letter.message)) {
      return Another();
    }
    Remapped result;
    result.outcome = Remapped::Outcome::kFails;
    result.error = bad.error;
    return result;
  }

  Remapped Map(const Letter& letter, const connectors::Row& row, mapping::Mapper& mapper) const {
    if (!IsThat(row.raw, letter.message)) {
      return Another();
    }
    Remapped result;
    result.stream = &stream_;
    result.version = std::string(row.version);
    const mapping::MapResult& mapped = mapper.Map(row);
    for (const mapping::MappedEvent& event : mapped.events) {
      result.events.push_back({event.publication, std::string(event.key), std::string(event.bytes),
                               mapping::MessageOfKind(KindOf(event.publication))});
    }
    result.outcome = result.events.empty() ? Remapped::Outcome::kLeftOut : Remapped::Outcome::kEvents;
    if (!mapped.rejections.empty()) {
      const mapping::Rejection& rejection = mapped.rejections.front();
      result.events.clear();  // all that the row makes, or nothing
      result.outcome = Remapped::Outcome::kFails;
      result.error = rejection.error;
      result.field = rejection.field;
      result.configured_at = rejection.configured_at;
    }
    return result;
  }

  const std::string& KindOf(int publication) const {
    return stream_.mapper.publications[static_cast<std::size_t>(publication)].kind;
  }

  const StreamConfig& stream_;
  const std::function<Status(Letter&, const Remapped&)>& visit_;
  std::unordered_map<std::string, Letter*> wanted_;  // by place
};

}  // namespace

Status RemapUnread(const ProjectConfig& project, const ConnectorConfig& connector, const StreamConfig& stream,
                   const Clock& clock, Log& log, std::vector<Letter>& letters,
                   const std::function<Status(Letter&, const Remapped&)>& visit) {
  Rereading rereading(stream, visit);
  CROSSBILL_RETURN_IF_ERROR(rereading.Take(letters));
  auto source = OpenSource(project, connector, stream, clock, log);
  if (!source.ok()) {
    return rereading.Rest(source.error());
  }
  if (const Status opened = (*source)->Open(""); !opened.ok()) {
    return rereading.Rest(opened.error());
  }
  config::Problems problems;
  const auto mapper = mapping::Mapper::Compile(stream.mapper, &(*source)->schema(), &(*source)->children(),
                                               (*source)->dynamic(), problems);
  if (mapper == nullptr) {
    return rereading.Rest(
        Error(Code::kMapSyntax, "the mapping of " + stream.Path() + " does not fit its columns"));
  }
  return rereading.Read(**source, *mapper);
}

}  // namespace crossbill::runtime
