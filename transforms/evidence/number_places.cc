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

Result<Mentions> Decode(std::string_view number, std::string_view rest) {
  Mentions mentions;
  std::string_view part;
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
  return mentions;
}

// What stands at a number, while mentions are applied to it.
struct Place {
  Mentions few;
  std::optional<std::uint64_t> many;  // how many there are, each in its entry; then `few` is empty
};

Result<Place> Load(std::string_view number, bus::StateStore& state) {
  Place place;
  CROSSBILL_TRY(const auto few, state.Get(KeyOf(number, kFew)));
  if (few) {
    CROSSBILL_TRY(place.few, Decode(number, *few));
    return place;
  }
  CROSSBILL_TRY(const auto many, state.Get(KeyOf(number, kMany)));
  std::string_view rest = many ? std::string_view(*many) : std::string_view();
  if (many && !TakeVarint(rest, place.many.emplace())) {
    return Damaged(number);
  }
  return place;
}

Status TakeOfMany(std::string_view number, const v1::NumberMention& mention, Place& place,
                  bus::StateStore& state) {
  const std::string entry = KeyOf(number, kEntry, RecordKey(mention.source()));
  CROSSBILL_TRY(const auto known, state.Get(entry));
  if (mention.removed()) {
    state.Delete(entry);
  } else {
    state.Put(entry, mention.SerializeAsString());
  }
  *place.many += (mention.removed() ? 0u : 1u);
  *place.many -= (known ? 1u : 0u);
  if (*place.many <= kMostAtNumber) {
    CROSSBILL_TRY(place.few, Gather(number, state));
    place.many.reset();
  }
  return Ok();
}

void TakeOfFew(std::string_view number, const v1::NumberMention& mention, Place& place,
               bus::StateStore& state) {
  Replace(mention, place.few);
  if (place.few.size() > kMostAtNumber) {
    Spread(number, place.few, state);
    place.many = place.few.size();
    place.few.clear();
  }
}

void Store(std::string_view number, const Place& place, bus::StateStore& state) {
  if (place.many) {
    PutMany(number, *place.many, state);
  } else {
    PutFew(number, place.few, state);
  }
}

}  // namespace

void NumberPlaces::AddKeys(std::string_view number, std::vector<std::string>& keys) {
  keys.push_back(KeyOf(number, kFew));
  keys.push_back(KeyOf(number, kMany));
}

Result<NumberPlaces::Change> NumberPlaces::Apply(std::string_view number,
                                                 const std::vector<v1::NumberMention>& mentions,
                                                 bus::StateStore& state) {
  CROSSBILL_TRY(Place place, Load(number, state));
  Change change;
  change.before = place.few;
  for (const v1::NumberMention& mention : mentions) {
    if (place.many) {
      CROSSBILL_RETURN_IF_ERROR(TakeOfMany(number, mention, place, state));
    } else {
      TakeOfFew(number, mention, place, state);
    }
  }
  Store(number, place, state);
  change.after = std::move(place.few);
  return change;
}

}  // namespace crossbill::transforms
