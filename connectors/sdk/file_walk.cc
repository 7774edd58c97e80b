#include "connectors/sdk/file_walk.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "connectors/sdk/prefix_hash.h"

namespace crossbill::connectors {
namespace {

constexpr std::int64_t kMicros = 1000;  // in a millisecond

}  // namespace

Status FileWalk::Open(std::string_view position) {
  CROSSBILL_TRY(position_, FilePosition::FromJson(position));
  if (options_.clock != nullptr) {
    opened_at_ = options_.clock->Now().micros();
    opened_ = options_.clock->MonotonicMicros();
  }
  CROSSBILL_RETURN_IF_ERROR(List());
  for (auto& [path, seen] : seen_) {
    seen.since = opened_ - options_.settle_ms * kMicros;  // for how long is not known: their age says it
  }
  return Ok();
}

Status FileWalk::List() {
  listed_after_ = options_.clock == nullptr ? 0 : options_.clock->MonotonicMicros() - opened_;
  CROSSBILL_TRY(listed_, ListFiles(options_.folder, options_.pattern));
  list_is_fresh_ = true;
  Look();
  // The ledger forgets what is gone, but for the last extract: what is older than it does not count any more.
  for (auto it = position_.files.begin(); it != position_.files.end();) {
    const bool there =
        std::any_of(listed_.begin(), listed_.end(), [&](const FoundFile& f) { return f.path == it->first; });
    const bool newest = std::none_of(position_.files.begin(), position_.files.end(), [&](const auto& other) {
      return NaturallyLess(it->first, other.first);
    });
    it = there || (options_.full && newest) ? std::next(it) : position_.files.erase(it);
  }
  return Ok();
}

void FileWalk::Look() {
  std::map<std::string, Seen> seen;
  for (const FoundFile& found : listed_) {
    const auto known = seen_.find(found.path);
    const bool same =
        known != seen_.end() && known->second.size == found.size && known->second.modified == found.modified;
    seen[found.path] = same ? known->second : Seen{found.size, found.modified, opened_ + listed_after_};
  }
  seen_ = std::move(seen);
}

bool FileWalk::IsOldEnough(std::int64_t modified) const {
  return options_.clock == nullptr ||
         std::abs(opened_at_ + listed_after_ - modified) >= options_.settle_ms * kMicros;
}

// At the time of the listing: a file may have grown since, and the listing has its size of then. The age of a
// file is not enough: clocks are set, and a file server has one of its own. What changes is being written.
bool FileWalk::IsSettled(const FoundFile& found) const {
  return options_.clock == nullptr ||
         (IsOldEnough(found.modified) &&
          opened_ + listed_after_ - seen_.at(found.path).since >= options_.settle_ms * kMicros);
}

Result<std::optional<FileTask>> FileWalk::Next() {
  if (!list_is_fresh_) {
    CROSSBILL_RETURN_IF_ERROR(List());
  }
  list_is_fresh_ = false;
  unsettled_ = false;
  for (const FoundFile& found : listed_) {
    if (!position_.file.empty() && found.path != position_.file) {
      continue;
    }
    const bool settled = IsSettled(found);
    const auto companions = options_.companions ? options_.companions(found) : std::optional<std::string>("");
    if (!position_.file.empty()) {
      CROSSBILL_TRY(FileTask task, Resume(found, companions.value_or("")));
      return std::optional<FileTask>(std::move(task));
    }
    const auto known = position_.files.find(found.path);
    if (known != position_.files.end() && known->second.size == found.size &&
        known->second.modified == found.modified &&
        (!companions || known->second.companions == *companions)) {
      continue;
    }
    if (!settled || !companions) {
      unsettled_ = true;
      if (options_.full) {
        break;  // extracts are read in their order
      }
      continue;
    }
    CROSSBILL_TRY(auto task, TaskOf(found, *companions));
    if (task) {
      position_.file = found.path;
      position_.offset = task->offset;
      position_.line = task->line;
      position_.extra = 0;
      position_.rows_done = false;
      return task;
    }
  }
  if (!position_.file.empty()) {
    // The file in work is gone: what it still held is not to be had.
    if (options_.log != nullptr) {
      options_.log->Warn("a file is gone before it was read to its end", {{"file", position_.file}});
    }
    position_.file.clear();
    return Next();
  }
  return std::optional<FileTask>();
}

// Goes on in the file of the position, if it still begins as it did.
Result<FileTask> FileWalk::Resume(const FoundFile& found, const std::string& companions) {
  FileTask task{found, companions, position_.offset, position_.line};
  if (position_.offset == 0) {
    return task;
  }
  CROSSBILL_TRY(const PrefixHash head, HashOfFile(PathOf(found.path), position_.offset));
  if (head.size() != position_.offset || head.Hex() != position_.head) {
    if (options_.log != nullptr) {
      options_.log->Warn("a file was rewritten while it was read; it is read anew", {{"file", found.path}});
    }
    task.offset = position_.offset = 0;
    task.line = position_.line = 1;
    position_.extra = 0;
    position_.rows_done = false;
  }
  return task;
}

// A file that is new, or other than the ledger says.
Result<std::optional<FileTask>> FileWalk::TaskOf(const FoundFile& found, const std::string& companions) {
  FileTask task{found, companions, 0, 1};
  const auto known = position_.files.find(found.path);
  if (known == position_.files.end()) {
    const bool late = options_.full &&
                      std::any_of(position_.files.begin(), position_.files.end(),
                                  [&](const auto& other) { return NaturallyLess(found.path, other.first); });
    if (!late) {
      return std::optional<FileTask>(task);
    }
    if (options_.log != nullptr) {
      options_.log->Warn("an extract came after a newer one was read; it is not read",
                         {{"file", found.path}});
    }
    position_.files[found.path] = {found.size, found.modified, "", companions, 0};
    return std::optional<FileTask>();
  }
  FileEntry& entry = known->second;
  CROSSBILL_TRY(const PrefixHash head, HashOfFile(PathOf(found.path), entry.size));
  const bool begins_same = head.size() == entry.size && head.Hex() == entry.hash;
  if (begins_same && found.size == entry.size && entry.companions == companions) {
    entry.modified = found.modified;  // touched, not changed
    return std::optional<FileTask>();
  }
  if (options_.full) {
    const bool newest = std::none_of(position_.files.begin(), position_.files.end(), [&](const auto& other) {
      return NaturallyLess(found.path, other.first);
    });
    if (newest) {
      return std::optional<FileTask>(task);
    }
    if (options_.log != nullptr) {
      options_.log->Warn("an extract changed after a newer one was read; it is not read again",
                         {{"file", found.path}});
    }
    entry = {found.size, found.modified, "", companions, 0};
    return std::optional<FileTask>();
  }
  if (begins_same && found.size > entry.size && entry.companions == companions) {
    // It grew. A last line without its end was still being written: it is read again, whole.
    task.offset = entry.size;
    task.line = entry.line;
    std::ifstream in(PathOf(found.path), std::ios::binary);
    char byte = '\n';
    while (task.offset > 0 && in.seekg(task.offset - 1) && in.get(byte) && byte != '\n' && byte != '\r') {
      --task.offset;
    }
  }
  return std::optional<FileTask>(task);
}

void FileWalk::Finish(const FileTask& task, std::int64_t size, std::string hash) {
  position_.files[task.found.path] = {size, task.found.modified, std::move(hash), task.companions,
                                      position_.line};
  position_.file.clear();
  position_.offset = 0;
  position_.line = 1;
  position_.head.clear();
  position_.extra = 0;
  position_.rows_done = false;
}

}  // namespace crossbill::connectors
