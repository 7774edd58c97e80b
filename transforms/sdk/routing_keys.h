// The keys of <prefix>.internal.routing and <prefix>.internal.assignment: what identity and routing agree on.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace crossbill::transforms {

// Routing keys. A party's: "P|system|party id"; a reference's: "R|system|KIND|number"; a document's own:
// "U|system|stream|key".
std::string PartyKey(std::string_view system, std::string_view party);
std::string ReferenceKey(std::string_view system, std::string_view kind, std::string_view number);
std::string OwnKey(std::string_view system, std::string_view stream, std::string_view key);
inline bool IsPartyKey(std::string_view key) { return key.starts_with("P|"); }
inline bool IsReferenceKey(std::string_view key) { return key.starts_with("R|"); }
// A clue's: "C|N|number", "C|A|currency|amount|month".
inline bool IsClueKey(std::string_view key) { return key.starts_with("C|"); }

}  // namespace crossbill::transforms
