// The records of a block: eight bytes while there is only one, as in most blocks; else one piece of memory.
// One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

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
      delete[] Many();
    }
  }

  // Asks for the memory of what is soon looked at.
  void Prefetch() const {
    if (IsMany()) {
      __builtin_prefetch(Many());
    }
  }
  std::size_t size() const { return word_ == 0 ? 0 : IsMany() ? Many()[kSize] : 1; }
  // In the order in which they came.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    if (IsMany()) {
      for (const std::uint32_t number : Numbers()) {
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
      const auto first = static_cast<std::uint32_t>(One());
      Move({&first, 1}, kLeastRoom);
    } else if (Many()[kSize] == Many()[kRoom]) {
      Move(Numbers(), Many()[kRoom] + Many()[kRoom] / 2 + kHead);
    }
    std::uint32_t* many = Many();
    many[kHead + many[kSize]++] = static_cast<std::uint32_t>(number);
  }
  void Remove(std::uint64_t number) {
    if (IsMany()) {
      const std::span<std::uint32_t> numbers = Numbers();
      const auto end = std::remove(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(number));
      Many()[kSize] = static_cast<std::uint32_t>(end - numbers.begin());
      if (Many()[kSize] == 0) {
        *this = MemberList();
      }
    } else if (word_ != 0 && One() == number) {
      word_ = 0;
    }
  }

 private:
  static constexpr unsigned kShift = 32;
  static constexpr std::uint64_t kOne = 1;  // marks a number; a pointer is even
  // Of many: how many, for how many there is room, and the numbers.
  static constexpr std::size_t kSize = 0, kRoom = 1, kHead = 2;
  static constexpr std::size_t kLeastRoom = 2;  // with the head sixteen bytes
  static_assert(sizeof(std::uintptr_t) == sizeof(std::uint64_t) && alignof(std::uint32_t) > 1);

  bool IsMany() const { return word_ != 0 && (word_ & kOne) == 0; }
  std::uint64_t One() const { return word_ >> kShift; }
  std::uint32_t* Many() const { return reinterpret_cast<std::uint32_t*>(word_); }
  std::span<std::uint32_t> Numbers() const { return {Many() + kHead, Many()[kSize]}; }
  void Move(std::span<const std::uint32_t> numbers, std::size_t room) {
    auto* many = new std::uint32_t[kHead + room];
    many[kSize] = static_cast<std::uint32_t>(numbers.size());
    many[kRoom] = static_cast<std::uint32_t>(room);
    std::copy(numbers.begin(), numbers.end(), many + kHead);
    if (IsMany()) {
      delete[] Many();
    }
    word_ = reinterpret_cast<std::uintptr_t>(many);
  }

  std::uint64_t word_ = 0;
};

}  // namespace crossbill::transforms
