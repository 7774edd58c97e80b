#include "runtime/on_threads.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace crossbill::runtime {

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

}  // namespace crossbill::runtime
