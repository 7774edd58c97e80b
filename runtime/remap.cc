#include "runtime/remap.h"

#include <utility>

#include "runtime/row_shape.h"

namespace crossbill::runtime {
namespace {

constexpr std::size_t kMaxMappers = 64;

// Its number in the stream; -1 when there is none.
int PublicationOf(const StreamConfig& stream, const v1::DeadLetter& letter) {
  const auto& publications = stream.mapper.publications;
  for (std::size_t i = 0; i < publications.size(); ++i) {
    if (publications[i].name == letter.stream() &&
        (letter.kind().empty() || publications[i].kind == letter.kind())) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

Error NoStream(const v1::DeadLetter& letter) {
  return Error(Code::kNotFound,
               "today's configuration has no stream for \"" + letter.system() + "/" + letter.stream() + "\"");
}

// The first of what does not fit is enough to see why.
Error MisfitOf(const StreamConfig& stream, const config::Problems& problems) {
  const std::string first = problems.list().empty() ? "" : ": " + problems.list().front().message;
  return Error(Code::kMapColumn, "today's mapping does not fit the columns that the row was read with" +
                                     first + ReadAgain(stream));
}

}  // namespace

std::string ReadAgain(const StreamConfig& stream) {
  return "; reading the stream again tells: `crossbill offsets reset " + stream.Path() + "`";
}

Remapped Undecided(Error error) {
  Remapped result;
  result.error = std::move(error);
  return result;
}

bool IsMappable(const v1::DeadLetter& letter) { return letter.stage() == "map" && letter.has_shape(); }

const StreamConfig* Remapper::StreamOf(const v1::DeadLetter& letter,
                                       const ConnectorConfig** connector) const {
  if (const StreamConfig* stream = project_.FindStream(letter.read_by(), connector)) {
    return stream;
  }
  // It may have another name by now.
  for (const auto& each : project_.connectors()) {
    for (const auto& stream : each->streams) {
      if (stream->system == letter.system() && PublicationOf(*stream, letter) >= 0) {
        *connector = each.get();
        return stream.get();
      }
    }
  }
  return nullptr;
}

mapping::Mapper* Remapper::MapperOf(const StreamConfig& stream, const v1::DeadLetter& letter,
                                    const KeptRow& row, config::Problems& problems) {
  const std::string key = stream.Path() + "\n" + letter.shape().SerializeAsString();
  if (const auto found = mappers_.find(key); found != mappers_.end()) {
    return found->second.get();
  }
  if (mappers_.size() >= kMaxMappers) {
    mappers_.clear();
  }
  auto mapper = mapping::Mapper::Compile(stream.mapper, row.dynamic() ? nullptr : &row.schema(),
                                         row.dynamic() ? nullptr : &row.children(), row.dynamic(), problems);
  return mapper == nullptr ? nullptr : (mappers_[key] = std::move(mapper)).get();
}

Remapped Remapper::Map(const v1::DeadLetter& letter) {
  const ConnectorConfig* connector = nullptr;
  Remapped result;
  result.stream = StreamOf(letter, &connector);
  const int publication = result.stream == nullptr ? -1 : PublicationOf(*result.stream, letter);
  if (publication < 0) {
    return Undecided(NoStream(letter));
  }
  KeptRow row;
  if (Status read = row.Read(letter); !read.ok()) {
    return Undecided(std::move(read).error());
  }
  config::Problems problems;
  mapping::Mapper* mapper = MapperOf(*result.stream, letter, row, problems);
  if (mapper == nullptr) {
    return Undecided(MisfitOf(*result.stream, problems));
  }
  result.outcome = Remapped::Outcome::kLeftOut;
  result.version = letter.version();
  const mapping::MapResult& mapped = mapper->Map(row.row());
  for (const mapping::MappedEvent& event : mapped.events) {
    if (event.publication == publication) {
      result.outcome = Remapped::Outcome::kEvents;
      result.events.push_back({publication, std::string(event.key), std::string(event.bytes),
                               mapping::MessageOfKind(letter.kind())});
    }
  }
  for (const mapping::Rejection& rejection : mapped.rejections) {
    if (rejection.publication == publication) {
      result.outcome = Remapped::Outcome::kFails;
      result.error = rejection.error;
      result.field = rejection.field;
      result.configured_at = rejection.configured_at;
    }
  }
  return result;
}

}  // namespace crossbill::runtime
