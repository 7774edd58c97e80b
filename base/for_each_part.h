// Work that falls into parts which do not depend on each other, on one thread or several.
#pragma once

#include <cstddef>
#include <functional>

namespace crossbill {

// Calls work(0) … work(parts - 1), in any order and on any threads, and returns when all have returned.
using ForEachPart = std::function<void(std::size_t parts, const std::function<void(std::size_t part)>& work)>;

// One after the other where there is no `for_each_part`.
void CallForEach(const ForEachPart& for_each_part, std::size_t parts,
                 const std::function<void(std::size_t)>& work);

}  // namespace crossbill
