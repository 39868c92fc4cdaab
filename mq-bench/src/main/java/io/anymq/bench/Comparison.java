package io.anymq.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The rounds on one backend. */
final class Comparison {

  /** Enough to see the order of magnitude, and quick where each send waits for a slow disk. */
  static final int FIRST_MESSAGES = 5_000;

  /** What the run's memory is made for: Kafka and the hub reach it in a second. */
  static final int MOST_MESSAGES = 300_000;

  /** Long enough for the start of a consumer, and a pause of the garbage collector, not to show. */
  private static final int LEAST_SECONDS = 2;

  private static final int MOST_SECONDS = 5;

  /** Then the just-in-time compiler has seen both contenders often enough. */
  private static final int WARM_UPS = 3;

  private final String backend;
  private final Turn raw;
  private final Turn ours;
  private final Consumer<String> progress;
  private final String prefix = "bench-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);
  private int queues;

  Comparison(String backend, Turn raw, Turn ours, Consumer<String> progress) {
    this.backend = backend;
    this.raw = raw;
    this.ours = ours;
    this.progress = progress;
  }

  /** Both figures of one round. */
  private record Pair(Figures raw, Figures ours) {}

  /** Plays the rounds. */
  List<BenchResult> run(BenchOptions options) throws Exception {
    int messages = options.messages().orElse(FIRST_MESSAGES);
    for (int round = 1; round <= WARM_UPS; round++) {
      Pair pair = round("warm-up " + round + " of " + WARM_UPS, messages, round % 2 == 1);
      messages = options.messages().orElse(enough(pair.raw(), pair.ours()));
    }
    Rounds rounds = new Rounds(backend);
    for (int round = 1; round <= options.rounds(); round++) {
      String name = "round " + round + " of " + options.rounds();
      Pair pair = round(name, messages, round % 2 == 1);
      rounds.add(pair.raw(), pair.ours());
    }
    return rounds.results();
  }

  /**
   * As many messages as the quicker one receives in the time that a case is to last at least, but
   * no more than the slower one sends in the time that a case may last: one short stop of a broker
   * must not decide a round.
   */
  static int enough(Figures raw, Figures ours) {
    double quicker = Math.max(raw.receiveAccepted(), ours.receiveAccepted());
    double slower = Math.min(raw.sendConfirmed(), ours.sendConfirmed());
    double messages = Math.min(quicker * LEAST_SECONDS, slower * MOST_SECONDS);
    return (int) Math.max(FIRST_MESSAGES, Math.min(MOST_MESSAGES, messages));
  }

  private Pair round(String name, int messages, boolean rawFirst) throws Exception {
    Figures first = (rawFirst ? raw : ours).take(queue(), messages);
    Figures second = (rawFirst ? ours : raw).take(queue(), messages);
    Pair pair = rawFirst ? new Pair(first, second) : new Pair(second, first);
    progress.accept(line(name, messages, pair));
    return pair;
  }

  private String queue() {
    return prefix + "-" + ++queues;
  }

  private String line(String name, int messages, Pair pair) {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%s, %s, %,d messages", backend, name, messages));
    for (BenchCase each : BenchCase.values()) {
      line.append(
          String.format(
              Locale.ROOT,
              "; %s: raw %,.0f/s, ours %,.0f/s",
              each.label(),
              pair.raw().of(each),
              pair.ours().of(each)));
    }
    return line.toString();
  }
}
