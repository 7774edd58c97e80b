// Documents that are keyed by their order's number already: what a topology on Kafka alone begins with.
#include <thread>

#include "bench/kafka/client.h"

namespace crossbill::bench {
namespace {

struct FeedArguments {
  Common common;
  std::int64_t first = 0;
  std::int64_t orders = 100000;
  std::int64_t rate = 0;
  std::int64_t apart = 1000;
  int partitions = 4;
};

// About 200 bytes.
std::string DocumentOf(const char* kind, std::int64_t order, const std::string& mark) {
  const std::string number = std::to_string(4500000000 + order);
  return std::string("{\"kind\":\"") + kind + "\",\"order\":\"" + number + "\",\"customer\":\"C" +
         std::to_string(order / 10) + "\",\"day\":\"2026-10-01\",\"amount\":\"" +
         std::to_string(order % 9973) +
         ".50\",\"currency\":\"EUR\",\"lines\":[{\"id\":\"1\",\"sku\":\"A-1\",\"quantity\":\"1\"}],\"text\":"
         "\"" +
         mark + "\"}";
}

class Feeder {
 public:
  explicit Feeder(const FeedArguments& arguments)
      : arguments_(arguments),
        handle_(
            Open(RD_KAFKA_PRODUCER, arguments.common, {{"enable.idempotence", "true"}, {"linger.ms", "5"}})),
        began_(std::chrono::steady_clock::now()) {
    MakeTopics(handle_.get(), arguments.common.topics, arguments.partitions);
    began_ = std::chrono::steady_clock::now();
  }

  // An order's shipment and invoice come some orders later.
  void Run() {
    static constexpr const char* kKinds[] = {"order", "shipment", "invoice"};
    for (std::int64_t i = 0; i < arguments_.orders + 2 * arguments_.apart; ++i) {
      for (int kind = 0; kind < 3; ++kind) {
        const std::int64_t order = i - kind * arguments_.apart;
        if (order >= 0 && order < arguments_.orders) {
          Send(arguments_.common.topics[static_cast<std::size_t>(kind)], kKinds[kind],
               arguments_.first + order);
        }
      }
    }
    Check(rd_kafka_flush(handle_.get(), 60000), "flushing");
    std::printf("{\"documents\": %lld, \"seconds\": %.3f}\n", static_cast<long long>(sent_),
                SecondsSince(began_));
  }

 private:
  void Pace() const {
    if (arguments_.rate > 0) {
      std::this_thread::sleep_until(began_ + std::chrono::microseconds(sent_ * 1000000 / arguments_.rate));
    }
  }

  void Send(const std::string& topic, const char* kind, std::int64_t order) {
    Pace();
    const std::string key = std::to_string(4500000000 + order);
    const std::string value = DocumentOf(kind, order, TextOf({WallMicros(), order}));
    for (;;) {
      const rd_kafka_resp_err_t code = rd_kafka_producev(
          handle_.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        Check(code, "producing");
        break;
      }
      rd_kafka_poll(handle_.get(), 1);
    }
    ++sent_;
  }

  const FeedArguments& arguments_;
  Handle handle_;
  std::chrono::steady_clock::time_point began_;
  std::int64_t sent_ = 0;
};

}  // namespace

void AddMake(CLI::App& program) {
  CLI::App* command = program.add_subcommand("make", "Makes topics");
  auto arguments = std::make_shared<FeedArguments>();
  arguments->common.AddTo(*command);
  command->add_option("--partitions", arguments->partitions)->check(CLI::PositiveNumber);
  command->callback([arguments] {
    const Handle handle = Open(RD_KAFKA_PRODUCER, arguments->common, {});
    MakeTopics(handle.get(), arguments->common.topics, arguments->partitions);
    std::printf("{\"topics\": %zu}\n", arguments->common.topics.size());
  });
}

void AddFeed(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "feed", "Orders, shipments and invoices, keyed by the order's number, to three topics");
  auto arguments = std::make_shared<FeedArguments>();
  arguments->common.AddTo(*command);
  command->add_option("--orders", arguments->orders)->check(CLI::PositiveNumber);
  command->add_option("--first", arguments->first, "The first order's number");
  command->add_option("--rate", arguments->rate, "Documents a second; 0: as fast as it goes");
  command->add_option("--apart", arguments->apart,
                      "So many orders later an order's shipment comes, and as many later its invoice");
  command->add_option("--partitions", arguments->partitions)->check(CLI::PositiveNumber);
  command->callback([arguments] {
    if (arguments->common.topics.size() != 3) {
      Fail("feed: three topics, for orders, shipments and invoices");
    }
    Feeder(*arguments).Run();
  });
}

}  // namespace crossbill::bench
