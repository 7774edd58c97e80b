#include "transforms/evidence/number_places.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "transforms/evidence/testimony.h"
#include "transforms/sdk/source_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr char kFew = 'f';    // all mentions of the number
constexpr char kMany = 'm';   // how many there are, each in an entry of its own
constexpr char kEntry = 'e';  // one of them, by its record

using Mentions = std::vector<v1::NumberMention>;

std::string KeyOf(std::string_view number, char what, std::string_view record = {}) {
  std::string key;
  AppendPart(key, number);
  key += what;
  key += record;
  return key;
}

Error Damaged(std::string_view number) {
  return Error(Code::kBusCorrupt, "the state of a number is damaged", std::string(number));
}

Result<Mentions> Decode(std::string_view number, const std::optional<std::string>& stored) {
  Mentions mentions;
  std::string_view rest = stored ? std::string_view(*stored) : std::string_view(), part;
  while (!rest.empty()) {
    if (!TakePart(rest, part) ||
        !mentions.emplace_back().ParseFromArray(part.data(), static_cast<int>(part.size()))) {
      return Damaged(number);
    }
  }
  return mentions;
}

void PutFew(std::string_view number, const Mentions& mentions, bus::StateStore& state) {
  if (mentions.empty()) {
    return state.Delete(KeyOf(number, kFew));
  }
  std::string bytes;
  for (const v1::NumberMention& mention : mentions) {
    AppendPart(bytes, mention.SerializeAsString());
  }
  state.Put(KeyOf(number, kFew), bytes);
}

void PutMany(std::string_view number, std::size_t count, bus::StateStore& state) {
  std::string bytes;
  AppendVarint(bytes, count);
  state.Put(KeyOf(number, kMany), bytes);
}

// What the record says now takes the place of what it said.
void Replace(const v1::NumberMention& mention, Mentions& mentions) {
  std::erase_if(mentions, [&](const v1::NumberMention& one) {
    return RecordKey(one.source()) == RecordKey(mention.source());
  });
  if (!mention.removed()) {
    mentions.push_back(mention);
  }
}

void Spread(std::string_view number, const Mentions& mentions, bus::StateStore& state) {
  state.Delete(KeyOf(number, kFew));
  for (const v1::NumberMention& mention : mentions) {
    state.Put(KeyOf(number, kEntry, RecordKey(mention.source())), mention.SerializeAsString());
  }
  PutMany(number, mentions.size(), state);
}

Result<Mentions> Gather(std::string_view number, bus::StateStore& state) {
  Mentions mentions;
  bool damaged = false;
  CROSSBILL_RETURN_IF_ERROR(state.Scan(KeyOf(number, kEntry), [&](std::string_view, std::string_view value) {
    damaged = !mentions.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
    return !damaged;
  }));
  if (damaged) {
    return Damaged(number);
  }
  for (const v1::NumberMention& mention : mentions) {
    state.Delete(KeyOf(number, kEntry, RecordKey(mention.source())));
  }
  state.Delete(KeyOf(number, kMany));
  PutFew(number, mentions, state);
  return mentions;
}

Result<NumberPlaces::Change> ApplyToMany(std::string_view number, std::string_view stored,
                                         const v1::NumberMention& mention, bus::StateStore& state) {
  NumberPlaces::Change change;
  std::uint64_t count = 0;
  if (!TakeVarint(stored, count)) {
    return Damaged(number);
  }
  const std::string entry = KeyOf(number, kEntry, RecordKey(mention.source()));
  CROSSBILL_TRY(const auto known, state.Get(entry));
  if (mention.removed()) {
    state.Delete(entry);
  } else {
    state.Put(entry, mention.SerializeAsString());
  }
  count += (mention.removed() ? 0u : 1u);
  count -= (known ? 1u : 0u);
  if (count <= kMostAtNumber) {
    CROSSBILL_TRY(change.after, Gather(number, state));
  } else {
    PutMany(number, count, state);
  }
  return change;
}

}  // namespace

Result<NumberPlaces::Change> NumberPlaces::Apply(std::string_view number, const v1::NumberMention& mention,
                                                 bus::StateStore& state) {
  CROSSBILL_TRY(const auto few, state.Get(KeyOf(number, kFew)));
  if (!few) {
    CROSSBILL_TRY(const auto many, state.Get(KeyOf(number, kMany)));
    if (many) {
      return ApplyToMany(number, *many, mention, state);
    }
  }
  Change change;
  CROSSBILL_TRY(change.before, Decode(number, few));
  Mentions now = change.before;
  Replace(mention, now);
  if (now.size() > kMostAtNumber) {
    Spread(number, now, state);
  } else {
    PutFew(number, now, state);
    change.after = std::move(now);
  }
  return change;
}

}  // namespace crossbill::transforms
