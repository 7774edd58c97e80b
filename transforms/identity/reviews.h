// The questions for people: pairs that weigh enough to ask, of records in different customers, about which
// nobody has decided. Keeps what was asked, so that a question is asked once and taken back when it is
// settled. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "crossbill/v1/steward.pb.h"

namespace crossbill::transforms {

class Reviews {
 public:
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  // `review`: nothing for a question that is settled.
  using Tell = std::function<void(const std::string& name, const v1::Review* review)>;
  struct Question {
    std::uint64_t other = 0;
    v1::Review review;  // without its name
  };
  // All questions about a record as they are now; those about others are left alone.
  using KeyOf = std::function<Result<std::string>(std::uint64_t record)>;
  Status Update(std::uint64_t record, const std::vector<Question>& questions, const KeyOf& key_of,
                const Tell& tell);

 private:
  struct Asked {
    std::uint64_t other = 0;
    std::uint64_t content = 0;  // a hash of what was asked
  };
  Result<std::vector<Asked>> AskedOf(std::uint64_t record);
  void Write(std::uint64_t record, const std::vector<Asked>& asked);
  // With one of the two records; content 0: it is settled.
  Status Note(std::uint64_t record, const Asked& asked);

  bus::StateStore* state_ = nullptr;
};

// Of two records, in either order.
std::string ReviewName(std::string left_key, std::string right_key);

}  // namespace crossbill::transforms
