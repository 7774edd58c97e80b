#include "transforms/identity/reviews.h"

#include <algorithm>
#include <utility>

#include "base/id.h"
#include "transforms/identity/codec.h"
#include "transforms/sdk/source_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr char kAsked = 't';  // first letter of the state's keys

}  // namespace

std::string ReviewName(std::string left_key, std::string right_key) {
  if (right_key < left_key) {
    std::swap(left_key, right_key);
  }
  return "reviews/" + ShortId(Hash128Of({left_key, right_key}));
}

Status Reviews::Update(std::uint64_t record, const std::vector<Question>& questions, const KeyOf& key_of,
                       const Tell& tell) {
  CROSSBILL_TRY(std::vector<Asked> before, AskedOf(record));
  for (const Question& question : questions) {
    const v1::RecordLink& link = question.review.link();
    const std::string name = ReviewName(RecordKey(link.left()), RecordKey(link.right()));
    const std::uint64_t content = HashOf(question.review.SerializeAsString());
    const auto known = std::find_if(before.begin(), before.end(),
                                    [&](const Asked& asked) { return asked.other == question.other; });
    if (known != before.end()) {
      const bool same = known->content == content;
      before.erase(known);
      if (same) {
        continue;
      }
    }
    CROSSBILL_RETURN_IF_ERROR(Note(record, {question.other, content}));
    CROSSBILL_RETURN_IF_ERROR(Note(question.other, {record, content}));
    v1::Review review = question.review;
    review.set_name(name);
    tell(name, &review);
  }
  for (const Asked& settled : before) {
    CROSSBILL_RETURN_IF_ERROR(Note(record, {settled.other, 0}));
    CROSSBILL_RETURN_IF_ERROR(Note(settled.other, {record, 0}));
    CROSSBILL_TRY(std::string left, key_of(record));
    CROSSBILL_TRY(std::string right, key_of(settled.other));
    tell(ReviewName(std::move(left), std::move(right)), nullptr);
  }
  return Ok();
}

Result<std::vector<Reviews::Asked>> Reviews::AskedOf(std::uint64_t record) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kAsked, record)));
  std::vector<Asked> asked;
  std::string_view rest = stored ? std::string_view(*stored) : std::string_view();
  for (Asked one; TakeVarint(rest, one.other) && TakeVarint(rest, one.content);) {
    asked.push_back(one);
  }
  return asked;
}

void Reviews::Write(std::uint64_t record, const std::vector<Asked>& asked) {
  if (asked.empty()) {
    return state_->Delete(StateKey(kAsked, record));
  }
  std::string bytes;
  for (const Asked& one : asked) {
    AppendVarint(bytes, one.other);
    AppendVarint(bytes, one.content);
  }
  state_->Put(StateKey(kAsked, record), bytes);
}

Status Reviews::Note(std::uint64_t record, const Asked& asked) {
  CROSSBILL_TRY(std::vector<Asked> all, AskedOf(record));
  std::erase_if(all, [&](const Asked& one) { return one.other == asked.other; });
  if (asked.content != 0) {
    all.push_back(asked);
  }
  Write(record, all);
  return Ok();
}

}  // namespace crossbill::transforms
