package io.anymq.kafka;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/**
 * Keeps one consumer's view of a pattern up to date, from when it is open until it is closed. Begun
 * and ended by any thread, and told by one.
 */
final class PatternWatch implements Consumer<Map<String, Uuid>> {

  private final TopicDirectory directory;
  private final PatternView view;
  private volatile Runnable onChange = () -> {};

  /** Whether the consumer has yet to take a change on; an attempt that fails is made again. */
  private boolean behind;

  /** A topic that this user may not read is refused again and again. */
  private final GrowingPause pause = new GrowingPause(System::nanoTime);

  private boolean ended;

  PatternWatch(TopicDirectory directory, PatternView view) {
    this.directory = directory;
    this.view = view;
  }

  synchronized void begin(Runnable changed) {
    onChange = changed;
    if (!ended) {
      directory.add(this);
    }
  }

  /** The consumer may break before it is open. */
  synchronized void end() {
    ended = true;
    directory.remove(this);
  }

  @Override
  public void accept(Map<String, Uuid> topics) {
    if (view.look(topics)) {
      behind = true;
      pause.reset(); // What is new must not wait for what is refused.
    }
    if (behind && pause.isOver()) {
      pause.grow();
      onChange.run();
      behind = false;
      pause.reset();
    }
  }
}
