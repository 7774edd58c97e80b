// Dead letters as records of <prefix>.deadletter: their key, value and headers, the same whoever writes them.
// Headers have Kafka Connect's names beside Crossbill's own, so that tools for Connect's error topics read
// them. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/record.h"

namespace crossbill::v1 {
class DeadLetter;
}

namespace crossbill::bus {

inline constexpr std::string_view kHeaderErrorCode = "crossbill-error-code";  // "CB1210"
// "kunden.csv:42", the key of a table's row, or "topic/partition/offset"
inline constexpr std::string_view kHeaderErrorSource = "crossbill-source";
inline constexpr std::string_view kHeaderConfigHash = "crossbill-config-hash";
// Also of a record that was put back into its topic, with the place of its letter: what fails again is the
// next attempt of the same letter.
inline constexpr std::string_view kHeaderAttempt = "crossbill-attempt";
inline constexpr std::string_view kHeaderLetter = "crossbill-letter";

// The original bytes that a letter keeps, at most; and of the row as JSON.
inline constexpr std::size_t kMaxLetterBytes = 512u << 10;

// Which part of the program gave up on it.
struct FailedPart {
  std::string_view connector;   // "erp/auftraege", or the stage: "reconcile"
  std::string_view task = "0";  // a stage's partition
  std::string_view
      class_name;  // "crossbill.mapping", "crossbill.connector.csv", "crossbill.transform.reconcile"
};

// A letter's place, its key: "system/stream/file:line", "system/stream/key", "topic/partition/offset".
std::string PlaceOf(const v1::DeadLetter& letter);
// A short name for people and for the marks: the same through all attempts, another one for what is put aside
// at the same place later.
std::string LetterId(std::string_view place, const v1::DeadLetter& letter);
// Takes over the original bytes, as many as a letter keeps.
void SetRaw(v1::DeadLetter& letter, std::string_view bytes);

// A letter as a record; holds the bytes that View() shows.
class DeadLetterRecord {
 public:
  // `place` is PlaceOf, or the place of the first attempt.
  DeadLetterRecord(v1::DeadLetter letter, std::string place, const FailedPart& part,
                   std::int64_t timestamp_ms);
  DeadLetterRecord(const DeadLetterRecord&) = delete;
  DeadLetterRecord& operator=(const DeadLetterRecord&) = delete;
  RecordView View() const;

 private:
  void Add(std::string_view name, std::string_view text);

  std::string key_;
  std::string value_;
  std::vector<std::pair<std::string_view, std::string>> texts_;
  std::vector<HeaderView> headers_;  // into texts_
  std::int64_t timestamp_ms_;
};

}  // namespace crossbill::bus
