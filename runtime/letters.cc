#include "runtime/letters.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "bus/dead_letter.h"

namespace crossbill::runtime {
namespace {

using Marks = std::unordered_map<std::string, v1::DeadLetterMark>;

template <class Message>
Status Decode(const bus::RecordView& record, Message& message) {
  if (record.value && message.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
    return Ok();
  }
  return Error(Code::kEventDecode, "a dead letter cannot be decoded", std::string(record.key));
}

v1::DeadLetter Foreign(const bus::RecordView& record) {
  v1::DeadLetter letter;
  letter.set_code(std::string(InfoOf(Code::kEventDecode).id));
  letter.set_why("not a crossbill.v1.DeadLetter: somebody else wrote it");
  bus::SetRaw(letter, record.value.value_or(""));
  return letter;
}

// A bus of before there were marks has no topic of them.
Result<bool> HasMarks(bus::Bus& bus, const bus::Topics& topics) {
  CROSSBILL_TRY(const auto there, bus.ListTopics());
  return std::any_of(there.begin(), there.end(),
                     [&](const bus::TopicSpec& spec) { return spec.name == topics.DeadLetterMarks(); });
}

Result<Marks> ReadMarks(bus::Bus& bus, const bus::Topics& topics) {
  Marks marks;
  CROSSBILL_TRY(const bool there, HasMarks(bus, topics));
  if (there) {
    CROSSBILL_RETURN_IF_ERROR(bus::ReadCompacted(
        bus, topics.DeadLetterMarks(),
        [&](const bus::RecordView& record) { return Decode(record, marks[std::string(record.key)]); }));
  }
  return marks;
}

// A letter of a later attempt is open again.
void Apply(const v1::DeadLetterMark& mark, Letter& letter) {
  if (mark.attempt() < letter.message.attempt()) {
    return;
  }
  letter.state = mark.state();
  letter.state_since = mark.at();
  letter.message.set_attempt(mark.attempt());
  if (mark.state() == v1::DeadLetterMark::OPEN) {
    letter.message.set_code(mark.code());
    letter.message.set_why(mark.why());
    letter.message.set_field(mark.field());
    letter.message.set_configured_at(mark.configured_at());
    letter.message.set_configuration(mark.configuration());
  }
}

bool Takes(const LetterFilter& filter, const Letter& letter) {
  const v1::DeadLetter& message = letter.message;
  const bool named =
      filter.ids.empty() || std::any_of(filter.ids.begin(), filter.ids.end(),
                                        [&](const std::string& id) { return letter.id.starts_with(id); });
  return named && (filter.system.empty() || filter.system == message.system()) &&
         (filter.stream.empty() || filter.stream == message.stream()) &&
         (filter.code.empty() || filter.code == message.code()) &&
         (!filter.only_open || letter.state == v1::DeadLetterMark::OPEN);
}

}  // namespace

std::string_view NameOf(v1::DeadLetterMark::State state) {
  switch (state) {
    case v1::DeadLetterMark::REPLAYED:
      return "replayed";
    case v1::DeadLetterMark::DROPPED:
      return "dropped";
    default:
      return "open";
  }
}

Status VisitLetters(bus::Bus& bus, const bus::Topics& topics, const LetterFilter& filter,
                    const std::function<Status(Letter&)>& visit) {
  CROSSBILL_TRY(const Marks marks, ReadMarks(bus, topics));
  return bus::ReadCompacted(bus, topics.DeadLetters(), [&](const bus::RecordView& record) -> Status {
    Letter letter;
    if (!Decode(record, letter.message).ok()) {
      letter.message = Foreign(record);
    }
    letter.place = std::string(record.key);
    letter.id = bus::LetterId(letter.place, letter.message);
    letter.put_aside_ms = record.timestamp_ms;
    letter.message.set_attempt(std::max(1, letter.message.attempt()));
    if (const auto mark = marks.find(letter.id); mark != marks.end()) {
      Apply(mark->second, letter);
    }
    return Takes(filter, letter) ? visit(letter) : Ok();
  });
}

Result<Letter> FindLetter(bus::Bus& bus, const bus::Topics& topics, const std::string& id) {
  LetterFilter filter;
  filter.ids = {id};
  std::optional<Letter> found;
  std::string others;
  CROSSBILL_RETURN_IF_ERROR(VisitLetters(bus, topics, filter, [&](Letter& letter) {
    if (found) {
      others += " " + letter.id;
    } else {
      found = std::move(letter);
    }
    return Ok();
  }));
  if (!found) {
    return Error(Code::kNotFound, "no dead letter \"" + id + "\"; `crossbill deadletter list` has their ids");
  }
  if (!others.empty()) {
    return Error(Code::kUsage, "several dead letters begin with \"" + id + "\": " + found->id + others);
  }
  return *std::move(found);
}

Status SendMark(bus::Producer& producer, const bus::Topics& topics, const std::string& id,
                const v1::DeadLetterMark& mark, Timestamp now) {
  const std::string value = mark.SerializeAsString();
  bus::RecordView record;
  record.key = id;
  record.value = value;
  record.timestamp_ms = now.millis();
  return producer.Send(topics.DeadLetterMarks(), 0, record);
}

}  // namespace crossbill::runtime
