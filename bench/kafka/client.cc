#include "bench/kafka/client.h"

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace crossbill::bench {
namespace {

constexpr int kAnswerMs = 10000;
constexpr auto kTopicPatience = std::chrono::seconds(60);

// 0: not there yet.
int CountPartitions(rd_kafka_t* handle, const std::string& topic) {
  rd_kafka_topic_t* asked = rd_kafka_topic_new(handle, topic.c_str(), nullptr);
  const struct rd_kafka_metadata* answer = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(handle, 0, asked, &answer, kAnswerMs);
  rd_kafka_topic_destroy(asked);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return 0;
  }
  const int count =
      answer->topic_cnt == 1 && answer->topics[0].err == 0 ? answer->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(answer);
  return count;
}

int WaitForTopic(rd_kafka_t* handle, const std::string& topic) {
  const auto began = std::chrono::steady_clock::now();
  for (;;) {
    const int count = CountPartitions(handle, topic);
    if (count > 0) {
      return count;
    }
    if (std::chrono::steady_clock::now() - began > kTopicPatience) {
      Fail("the topic " + topic + " did not come");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

void Fail(const std::string& text) {
  std::fprintf(stderr, "kafka_probe: %s\n", text.c_str());
  std::fflush(nullptr);
  std::_Exit(1);  // the threads of librdkafka are not waited for
}

void Check(rd_kafka_resp_err_t code, std::string_view doing) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Fail(std::string(doing) + ": " + rd_kafka_err2str(code));
  }
}

void Check(rd_kafka_error_t* error, std::string_view doing) {
  if (error != nullptr) {
    Fail(std::string(doing) + ": " + rd_kafka_error_string(error));
  }
}

void Common::AddTo(CLI::App& command) {
  command.add_option("brokers", brokers, "bootstrap.servers")->required();
  command
      .add_option_function<std::string>(
          "topics", [this](const std::string& text) { topics = CLI::detail::split(text, ','); },
          "Topics, separated by commas")
      ->required();
  command.add_option("--set", properties, "A property of librdkafka: KEY=VALUE");
}

Handle Open(rd_kafka_type_t type, const Common& common, const std::map<std::string, std::string>& own) {
  std::map<std::string, std::string> all = own;
  all["bootstrap.servers"] = common.brokers;
  all["log_level"] = "3";  // a broker that has just come up is no news
  for (const std::string& property : common.properties) {
    const std::size_t equals = property.find('=');
    if (equals == std::string::npos) {
      Fail("--set " + property + ": KEY=VALUE");
    }
    all[property.substr(0, equals)] = property.substr(equals + 1);
  }
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char text[512];
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text, sizeof(text)) != RD_KAFKA_CONF_OK) {
      Fail(text);
    }
  }
  Handle handle(rd_kafka_new(type, conf, text, sizeof(text)));
  if (!handle) {
    Fail(text);
  }
  return handle;
}

Handle OpenReader(const Common& common, bool tell_ends, Partitions& assigned) {
  Handle handle = Open(RD_KAFKA_CONSUMER, common,
                       {{"group.id", "kafka-probe"},
                        {"isolation.level", "read_committed"},
                        {"enable.auto.commit", "false"},
                        {"auto.offset.reset", "earliest"},
                        {"enable.partition.eof", tell_ends ? "true" : "false"},
                        {"fetch.queue.backoff.ms", "10"}});
  Check(rd_kafka_poll_set_consumer(handle.get()), "reading");
  assigned.reset(rd_kafka_topic_partition_list_new(8));
  for (const std::string& topic : common.topics) {
    const int count = WaitForTopic(handle.get(), topic);
    for (int partition = 0; partition < count; ++partition) {
      rd_kafka_topic_partition_list_add(assigned.get(), topic.c_str(), partition)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
    }
  }
  Check(rd_kafka_assign(handle.get(), assigned.get()), "assigning");
  return handle;
}

void MakeTopics(rd_kafka_t* handle, const std::vector<std::string>& topics, int partitions) {
  std::vector<rd_kafka_NewTopic_t*> wanted;
  char text[512];
  for (const std::string& topic : topics) {
    wanted.push_back(rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, text, sizeof(text)));
    if (wanted.back() == nullptr) {
      Fail(text);
    }
  }
  rd_kafka_queue_t* queue = rd_kafka_queue_new(handle);
  rd_kafka_CreateTopics(handle, wanted.data(), wanted.size(), nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kAnswerMs);
  if (event == nullptr) {
    Fail("the broker makes no topics");
  }
  Check(rd_kafka_event_error(event), "making topics");
  std::size_t count = 0;
  const auto** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
    if (code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      Check(code, rd_kafka_topic_result_name(results[i]));
    }
  }
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy_array(wanted.data(), wanted.size());
  for (const std::string& topic : topics) {
    WaitForTopic(handle, topic);
  }
}

std::int64_t WallMicros() {
  // wall-clock: compared with what another process wrote down
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string TextOf(const Mark& mark) {
  return "@" + std::to_string(mark.micros) + "-" + std::to_string(mark.serial) + "@";
}

Mark NewestMark(std::string_view text) {
  constexpr std::size_t kDigits = 16;  // microseconds since 1970, for the next two centuries
  const auto number = [&](std::size_t& at) {
    std::int64_t value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      value = value * 10 + (text[at] - '0');
    }
    return value;
  };
  Mark newest;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at)) {
    const std::size_t begin = ++at;
    Mark mark;
    mark.micros = number(at);
    if (at - begin != kDigits || at >= text.size() || text[at] != '-') {
      continue;
    }
    const std::size_t serial = ++at;
    mark.serial = number(at);
    if (at == serial || at >= text.size() || text[at] != '@') {
      continue;
    }
    ++at;
    if (mark.micros >= newest.micros) {
      newest = mark;
    }
  }
  return newest;
}

}  // namespace crossbill::bench
