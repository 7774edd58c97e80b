// When did each document first appear? Reads committed records only, as any consumer would.
#include <algorithm>

#include "bench/kafka/client.h"

namespace crossbill::bench {
namespace {

struct WatchArguments {
  Common common;
  std::int64_t documents = 0;
  std::int64_t warm_up = 0;
  std::int64_t patience_s = 60;
};

double Percentile(const std::vector<std::int64_t>& sorted, double part) {
  const auto at = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[at]) / 1000;
}

void Tell(const char* what) {
  std::printf("{\"%s\": true}\n", what);
  std::fflush(stdout);
}

void Watch(const WatchArguments& arguments) {
  Partitions assigned;
  const Handle handle = OpenReader(arguments.common, false, assigned);
  Tell("ready");
  std::vector<bool> seen(static_cast<std::size_t>(arguments.documents));
  std::vector<std::int64_t> micros;
  std::int64_t count = 0;
  std::int64_t records = 0;
  std::int64_t last = 0;
  auto heard = std::chrono::steady_clock::now();
  while (count < arguments.documents && SecondsSince(heard) < static_cast<double>(arguments.patience_s)) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(handle.get(), 100);
    if (message == nullptr) {
      continue;
    }
    const std::int64_t now = WallMicros();
    Check(message->err, "reading");
    ++records;
    const Mark mark = NewestMark({static_cast<const char*>(message->payload), message->len});
    if (mark.micros > 0 && mark.serial < arguments.documents &&
        !seen[static_cast<std::size_t>(mark.serial)]) {
      seen[static_cast<std::size_t>(mark.serial)] = true;
      if (count++ == 0) {
        Tell("first");
      }
      last = now;
      heard = std::chrono::steady_clock::now();
      if (mark.serial >= arguments.warm_up) {
        micros.push_back(now - mark.micros);
      }
    }
    rd_kafka_message_destroy(message);
  }
  if (micros.empty()) {
    Fail("no document came");
  }
  std::sort(micros.begin(), micros.end());
  std::printf(
      "{\"documents\": %lld, \"records\": %lld, \"p50_ms\": %.1f, \"p90_ms\": %.1f, \"p99_ms\": %.1f, "
      "\"max_ms\": %.1f, \"last\": %.6f}\n",
      static_cast<long long>(count), static_cast<long long>(records), Percentile(micros, 0.5),
      Percentile(micros, 0.9), Percentile(micros, 0.99), Percentile(micros, 1),
      static_cast<double>(last) / 1e6);
}

}  // namespace

void AddWatch(CLI::App& program) {
  CLI::App* command = program.add_subcommand("watch",
                                             "Reads topics until each of the documents 0 to N-1 appeared (a "
                                             "mark in it says which and from when); says how long that took");
  auto arguments = std::make_shared<WatchArguments>();
  arguments->common.AddTo(*command);
  command->add_option("--documents", arguments->documents)->required()->check(CLI::PositiveNumber);
  command->add_option("--warm-up", arguments->warm_up,
                      "So many documents first, which do not count for the times");
  command->add_option("--patience", arguments->patience_s, "Ends when nothing new came for so many seconds");
  command->callback([arguments] { Watch(*arguments); });
}

}  // namespace crossbill::bench
