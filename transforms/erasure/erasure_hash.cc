#include "transforms/erasure/erasure_hash.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

#include "base/result.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kBlock = 64;  // of SHA-256
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 16;  // of the 32: enough that no two of a billion are the same

using Digest = std::array<unsigned char, 32>;
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// OpenSSL only fails here without memory, or without SHA-256 in it.
void Must(int done) { CROSSBILL_CHECK(done == 1); }

ContextPtr Begin(std::string_view bytes) {
  ContextPtr context(EVP_MD_CTX_new());
  CROSSBILL_CHECK(context != nullptr);
  Must(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr));
  Must(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()));
  return context;
}

Digest Finish(EVP_MD_CTX* context) {
  Digest digest;
  Must(EVP_DigestFinal_ex(context, digest.data(), nullptr));
  return digest;
}

std::string_view ViewOf(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

ContextPtr BeginPadded(std::string_view key, char pad) {
  std::string block(kBlock, pad);
  for (std::size_t i = 0; i < key.size(); ++i) {
    block[i] = static_cast<char>(block[i] ^ key[i]);
  }
  return Begin(block);
}

}  // namespace

struct ErasureHash::Pads {
  ContextPtr inner, outer;
};

// The key of the HMAC is a hash of both, so that neither length nor content of the secret matters.
ErasureHash::ErasureHash(std::string_view salt, const Secret& secret) {
  std::string both(salt);
  both += secret.Reveal();
  const Digest key = Finish(Begin(both).get());
  auto pads = std::make_unique<Pads>();
  pads->inner = BeginPadded(ViewOf(key), '\x36');
  pads->outer = BeginPadded(ViewOf(key), '\x5c');
  pads_ = std::move(pads);
}

ErasureHash::~ErasureHash() = default;

std::string ErasureHash::Of(std::string_view what, std::string_view text) const {
  thread_local const ContextPtr context(EVP_MD_CTX_new());
  Must(EVP_MD_CTX_copy_ex(context.get(), pads_->inner.get()));
  Must(EVP_DigestUpdate(context.get(), what.data(), what.size()));
  Must(EVP_DigestUpdate(context.get(), "", 1));  // the zero ends what it is of
  Must(EVP_DigestUpdate(context.get(), text.data(), text.size()));
  const Digest inner = Finish(context.get());
  Must(EVP_MD_CTX_copy_ex(context.get(), pads_->outer.get()));
  Must(EVP_DigestUpdate(context.get(), inner.data(), inner.size()));
  const Digest digest = Finish(context.get());
  std::string hex;
  for (std::size_t i = 0; i < kHashBytes; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string ErasureHash::NewSalt() {
  std::array<unsigned char, kSaltBytes> bytes;
  Must(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())));
  return {bytes.begin(), bytes.end()};
}

}  // namespace crossbill::transforms
