package io.anymq.bench;

import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures. On each backend it starts one broker and lets the contenders take turns: in a round
 * each one fills a queue of its own and empties it again; who begins changes from round to round. A
 * first round is thrown away: it warms up the broker and this JVM.
 *
 * <p>For use by one thread.
 */
public final class BenchRunner {

  private final BrokerProvisioner brokers;
  private final Consumer<String> progress;

  /**
   * A runner.
   *
   * @param brokers where the brokers come from
   * @param progress is told what is going on, a line at a time
   */
  public BenchRunner(BrokerProvisioner brokers, Consumer<String> progress) {
    this.brokers = brokers.announcingTo(progress);
    this.progress = progress;
  }

  /**
   * Measures one backend.
   *
   * @param backend its name
   * @param options the rounds and messages
   * @return for each case the native client, then AnyMQ
   * @throws io.anymq.tck.broker.BrokerException when there is no broker to be had
   * @throws BenchException when a message was lost or came twice, or a client failed
   * @throws InterruptedException when the thread was interrupted
   */
  public List<BenchResult> run(String backend, BenchOptions options) throws InterruptedException {
    BenchBackend chosen = BenchBackend.of(backend);
    int messages = options.messages().orElse(chosen.messages());
    try (BrokerHandle broker = brokers.start(backend);
        Contender raw = chosen.raw(broker.url());
        Contender ours = new OursContender(broker.url())) {
      return compare(backend, new Turn(raw, messages), new Turn(ours, messages), options.rounds());
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new BenchException(backend + ": " + e, e);
    }
  }

  private List<BenchResult> compare(String backend, Turn raw, Turn ours, int count)
      throws Exception {
    String prefix = "bench-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);
    Rounds rounds = new Rounds(backend);
    for (int round = 0; round <= count; round++) {
      String rawQueue = prefix + "-raw-" + round;
      String oursQueue = prefix + "-ours-" + round;
      boolean rawFirst = round % 2 == 0;
      Figures first = rawFirst ? raw.take(rawQueue) : ours.take(oursQueue);
      Figures second = rawFirst ? ours.take(oursQueue) : raw.take(rawQueue);
      Figures ofRaw = rawFirst ? first : second;
      Figures ofOurs = rawFirst ? second : first;
      String name = round == 0 ? "warm-up" : "round " + round + " of " + count;
      progress.accept(line(backend + ", " + name, ofRaw, ofOurs));
      if (round > 0) {
        rounds.add(ofRaw, ofOurs);
      }
    }
    return rounds.results();
  }

  private static String line(String name, Figures raw, Figures ours) {
    StringBuilder line = new StringBuilder(name);
    for (BenchCase each : BenchCase.values()) {
      line.append(
          String.format(
              Locale.ROOT,
              "; %s: raw %,.0f/s, ours %,.0f/s",
              each.label(),
              raw.of(each),
              ours.of(each)));
    }
    return line.toString();
  }
}
