// The records of a block, in eight bytes while there is only one: most blocks have no more. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace crossbill::transforms {

class MemberList {
 public:
  MemberList() = default;
  MemberList(MemberList&& other) noexcept : word_(std::exchange(other.word_, 0)) {}
  MemberList& operator=(MemberList&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~MemberList() {
    if (IsMany()) {
      delete Many();
    }
  }

  std::size_t size() const { return word_ == 0 ? 0 : IsMany() ? Many()->size() : 1; }
  // In the order in which they came.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    if (IsMany()) {
      for (const std::uint32_t number : *Many()) {
        visit(std::uint64_t{number});
      }
    } else if (word_ != 0) {
      visit(One());
    }
  }
  bool Contains(std::uint64_t number) const {
    bool contains = false;
    ForEach([&](std::uint64_t each) { contains = contains || each == number; });
    return contains;
  }
  // A number below 2^32 that is not in it.
  void Add(std::uint64_t number) {
    if (word_ == 0) {
      word_ = number << kShift | kOne;
      return;
    }
    if (!IsMany()) {
      auto many = std::make_unique<Numbers>(1, static_cast<std::uint32_t>(One()));
      word_ = reinterpret_cast<std::uintptr_t>(many.release());
    }
    Many()->push_back(static_cast<std::uint32_t>(number));
  }
  void Remove(std::uint64_t number) {
    if (IsMany()) {
      std::erase(*Many(), static_cast<std::uint32_t>(number));
      if (Many()->empty()) {
        *this = MemberList();
      }
    } else if (word_ != 0 && One() == number) {
      word_ = 0;
    }
  }

 private:
  using Numbers = std::vector<std::uint32_t>;
  static constexpr unsigned kShift = 32;
  static constexpr std::uint64_t kOne = 1;  // marks a number; a pointer is even
  static_assert(sizeof(std::uintptr_t) == sizeof(std::uint64_t) && alignof(Numbers) > 1);

  bool IsMany() const { return word_ != 0 && (word_ & kOne) == 0; }
  std::uint64_t One() const { return word_ >> kShift; }
  Numbers* Many() const { return reinterpret_cast<Numbers*>(word_); }

  std::uint64_t word_ = 0;
};

}  // namespace crossbill::transforms
