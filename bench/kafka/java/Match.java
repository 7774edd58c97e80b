package crossbill.bench;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Aggregator;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The three-way match as Kafka Streams has it: orders, shipments and invoices by the order's number, exactly once. Usage: Match BOOTSTRAP
 * cogroup|joins STATE-FOLDER COMMIT-MS THREADS; reads match-orders, match-shipments and match-invoices, writes match-matched; SIGTERM ends it.
 */
public final class Match {
  private static final String[] KINDS = {"orders", "shipments", "invoices"};

  private Match() {}

  public static void main(String[] arguments) throws InterruptedException {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "match-" + arguments[1]);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, arguments[2]);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, Integer.parseInt(arguments[3]));
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.parseInt(arguments[4]));
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    properties.put("auto.offset.reset", "earliest");
    StreamsBuilder builder = new StreamsBuilder();
    if (arguments[1].equals("cogroup")) {
      cogroup(builder);
    } else {
      joins(builder);
    }
    KafkaStreams streams = new KafkaStreams(builder.build(), properties);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      streams.close(Duration.ofSeconds(10));
      ended.countDown();
    }));
    streams.start();
    ended.await();
  }

  /** One aggregate of all three: the best way to write it. */
  private static void cogroup(StreamsBuilder builder) {
    group(builder, 0).<String[]>cogroup(into(0))
        .cogroup(group(builder, 1), into(1))
        .cogroup(group(builder, 2), into(2))
        .aggregate(() -> new String[KINDS.length], Materialized.with(Serdes.String(), parts()))
        .toStream()
        .filter((number, all) -> all[0] != null && all[1] != null && all[2] != null)
        .mapValues(all -> String.join("\n", all))
        .to("match-matched", Produced.with(Serdes.String(), Serdes.String()));
  }

  /** Tables that are joined: the usual way to write it. */
  private static void joins(StreamsBuilder builder) {
    KTable<String, String> orders = table(builder, 0);
    orders.join(table(builder, 1), (order, shipment) -> order + "\n" + shipment)
        .join(table(builder, 2), (both, invoice) -> both + "\n" + invoice)
        .toStream()
        .to("match-matched", Produced.with(Serdes.String(), Serdes.String()));
  }

  private static KTable<String, String> table(StreamsBuilder builder, int kind) {
    return builder.table("match-" + KINDS[kind], Consumed.with(Serdes.String(), Serdes.String()));
  }

  private static KGroupedStream<String, String> group(StreamsBuilder builder, int kind) {
    return builder.stream("match-" + KINDS[kind], Consumed.with(Serdes.String(), Serdes.String()))
        .groupByKey(Grouped.with(Serdes.String(), Serdes.String()));
  }

  private static Aggregator<String, String, String[]> into(int kind) {
    return (number, document, all) -> {
      all[kind] = document;
      return all;
    };
  }

  /** A line for each part; documents have no line breaks. */
  private static Serde<String[]> parts() {
    Serializer<String> write = Serdes.String().serializer();
    Deserializer<String> read = Serdes.String().deserializer();
    return Serdes.serdeFrom(
        (topic, all) -> {
          StringBuilder text = new StringBuilder();
          for (String part : all) {
            text.append(part == null ? "" : part).append('\n');
          }
          return write.serialize(topic, text.toString());
        },
        (topic, bytes) -> {
          String[] all = new String[KINDS.length];
          if (bytes != null) {
            String[] lines = read.deserialize(topic, bytes).split("\n", -1);
            for (int kind = 0; kind < KINDS.length; ++kind) {
              all[kind] = lines[kind].isEmpty() ? null : lines[kind];
            }
          }
          return all;
        });
  }
}
