// Counters and gauges under Prometheus names, in a registry that is passed in. Any thread; adding is a
// relaxed atomic.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill {

class Counter {
 public:
  void Add(std::int64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void Set(std::int64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;
  // The same name and labels give the same counter; it lives as long as the registry. Names end in _total for
  // counters.
  Counter& Get(std::string_view name, std::string_view help, const Labels& labels = {});
  std::string ToPrometheusText() const;

 private:
  struct Entry {
    Labels labels;
    std::unique_ptr<Counter> counter;
  };
  struct Named {
    std::string help;
    std::vector<Entry> entries;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Named, std::less<>> families_;  // guarded by mutex_
};

}  // namespace crossbill
