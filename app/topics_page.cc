#include "app/topics_page.h"

#include <algorithm>

#include "crossbill/config/v1/project.pb.h"
#include "facade/views/views.h"
#include "runtime/stages.h"

namespace crossbill::app {
namespace {

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Prose that goes with the table; the names of headers are bus/event_headers.h and bus/dead_letter.h.
constexpr std::string_view kHeaders = R"(
On Kafka there are also `internal.state.*`, the changelogs of the transforms' and the connectors' state: compacted, never to be deleted; and `internal.work.*`, which hold no records: their groups share the work between processes.

## Headers

All headers are UTF-8 text. Events have those of the CloudEvents Kafka binding: `ce_specversion`, `ce_id`, `ce_type`, `ce_source`, `ce_subject`, `ce_time`, `content-type`, and `ce_sequence`: of two events of one
record the one with the higher number is the newer.

Dead letters have the same (without `ce_sequence`), and for tools that read Kafka Connect's error topics:

| header | what |
|---|---|
| `__connect.errors.topic`, `.partition`, `.offset` | where the record stood; not for rows, which never were on a topic |
| `__connect.errors.connector.name` | the stream that read it, `erp/orders`, or the stage, `reconcile` |
| `__connect.errors.task.id` | the stage's partition; 0 for a stream |
| `__connect.errors.stage` | `VALUE_CONVERTER`: it could not be read; `TRANSFORMATION`: it could not be mapped |
| `__connect.errors.class.name` | `crossbill.connector.csv`, `crossbill.mapping`, `crossbill.transform.reconcile` |
| `__connect.errors.exception.class.name`, `.exception.message` | `crossbill.CB1210`, and what is wrong |
| `crossbill-error-code` | [the code](errors.md) |
| `crossbill-source` | `bills.csv:42`, the key of a table's row, or `topic/partition/offset` |
| `crossbill-config-hash` | of the connector's file as it is written (of `crossbill.yaml` for a stage): whether it changed since |
| `crossbill-attempt` | how often it failed |

A record that `crossbill deadletter replay` put back into its topic has `crossbill-attempt` too, and `crossbill-letter`, the place of its dead letter.
)";

}  // namespace

std::string_view CleanupOf(const bus::TopicSpec& spec) {
  return spec.compacted ? "compact" : spec.work ? "work" : "keep";
}

std::vector<std::string> ReadersOf(const bus::Topics& topics, const std::vector<transforms::Stage>& stages,
                                   const std::string& topic) {
  std::vector<std::string> readers;
  for (const transforms::Stage& stage : stages) {
    if (Has(stage.inputs, topic)) {
      readers.push_back(stage.name);
    }
  }
  if (Has(facade::TopicsOfViews(topics), topic)) {
    readers.emplace_back("facade");
  }
  return readers;
}

std::string TopicsPage() {
  const bus::Topics topics("crossbill", 4);
  const auto stages = runtime::StagesOf(config::v1::Project(), nullptr, topics);
  std::string page =
      "# Topics\n\nWith the default prefix. `partitions` of crossbill.yaml sets how many partitions work is "
      "shared over. `crossbill topics` prints this of a running system, with records and lag (on Kafka the "
      "ends of transactions count as records).\n\n"
      "| topic | key | message | written by | read by | kept |\n|---|---|---|---|---|---|\n";
  for (const bus::TopicInfo& info : topics.All()) {
    const std::string kept = info.spec.compacted ? "the newest of each key"
                             : info.work         ? "until it was read"
                                                 : "for ever";
    std::string readers;
    for (const std::string& reader : ReadersOf(topics, stages, info.spec.name)) {
      readers += (readers.empty() ? "" : ", ") + reader;
    }
    page += "| `" + info.spec.name + "` | " + info.key + " | " +
            (info.message.empty() ? "JSON" : "`" + info.message + "`") + " | " + info.owner + " | " +
            readers + " | " + kept + " |\n";
  }
  return page.append(kHeaders);
}

}  // namespace crossbill::app
