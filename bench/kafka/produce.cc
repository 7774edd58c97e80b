// The limit: a transactional producer that does nothing but produce, as librdkafka's own performance example
// does.
#include <random>

#include "bench/kafka/sample.h"

namespace crossbill::bench {
namespace {

struct ProduceArguments {
  Common common;
  std::int64_t messages = 1000000;
  std::size_t bytes = 300;
  std::string like;  // a sample's file
  int partitions = 4;
  std::int64_t commit_ms = 0;
  std::int64_t commit_messages = 0;
};

// Letters and digits of a fixed seed: they hardly compress.
std::vector<Message> RandomMessages(std::size_t bytes) {
  constexpr std::size_t kDifferent = 10000;
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::mt19937_64 chance(1);
  std::vector<Message> messages(kDifferent);
  for (std::size_t i = 0; i < kDifferent; ++i) {
    messages[i].key = std::to_string(1000000000 + i);
    messages[i].value.resize(bytes);
    for (char& letter : messages[i].value) {
      letter = kLetters[chance() % kLetters.size()];
    }
  }
  return messages;
}

rd_kafka_headers_t* HeadersOf(const Message& message) {
  if (message.headers.empty()) {
    return nullptr;
  }
  rd_kafka_headers_t* headers = rd_kafka_headers_new(message.headers.size());
  for (const auto& [name, value] : message.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return headers;
}

void Send(rd_kafka_t* handle, const std::string& topic, int partition, const Message& message) {
  rd_kafka_headers_t* headers = HeadersOf(message);
  for (;;) {
    const rd_kafka_resp_err_t code = rd_kafka_producev(
        handle, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_KEY(message.key.data(), message.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(message.value.data()), message.value.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      return Check(code, "producing");
    }
    rd_kafka_poll(handle, 1);
  }
}

void Produce(const ProduceArguments& arguments) {
  const std::vector<Message> messages =
      arguments.like.empty() ? RandomMessages(arguments.bytes) : ReadSample(arguments.like);
  const Handle handle = Open(RD_KAFKA_PRODUCER, arguments.common,
                             {{"transactional.id", arguments.common.topics.front()}, {"linger.ms", "5"}});
  MakeTopics(handle.get(), arguments.common.topics, arguments.partitions);
  Check(rd_kafka_init_transactions(handle.get(), 30000), "initialising transactions");
  const auto began = std::chrono::steady_clock::now();
  const auto interval = std::chrono::milliseconds(arguments.commit_ms);
  auto opened = began;
  std::int64_t open = 0;
  std::int64_t commits = 0;
  std::int64_t bytes = 0;
  Check(rd_kafka_begin_transaction(handle.get()), "beginning");
  for (std::int64_t i = 0; i < arguments.messages; ++i) {
    const Message& message = messages[static_cast<std::size_t>(i) % messages.size()];
    Send(handle.get(), arguments.common.topics.front(), static_cast<int>(i % arguments.partitions), message);
    bytes += static_cast<std::int64_t>(message.key.size() + message.value.size());
    ++open;
    const bool last = i + 1 == arguments.messages;
    const bool due = arguments.commit_messages > 0
                         ? open >= arguments.commit_messages
                         : open % 64 == 0 && std::chrono::steady_clock::now() - opened >= interval;
    if (last || due) {
      Check(rd_kafka_commit_transaction(handle.get(), -1), "committing");
      ++commits;
      open = 0;
      opened = std::chrono::steady_clock::now();
      if (!last) {
        Check(rd_kafka_begin_transaction(handle.get()), "beginning");
      }
    }
  }
  std::printf("{\"messages\": %lld, \"key_and_value_bytes\": %lld, \"commits\": %lld, \"seconds\": %.3f}\n",
              static_cast<long long>(arguments.messages), static_cast<long long>(bytes),
              static_cast<long long>(commits), SecondsSince(began));
}

}  // namespace

void AddProduce(CLI::App& program) {
  CLI::App* command = program.add_subcommand("produce", "Produces messages in transactions");
  auto arguments = std::make_shared<ProduceArguments>();
  arguments->common.AddTo(*command);
  command->add_option("--messages", arguments->messages)->check(CLI::PositiveNumber);
  command->add_option("--bytes", arguments->bytes, "Of a value");
  command->add_option("--like", arguments->like,
                      "Messages such as those of this sample, which `count --sample` wrote");
  command->add_option("--partitions", arguments->partitions)->check(CLI::PositiveNumber);
  auto* every_ms = command->add_option("--commit-ms", arguments->commit_ms)->check(CLI::PositiveNumber);
  command->add_option("--commit-messages", arguments->commit_messages)
      ->check(CLI::PositiveNumber)
      ->excludes(every_ms);
  command->callback([arguments] {
    if (arguments->commit_ms == 0 && arguments->commit_messages == 0) {
      Fail("--commit-ms or --commit-messages");
    }
    Produce(*arguments);
  });
}

}  // namespace crossbill::bench
