// What stands on topics: the oracle of the benchmarks (every row exactly once), and samples of messages.
#include <set>
#include <thread>

#include "bench/kafka/sample.h"

namespace crossbill::bench {
namespace {

struct CountArguments {
  Common common;
  std::string sample;
  std::size_t sample_messages = 20000;
};

std::int64_t HeaderBytes(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return 0;
  }
  std::int64_t bytes = 0;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i) {
    bytes += static_cast<std::int64_t>(std::string_view(name).size() + size);
  }
  return bytes;
}

void Count(const CountArguments& arguments) {
  Partitions assigned;
  const Handle handle = OpenReader(arguments.common, true, assigned);
  std::int64_t messages = 0;
  std::int64_t key_and_value = 0;
  std::int64_t headers = 0;
  std::vector<Message> sample;
  std::set<std::pair<std::string, int>> ended;
  while (ended.size() < static_cast<std::size_t>(assigned->cnt)) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(handle.get(), 10000);
    if (message == nullptr) {
      Fail("no messages and no end for 10 s");
    }
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      ended.emplace(rd_kafka_topic_name(message->rkt), message->partition);
    } else {
      Check(message->err, "reading");
      ++messages;
      key_and_value += static_cast<std::int64_t>(message->key_len + message->len);
      headers += HeaderBytes(*message);
      if (!arguments.sample.empty() && sample.size() < arguments.sample_messages) {
        sample.push_back(MessageOf(*message));
      }
    }
    rd_kafka_message_destroy(message);
  }
  if (!arguments.sample.empty()) {
    WriteSample(arguments.sample, sample);
  }
  std::printf("{\"messages\": %lld, \"key_and_value_bytes\": %lld, \"header_bytes\": %lld}\n",
              static_cast<long long>(messages), static_cast<long long>(key_and_value),
              static_cast<long long>(headers));
}

struct SettleArguments {
  Common common;
  std::int64_t least = 1;
  std::int64_t quiet_ms = 2000;
  std::int64_t patience_s = 600;
};

// Just made, a topic may have a leader that does not know of it yet.
bool IsYetToLead(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE || error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

// The sum of the ends of what is committed; ends of transactions take places too.
std::int64_t Ends(rd_kafka_t* handle, const rd_kafka_topic_partition_list_t& partitions) {
  std::int64_t sum = 0;
  for (int i = 0; i < partitions.cnt; ++i) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        handle, partitions.elems[i].topic, partitions.elems[i].partition, &low, &high, 10000);
    if (!IsYetToLead(error)) {
      Check(error, "asking for ends");
    }
    sum += high;
  }
  return sum;
}

void Settle(const SettleArguments& arguments) {
  Partitions assigned;
  const Handle handle = OpenReader(arguments.common, false, assigned);
  Check(rd_kafka_assign(handle.get(), nullptr), "leaving the partitions");  // nothing is read, only asked for
  const auto began = std::chrono::steady_clock::now();
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t end = 0;
  for (;;) {
    const std::int64_t now = WallMicros();
    if (const std::int64_t ends = Ends(handle.get(), *assigned); ends != end) {
      end = ends;
      first = first == 0 ? now : first;
      last = now;
    }
    if (end >= arguments.least && now - last > arguments.quiet_ms * 1000) {
      break;
    }
    if (SecondsSince(began) > static_cast<double>(arguments.patience_s)) {
      Fail("only " + std::to_string(end) + " records within " + std::to_string(arguments.patience_s) + " s");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::printf("{\"end\": %lld, \"first\": %.6f, \"last\": %.6f}\n", static_cast<long long>(end),
              static_cast<double>(first) / 1e6, static_cast<double>(last) / 1e6);
}

}  // namespace

void AddCount(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("count", "Reads all committed records of topics to their ends and counts them");
  auto arguments = std::make_shared<CountArguments>();
  arguments->common.AddTo(*command);
  command->add_option("--sample", arguments->sample, "A file for the first messages");
  command->add_option("--sample-messages", arguments->sample_messages);
  command->callback([arguments] { Count(*arguments); });
}

void AddSettle(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("settle",
                             "Waits until topics have grown and grow no more; says when the first and the "
                             "last records were committed (seconds since 1970)");
  auto arguments = std::make_shared<SettleArguments>();
  arguments->common.AddTo(*command);
  command->add_option("--least", arguments->least, "Records that must be there");
  command->add_option("--quiet-ms", arguments->quiet_ms, "For so long nothing more came");
  command->add_option("--patience", arguments->patience_s, "Seconds after which it fails");
  command->callback([arguments] { Settle(*arguments); });
}

}  // namespace crossbill::bench
