package io.anymq.tck.reference;

import io.anymq.Destination;
import io.anymq.Queue;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.NativeMessage;
import io.anymq.tck.broker.BrokerHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The kit's harness of the reference adapter; each run has a broker of its own. */
public final class MemoryHarness implements BackendHarness {

  static final String USER = "anymq";
  static final String PASSWORD = "correct";
  private static final String CORRELATION_ID = "x-anymq-correlation-id";

  /** A header that the adapter cannot read, and that is text. */
  private static final String UNKNOWN = "x-anymq-unknown";

  private final Map<String, String> options;

  /** The adapter with its defaults. */
  public MemoryHarness() {
    this(Map.of());
  }

  /**
   * The adapter with options.
   *
   * @param options its options, as text
   */
  public MemoryHarness(Map<String, String> options) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.put("user", USER);
    all.put("password", PASSWORD);
    this.options = Map.copyOf(all);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public BrokerHandle startBroker() {
    String name = UUID.randomUUID().toString();
    MemoryBroker.named(name).requireCredentials(USER, PASSWORD);
    return new MemoryBrokerHandle(name);
  }

  @Override
  public Map<String, String> options() {
    return options;
  }

  @Override
  public Map<String, String> attentive() {
    return Map.of("silence-limit", "200ms");
  }

  @Override
  public String urlOfPort(int port) {
    String name = "port-" + port;
    MemoryBroker.named(name).reachable(false);
    return "memory:" + name;
  }

  @Override
  public String malformedUrl() {
    return "memory://host/with/a/path";
  }

  @Override
  public String nativeName(Destination destination) {
    return destination.name();
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return new Client(MemoryBroker.named(broker.url().substring("memory:".length())));
  }

  @Override
  public void sendGarbage(BrokerHandle broker) {
    MemoryBroker.named(broker.url().substring("memory:".length())).restore("a route that is none");
  }

  /** Writes and reads records. */
  private record Client(MemoryBroker broker) implements NativeClient {

    @Override
    public void write(Queue queue, NativeMessage message) {
      Map<String, Object> headers = new LinkedHashMap<>(message.headers());
      message.correlationId().ifPresent(id -> headers.put(CORRELATION_ID, id));
      broker.write(queue, new MemoryRecord(headers, message.body()));
    }

    @Override
    public NativeMessage writeUndecodable(Queue queue) {
      Map<String, Object> headers = Map.of("foreign", Instant.EPOCH, UNKNOWN, "no field");
      MemoryRecord written = new MemoryRecord(headers, new byte[] {1, 2});
      broker.write(queue, written);
      return toNative(written);
    }

    @Override
    public Optional<NativeMessage> read(Queue queue, Duration timeout) {
      return broker.read(queue).map(Client::toNative);
    }

    @Override
    public void close() {}

    private static NativeMessage toNative(MemoryRecord record) {
      Map<String, String> texts = new LinkedHashMap<>();
      record
          .headers()
          .forEach(
              (name, value) -> {
                if (value instanceof String text) {
                  texts.put(name, text);
                }
              });
      return new NativeMessage(
          record.body(), Optional.ofNullable(texts.get(CORRELATION_ID)), texts);
    }
  }
}
