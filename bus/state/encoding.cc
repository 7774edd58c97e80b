#include "bus/state/encoding.h"

namespace crossbill::bus {
namespace {

template <class T>
void Put(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

template <class T>
bool Take(std::string_view& in, T& value) {
  if (in.size() < sizeof(T)) {
    return false;
  }
  value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value << 8) | static_cast<unsigned char>(in[i]);
  }
  in.remove_prefix(sizeof(T));
  return true;
}

}  // namespace

void PutFixed32(std::string& out, std::uint32_t value) { Put(out, value); }
void PutFixed64(std::string& out, std::uint64_t value) { Put(out, value); }
bool GetFixed32(std::string_view& in, std::uint32_t& value) { return Take(in, value); }
bool GetFixed64(std::string_view& in, std::uint64_t& value) { return Take(in, value); }

void EncodeStateKey(std::uint32_t store, std::string_view key, std::string& out) {
  out.clear();
  Put(out, store);
  out.append(key);
}

}  // namespace crossbill::bus
