// The keys under which a record is looked for: hashes of the values that a rule names. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "transforms/linkage/model.h"
#include "transforms/linkage/term.h"

namespace crossbill::linkage {

// Appends what `parts` add to `key`, sorted, each once; nothing where a part has no value. At most 16:
// several values in several fields multiply.
void AppendBlockingKeys(std::span<const KeyPart> parts, const Profile& profile, std::uint64_t key,
                        std::vector<std::uint64_t>& keys);

}  // namespace crossbill::linkage
