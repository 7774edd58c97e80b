package crossbill.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * The least that a JDBC source for Kafka Connect has to do: a table by its growing key, every column as text, no mapping. The JDBC sources that
 * people use are not to be had from Maven Central; they do more for each row, so this one shows what Connect itself and the driver allow.
 */
public final class JdbcSource extends SourceConnector {
  private static final ConfigDef CONFIG = new ConfigDef()
      .define("url", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "JDBC URL")
      .define("table", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Table")
      .define("key", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Column that grows")
      .define("topic", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Topic")
      .define("batch.max.rows", ConfigDef.Type.INT, 100, ConfigDef.Importance.LOW, "Rows of a poll (100, as the known JDBC sources have it)")
      .define("poll.interval.ms", ConfigDef.Type.LONG, 5000L, ConfigDef.Importance.LOW, "Pause at the end of the table");
  private Map<String, String> properties;

  @Override
  public void start(Map<String, String> given) {
    properties = given;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return Reader.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int most) {
    return List.of(properties);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return CONFIG;
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> given) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  public static final class Reader extends SourceTask {
    private Map<String, Object> config;
    private Map<String, String> partition;
    private Connection connection;
    private PreparedStatement statement;
    private ResultSet rows;
    private Schema schema;
    private String last;
    private volatile boolean stopped;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> given) {
      config = CONFIG.parse(given);
      partition = Map.of("table", (String) config.get("table"));
      Map<String, Object> offset = context.offsetStorageReader().offset(partition);
      last = offset == null ? "" : (String) offset.get("key");
      try {
        connection = DriverManager.getConnection((String) config.get("url"));
        connection.setAutoCommit(false);  // PostgreSQL's driver reads by portions only within a transaction
      } catch (SQLException error) {
        throw new ConnectException(error);
      }
    }

    private void open() throws SQLException {
      String key = (String) config.get("key");
      statement = connection.prepareStatement("SELECT * FROM " + config.get("table") + " WHERE " + key + " > ? ORDER BY " + key);
      statement.setFetchSize((int) config.get("batch.max.rows"));
      statement.setString(1, last);
      rows = statement.executeQuery();
      if (schema == null) {
        ResultSetMetaData columns = rows.getMetaData();
        SchemaBuilder builder = SchemaBuilder.struct().name((String) config.get("table"));
        for (int i = 1; i <= columns.getColumnCount(); ++i) {
          builder.field(columns.getColumnName(i), Schema.OPTIONAL_STRING_SCHEMA);
        }
        schema = builder.build();
      }
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      try {
        if (rows == null) {
          open();
        }
        int most = (int) config.get("batch.max.rows");
        List<SourceRecord> records = new ArrayList<>(most);
        String key = (String) config.get("key");
        String topic = (String) config.get("topic");
        int columns = schema.fields().size();
        while (records.size() < most && rows.next()) {
          Struct value = new Struct(schema);
          for (int i = 0; i < columns; ++i) {
            value.put(schema.fields().get(i), rows.getString(i + 1));
          }
          last = value.getString(key);
          records.add(new SourceRecord(partition, Map.of("key", last), topic, null, Schema.STRING_SCHEMA, last, schema, value));
        }
        if (records.size() < most) {
          rows.close();
          statement.close();
          connection.commit();
          rows = null;
        }
        if (records.isEmpty() && !stopped) {
          Thread.sleep(Math.min((long) config.get("poll.interval.ms"), 1000L));
          return null;
        }
        return records;
      } catch (SQLException error) {
        throw new ConnectException(error);
      }
    }

    @Override
    public void stop() {
      stopped = true;
      try {
        if (connection != null) {
          connection.close();
        }
      } catch (SQLException ignored) {
        // it ends anyhow
      }
    }
  }
}
