// Which file of a stream is read next, and from where: the ledger of finished files, half-written ones left
// alone, grown ones continued, rewritten ones read anew. Shared by all connectors that read files. One
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "connectors/sdk/glob.h"

namespace crossbill::connectors {

// A finished file.
struct FileEntry {
  std::int64_t size = 0;
  std::int64_t modified = 0;
  std::string hash;        // of its first `size` bytes
  std::string companions;  // a signature of the files that belong to it (child rows); "" when there are none
  std::int64_t line = 0;   // after its last byte
};

// The position of a stream of files. JSON:
// {"files":{"a.csv":[size,modified,"hash",line]},"file":"b.csv","offset":12,"line":3,"head":"hash"}
struct FilePosition {
  std::map<std::string, FileEntry> files;
  std::string file;  // in work; "" between files
  std::int64_t offset = 0;
  std::int64_t line = 1;   // of the byte at offset
  std::string head;        // hash of the bytes before offset
  std::int64_t extra = 0;  // rows of companions that were reported, after the file's own rows
  bool rows_done = false;  // the file's own rows are all read
  std::vector<std::string> columns;

  std::string ToJson() const;
  static Result<FilePosition> FromJson(std::string_view json);
};

struct FileWalkOptions {
  std::string folder;
  std::string pattern;
  std::int64_t settle_ms = 2000;
  bool full = false;  // each file is a complete extract: only what is newer than the last one read counts
  const Clock* clock = nullptr;  // nullptr: files are never waited for
  Log* log = nullptr;
  // The files that belong to a file: a signature of them, or nothing when they are still being written.
  std::function<std::optional<std::string>(const FoundFile&)> companions;
};

struct FileTask {
  FoundFile found;
  std::string companions;
  std::int64_t offset = 0;
  std::int64_t line = 1;
};

class FileWalk {
 public:
  explicit FileWalk(FileWalkOptions options) : options_(std::move(options)) {}
  Status Open(std::string_view position);
  FilePosition& position() { return position_; }
  std::string PathOf(const std::string& relative) const { return options_.folder + "/" + relative; }
  // What is to be read now; sets position().file. Nothing: all is read, or must be waited for (see
  // unsettled()).
  Result<std::optional<FileTask>> Next();
  // The file in work is read to its end.
  void Finish(const FileTask& task, std::int64_t size, std::string hash);
  // Whether the last Next() left files alone that are still being written.
  bool unsettled() const { return unsettled_; }
  const std::vector<FoundFile>& listed() const { return listed_; }
  // Whether a file that was changed last at this time, microseconds since 1970, may be complete. The time of
  // day goes on from that of Open, whatever becomes of the machine's clock.
  bool IsOldEnough(std::int64_t modified) const;

 private:
  Status List();
  Result<std::optional<FileTask>> TaskOf(const FoundFile& found, const std::string& companions);
  Result<FileTask> Resume(const FoundFile& found, const std::string& companions);
  // A version of a file, and since when it has been seen so.
  struct Seen {
    std::int64_t size = 0;
    std::int64_t modified = 0;
    std::int64_t since = 0;  // monotonic microseconds
  };
  void Look();
  bool IsSettled(const FoundFile& found) const;

  FileWalkOptions options_;
  FilePosition position_;
  std::vector<FoundFile> listed_;
  bool list_is_fresh_ = false;
  std::map<std::string, Seen> seen_;
  std::int64_t opened_at_ = 0;     // microseconds since 1970
  std::int64_t opened_ = 0;        // monotonic microseconds
  std::int64_t listed_after_ = 0;  // microseconds since Open
  bool unsettled_ = false;
};

}  // namespace crossbill::connectors
