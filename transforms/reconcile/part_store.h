// The parts of one crowd in the stage's state (crowd.h). A record is named by its RecordSuffix, a part by its
// first record. Keys, each with the customer and \0 behind the section's letter:
//   "n" tie \0 record → nothing: the index of ties
//   "s" record → its Standing
//   "p" part → its Part; in the index of due dates it stands as customer \0 part
//   "y" record → nothing: its documents came, changed or went
//   "z" record → nothing: its part is to be made anew
// and "x" customer → the crowd's Head. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "transforms/reconcile/claims.h"
#include "transforms/reconcile/ties.h"
#include "transforms/reconcile/waiting_records.h"

namespace crossbill::transforms {

// What is known of a record without its document.
struct Standing {
  std::string part;   // empty: it has none yet
  int level = 0;      // of the limits by which the part was found
  bool gone = false;  // the record is not here any more, which its part does not know yet
  Hash128 content;    // of the document and what was decided of it
  std::vector<Tie> ties;
};

struct Part {
  std::vector<std::string> records;  // sorted
  Claims claims;
  std::optional<Date> next_due;
};

struct CrowdHead {
  std::size_t records = 0;     // that are indexed
  std::uint32_t loosened = 0;  // bit i: since all parts were right, ties of level i went
  bool whole_claims = false;   // claims of the time before it was a crowd may be left over
  friend bool operator==(const CrowdHead&, const CrowdHead&) = default;
};

struct CrowdQueues {
  WaitingRecords changed{'y'};
  WaitingRecords marked{'z'};
};

std::string Encode(const CrowdHead& head);
bool Decode(std::string_view bytes, CrowdHead& head);

class PartStore {
 public:
  // All must outlive it.
  PartStore(bus::StateStore& state, std::string_view customer, CrowdQueues& queues)
      : state_(state), customer_(customer), queues_(queues) {}

  Result<std::optional<Standing>> FindStanding(std::string_view record);
  void SetStanding(std::string_view record, const Standing& standing);
  void DropStanding(std::string_view record);

  Result<std::optional<Part>> FindPart(std::string_view name);
  // Keeps the index of due dates. `before`: as it stands there.
  void SetPart(std::string_view name, const std::optional<Part>& before, const Part& part);
  void DropPart(std::string_view name, const Part& part);

  // Records that have the tie, in order, at most `most`.
  Result<std::vector<std::string>> WithTie(std::string_view tie, std::size_t most);
  // All that a decision ties: those that have the tie, and the records that it means. None where nobody
  // decided.
  Result<std::vector<std::string>> Decided(std::string_view tie);
  void AddTie(std::string_view tie, std::string_view record);
  void DropTie(std::string_view tie, std::string_view record);

  void NoteChange(std::string_view record);
  void MarkPartOf(std::string_view record);
  Result<bool> IsMarked(std::string_view record);
  // Nothing: no more are waiting. What is given stands in the state until it is done.
  Result<std::optional<std::string>> NextChanged() { return queues_.changed.Next(state_, customer_); }
  Result<std::optional<std::string>> NextMarked() { return queues_.marked.Next(state_, customer_); }
  void ChangeDone(std::string_view record);
  void MarkDone(std::string_view record);

  // The record's document that counts; nothing: it has none.
  Result<std::optional<SourceDocument>> FindDocument(std::string_view record);
  // What was claimed under the name before the customer was a crowd; it is not known any more afterwards.
  Result<std::optional<Claimed>> TakeWholeClaim(std::string_view name);
  Result<std::vector<std::string>> WholeClaims();  // their names
  void SetWholeClaim(std::string_view name, const Claimed& claimed);
  void DropWholeClaim(std::string_view name);

  // All that have documents.
  Result<std::vector<std::string>> Records();
  Result<std::vector<std::string>> PartNames();
  Status ForEachPart(const std::function<void(std::string_view name, const Part& part)>& visit);
  // Everything but the documents.
  Status DropAll();

 private:
  std::string KeyOf(char section, std::string_view rest) const;
  Result<std::vector<std::string>> First(std::string_view prefix, std::size_t most);
  std::string DueKeyOf(Date date, std::string_view part) const;

  bus::StateStore& state_;
  std::string_view customer_;
  CrowdQueues& queues_;
};

}  // namespace crossbill::transforms
