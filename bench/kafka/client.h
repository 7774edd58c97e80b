// What the parts of the probe share. The probe is a program of its own beside the benchmarks: it knows
// nothing of Crossbill's bus, only librdkafka, so that what it measures and counts does not lean on what is
// measured. Any error ends it.
#pragma once

#include <librdkafka/rdkafka.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill::bench {

[[noreturn]] void Fail(const std::string& text);
void Check(rd_kafka_resp_err_t code, std::string_view doing);
void Check(rd_kafka_error_t* error, std::string_view doing);  // takes the error

struct HandleEnd {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
using Handle = std::unique_ptr<rd_kafka_t, HandleEnd>;
struct ListEnd {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, ListEnd>;

// What every subcommand takes.
struct Common {
  std::string brokers;
  std::vector<std::string> topics;
  std::vector<std::string> properties;  // KEY=VALUE of librdkafka
  void AddTo(CLI::App& command);
};

// The subcommand's own properties first, the user's on top.
Handle Open(rd_kafka_type_t type, const Common& common, const std::map<std::string, std::string>& own);
// A consumer of committed records of all partitions of these topics, from the begin. Waits until the topics
// are there.
Handle OpenReader(const Common& common, bool tell_ends, Partitions& assigned);
void MakeTopics(rd_kafka_t* handle, const std::vector<std::string>& topics, int partitions);

std::int64_t WallMicros();
inline double SecondsSince(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// Where and when a document was made, within its text: "@1764108025123456-42@".
struct Mark {
  std::int64_t micros = 0;
  std::int64_t serial = 0;
};
std::string TextOf(const Mark& mark);
// The newest mark in the text; micros 0: there is none.
Mark NewestMark(std::string_view text);

void AddProduce(CLI::App& program);
void AddCount(CLI::App& program);
void AddSettle(CLI::App& program);
void AddWatch(CLI::App& program);
void AddFeed(CLI::App& program);
void AddMake(CLI::App& program);

}  // namespace crossbill::bench
