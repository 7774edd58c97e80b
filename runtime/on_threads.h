// Parts of work on several threads.
#pragma once

#include "base/for_each_part.h"

namespace crossbill::runtime {

// So many threads at most, of which whoever calls is one; they are started for each call, which some
// milliseconds of work make worth while.
ForEachPart OnThreads(unsigned threads);

}  // namespace crossbill::runtime
