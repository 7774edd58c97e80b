// The hash of a file's bytes up to a place, in steps (XXH3, 64 bits, as HashOf). One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::connectors {

class PrefixHash {
 public:
  PrefixHash();
  ~PrefixHash();
  PrefixHash(PrefixHash&&) noexcept;
  PrefixHash& operator=(PrefixHash&&) noexcept;
  void Add(std::string_view bytes);
  std::int64_t size() const { return size_; }
  std::string Hex() const;  // 16 digits

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::int64_t size_ = 0;
};

// Of the first `size` bytes of a file; of all of it when it is shorter.
Result<PrefixHash> HashOfFile(const std::string& path, std::int64_t size);

}  // namespace crossbill::connectors
