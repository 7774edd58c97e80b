// A bounded map of decoded state in front of a StateStore: two generations, the older one is dropped when the
// younger is full. A processor that is made anew begins with an empty one, so it never knows more than what
// was committed. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "base/id.h"

namespace crossbill::transforms {

template <class Value, class Key = std::string>
class Cache {
 public:
  // What a key is looked for by.
  using View = std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;

  // At most twice `generation` entries are held.
  explicit Cache(std::size_t generation) : generation_(generation) {}

  // Valid until the next call of Put or Find.
  Value* Find(const View& key) {
    if (const auto it = young_.find(key); it != young_.end()) {
      return &it->second;
    }
    const auto it = old_.find(key);
    if (it == old_.end()) {
      return nullptr;
    }
    auto node = old_.extract(it);
    MakeRoom();
    return &young_.insert(std::move(node)).position->second;
  }

  Value* Put(const View& key, Value value) {
    old_.erase(Key(key));
    MakeRoom();
    return &young_.insert_or_assign(Key(key), std::move(value)).first->second;
  }

  void Erase(const View& key) {
    if (const auto it = young_.find(key); it != young_.end()) {
      young_.erase(it);
    }
    if (const auto it = old_.find(key); it != old_.end()) {
      old_.erase(it);
    }
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return static_cast<std::size_t>(HashOf(key)); }
    std::size_t operator()(std::uint64_t key) const {  // Fibonacci hashing
      return static_cast<std::size_t>(key * 0x9E3779B97F4A7C15ULL >> 20);
    }
  };
  using Map = std::unordered_map<Key, Value, Hash, std::equal_to<>>;

  void MakeRoom() {
    if (young_.size() < generation_) {
      return;
    }
    old_ = std::move(young_);
    young_ = Map();
  }

  std::size_t generation_;
  Map young_;
  Map old_;
};

}  // namespace crossbill::transforms
