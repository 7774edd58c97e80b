#include "base/for_each_part.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace crossbill {

ForEachPart OnThreads(unsigned threads) {
  return [threads](std::size_t parts, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto take = [&] {
      for (std::size_t i = next++; i < parts; i = next++) {
        work(i);
      }
    };
    std::vector<std::jthread> crew;
    for (std::size_t i = 1; i < std::min<std::size_t>(threads, parts); ++i) {
      crew.emplace_back(take);
    }
    take();
  };
}

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
