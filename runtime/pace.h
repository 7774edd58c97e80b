// When a stage has to wait for the ones before it.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

namespace crossbill::runtime {

// Keeps a stage back while tasks of the stages before it are behind: what comes later gathers more at once,
// and a customer with a hundred new documents is reconciled once and not a hundred times. With nothing to
// catch up with, nothing waits. Any thread.
class Pace {
 public:
  explicit Pace(std::size_t levels) : reading_(levels), owing_(levels) {}
  // No task of the levels before is behind.
  bool MayRun(std::size_t level) const { return IsQuiet(reading_, level) && IsQuiet(owing_, level); }
  // Nor does one of the level itself read much: what was put off for lack of something that is on its way can
  // be done.
  bool MaySettle(std::size_t level) const { return MayRun(level) && IsQuiet(reading_, level + 1); }
  // A task of the level began or ceased to have much to read, or work that is put off.
  void Reads(std::size_t level, bool much) { reading_[level] += much ? 1 : -1; }
  // Every source was read to its end once.
  void SourcesAreRead() { sources_read_ = true; }
  bool sources_read() const { return sources_read_; }
  void Owes(std::size_t level, bool owes) { owing_[level] += owes ? 1 : -1; }

 private:
  using Counts = std::vector<std::atomic<int>>;  // of tasks, by level
  static bool IsQuiet(const Counts& counts, std::size_t levels) {
    for (std::size_t level = 0; level < levels; ++level) {
      if (counts[level] != 0) {
        return false;
      }
    }
    return true;
  }
  Counts reading_;
  Counts owing_;
  std::atomic<bool> sources_read_ = false;
};

}  // namespace crossbill::runtime
