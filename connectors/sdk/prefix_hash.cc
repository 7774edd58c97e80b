#include "connectors/sdk/prefix_hash.h"

#include <xxhash.h>

#include <algorithm>
#include <fstream>

namespace crossbill::connectors {

struct PrefixHash::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() { XXH3_64bits_reset(xxh); }
  ~State() { XXH3_freeState(xxh); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

PrefixHash::PrefixHash() : state_(std::make_unique<State>()) {}
PrefixHash::~PrefixHash() = default;
PrefixHash::PrefixHash(PrefixHash&&) noexcept = default;
PrefixHash& PrefixHash::operator=(PrefixHash&&) noexcept = default;

void PrefixHash::Add(std::string_view bytes) {
  XXH3_64bits_update(state_->xxh, bytes.data(), bytes.size());
  size_ += static_cast<std::int64_t>(bytes.size());
}

std::string PrefixHash::Hex() const {
  std::string out(16, '0');
  std::uint64_t hash = XXH3_64bits_digest(state_->xxh);
  for (std::size_t i = 16; i > 0; --i, hash >>= 4) {
    out[i - 1] = "0123456789abcdef"[hash & 15];
  }
  return out;
}

Result<PrefixHash> HashOfFile(const std::string& path, std::int64_t size) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error(Code::kSourceUnavailable, "the file \"" + path + "\" cannot be read");
  }
  PrefixHash hash;
  std::string buffer(1u << 20, '\0');
  while (hash.size() < size && in) {
    in.read(buffer.data(),
            std::min<std::streamsize>(static_cast<std::streamsize>(buffer.size()), size - hash.size()));
    hash.Add({buffer.data(), static_cast<std::size_t>(in.gcount())});
  }
  return hash;
}

}  // namespace crossbill::connectors
