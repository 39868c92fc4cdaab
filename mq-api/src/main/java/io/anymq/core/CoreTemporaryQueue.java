package io.anymq.core;

import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.Link;
import io.anymq.spi.TemporaryQueues;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A temporary queue, made again on each link. What it held is gone with the link. */
final class CoreTemporaryQueue implements Child {

  private static final Logger LOG = LoggerFactory.getLogger(CoreTemporaryQueue.class);

  private static final String PREFIX = "tmp.";
  private static final Pattern NAME =
      Pattern.compile(
          Pattern.quote(PREFIX) + "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Queue queue = Queue.of(PREFIX + UUID.randomUUID());

  /**
   * Whether a queue is some connection's temporary one, by its name. Nobody else makes such a
   * queue: it would be left over for ever.
   */
  static boolean isTemporary(Queue queue) {
    return NAME.matcher(queue.name()).matches();
  }

  Queue queue() {
    return queue;
  }

  @Override
  public void attach(Link link, long epoch) {
    declare(link, queue);
  }

  static void declare(Link link, Queue queue) {
    CoreCapabilities.extension(link, TemporaryQueues.class).declareTemporary(queue);
  }

  @Override
  public String describe() {
    return "the temporary " + queue.describe();
  }

  @Override
  public void detach(long epoch) {}

  @Override
  public void fail(MessagingException cause) {
    LOG.error("The temporary {} is gone: {}", queue.describe(), cause.getMessage());
  }
}
