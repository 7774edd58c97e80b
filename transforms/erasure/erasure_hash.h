// The keyed hashes by which what was forgotten is known again: HMAC-SHA-256 under a random number that is
// kept beside them and, where there is one, a secret of the configuration. Any thread may use a const one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace crossbill::transforms {

class ErasureHash {
 public:
  ErasureHash(std::string_view salt, const Secret& secret);
  ~ErasureHash();
  ErasureHash(const ErasureHash&) = delete;
  ErasureHash& operator=(const ErasureHash&) = delete;

  // In 32 hex digits. A record by "system/stream/key", a party's number by its routing key ("P|system|id"), a
  // dead letter by its place.
  std::string OfRecord(std::string_view key) const { return Of("record", key); }
  std::string OfParty(std::string_view party_key) const { return Of("party", party_key); }
  std::string OfLetter(std::string_view place) const { return Of("letter", place); }
  // Of nothing in particular: another secret has another.
  std::string Check() const { return Of("check", ""); }

  // Random bytes for a new installation.
  static std::string NewSalt();

 private:
  std::string Of(std::string_view what, std::string_view text) const;

  struct Pads;  // SHA-256 after the inner and the outer padded key
  std::unique_ptr<const Pads> pads_;
};

}  // namespace crossbill::transforms
