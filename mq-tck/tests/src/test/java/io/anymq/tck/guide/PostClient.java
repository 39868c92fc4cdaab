package io.anymq.tck.guide;

import io.anymq.Queue;
import io.anymq.tck.NativeClient;
import io.anymq.tck.NativeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program that uses the post office and has never heard of AnyMQ. */
record PostClient(PostVisit visit) implements NativeClient {

  private static final int LIMIT_SECONDS = 5;

  static PostClient at(String town) {
    try {
      return new PostClient(PostOffice.visit(town, PostOffice.FRONT_DOOR));
    } catch (PostException e) {
      throw new IllegalStateException("The kit's post office is shut", e);
    }
  }

  static void knockAtNoDoor(String town) {
    try {
      PostOffice.visit(town, "cellar").leave();
      throw new IllegalStateException("The post office has a cellar");
    } catch (PostException e) {
      // as it should be
    }
  }

  @Override
  public void write(Queue queue, NativeMessage message) throws Exception {
    Map<String, Object> headers = new LinkedHashMap<>(message.headers());
    message.correlationId().ifPresent(id -> headers.put(PostMapper.CORRELATION_ID, id));
    put(queue, new Letter(headers, message.body()));
  }

  @Override
  public NativeMessage writeUndecodable(Queue queue) throws Exception {
    Letter written = new Letter(Map.of("foreign", Instant.EPOCH), new byte[] {1, 2});
    put(queue, written);
    return toNative(written);
  }

  @Override
  public Optional<NativeMessage> read(Queue queue, Duration timeout) throws Exception {
    PostWindow window = visit.openWindow(queue.name());
    try {
      Optional<Lease> lease = window.lease(timeout);
      if (lease.isEmpty()) {
        return Optional.empty();
      }
      window.keep(lease.get());
      return Optional.of(toNative(lease.get().letter()));
    } finally {
      window.close();
    }
  }

  @Override
  public void close() {
    visit.leave();
  }

  private void put(Queue queue, Letter letter) throws Exception {
    visit.put(queue.name(), letter).get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static NativeMessage toNative(Letter letter) {
    Map<String, String> texts = new LinkedHashMap<>();
    letter
        .headers()
        .forEach(
            (name, value) -> {
              if (value instanceof String text) {
                texts.put(name, text);
              }
            });
    Optional<String> correlation = Optional.ofNullable(texts.get(PostMapper.CORRELATION_ID));
    return new NativeMessage(letter.body(), correlation, texts);
  }
}
