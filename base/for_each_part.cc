#include "base/for_each_part.h"

namespace crossbill {

void CallForEach(const ForEachPart& for_each_part, std::size_t parts,
                 const std::function<void(std::size_t)>& work) {
  if (for_each_part) {
    for_each_part(parts, work);
    return;
  }
  for (std::size_t part = 0; part < parts; ++part) {
    work(part);
  }
}

}  // namespace crossbill
