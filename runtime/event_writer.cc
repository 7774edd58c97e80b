#include "runtime/event_writer.h"

#include <array>

#include "base/id.h"
#include "bus/event_headers.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "transforms/erasure/empty_document.h"

namespace crossbill::runtime {

EventWriter::EventWriter(const bus::Topics& topics, const mapping::MapperSpec& spec)
    : dead_letters_(topics.DeadLetters()) {
  for (const mapping::PublicationSpec& publication : spec.publications) {
    publications_.push_back({topics.Source(publication.kind),
                             std::string(mapping::MessageOfKind(publication.kind)), publication.kind,
                             spec.system + "/" + publication.name});
  }
}

void EventWriter::SetTime(Timestamp now) {
  time_ = now.ToString();
  time_ms_ = now.millis();
}

transforms::Treatment EventWriter::TreatmentOf(const mapping::MappedEvent& event) {
  if (erasures_ == nullptr || erasures_->empty()) {
    return {};
  }
  const Publication& publication = publications_[static_cast<std::size_t>(event.publication)];
  key_.assign(publication.source).append("/").append(event.key);
  return erasures_->Of(publication.kind, key_, event.bytes);
}

Status EventWriter::Event(bus::Producer& producer, const mapping::MappedEvent& event,
                          std::string_view version, std::int64_t sequence) {
  const transforms::Treatment treatment = TreatmentOf(event);
  if (treatment.kind == transforms::Treatment::Kind::kDrop) {
    return Ok();
  }
  std::string_view bytes = event.bytes;
  std::string emptied;
  if (treatment.kind == transforms::Treatment::Kind::kEmpty) {
    CROSSBILL_TRY(emptied, transforms::EmptyDocument(bytes, treatment.pseudonym));
    bytes = emptied;
  }
  const Publication& publication = publications_[static_cast<std::size_t>(event.publication)];
  key_.assign(publication.source).append("/").append(event.key);
  sequence_ = std::to_string(sequence);
  Hash128Of({publication.source, publication.kind, event.key, bytes, version}).ToHex(id_);
  // What is the same in the messages around it stands together: that compresses best.
  const std::array<bus::HeaderView, 8> headers = {{{bus::kHeaderSpecVersion, "1.0"},
                                                   {bus::kHeaderType, publication.type},
                                                   {bus::kHeaderSource, publication.source},
                                                   {bus::kHeaderTime, time_},
                                                   {bus::kHeaderContentType, "application/protobuf"},
                                                   {bus::kHeaderId, id_},
                                                   {bus::kHeaderSubject, event.key},
                                                   {bus::kHeaderSequence, sequence_}}};
  return producer.Send(publication.topic, -1, {key_, bytes, headers, time_ms_});
}

Status EventWriter::DeadLetter(bus::Producer& producer, const v1::DeadLetter& letter,
                               const bus::FailedPart& part) {
  if (erasures_ != nullptr && !erasures_->empty()) {
    const std::string of =
        letter.key().empty() ? "" : letter.system() + "/" + letter.stream() + "/" + letter.key();
    if (erasures_->IsForgottenLetter(bus::PlaceOf(letter), of)) {
      return Ok();
    }
  }
  const bus::DeadLetterRecord record(letter, bus::PlaceOf(letter), part, time_ms_);
  return producer.Send(dead_letters_, -1, record.View());
}

}  // namespace crossbill::runtime
