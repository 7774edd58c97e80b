// What the index of parties keeps of a source record: entries by the blocks in which identity looks for it,
// and its cleaned values. Pure; any thread.
//
//   B<block: 8><narrower: 4 each><number: 8>    nothing. A block is a key of a blocking rule; where it is too
//                                               large, what the rule's next keys add lets the same entries be
//                                               read as narrower blocks. A record without a next key has 0
//   O<number: 8>                                the record, its outline, and its values as the comparer
//                                               encodes them
//
// A record's number is the hash of its key.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "transforms/identity/comparer.h"

namespace crossbill::facade {

struct StoredParty {
  std::string_view record;  // "system/stream/key"
  std::int64_t sequence = 0;
  std::string_view outline;  // empty: the comparer has none
  std::string_view cleaned;
};

std::uint64_t NumberOfParty(std::string_view record);
std::string PartyKey(std::uint64_t number);
std::string EncodeParty(const StoredParty& party);
// False where the bytes are none of EncodeParty's. Views point into them.
bool DecodeParty(std::string_view bytes, StoredParty& party);

// The beginning of the entries of a block.
std::string BlockPrefix(std::size_t rule, std::uint64_t key);
// Makes it that of a narrower one.
void AppendNarrower(std::uint64_t key, std::string& prefix);
std::uint64_t NumberOfBlockEntry(std::string_view entry);
std::set<std::string> BlockEntriesOf(const transforms::Comparer& comparer, const transforms::Cleaned& party,
                                     std::uint64_t number);

}  // namespace crossbill::facade
