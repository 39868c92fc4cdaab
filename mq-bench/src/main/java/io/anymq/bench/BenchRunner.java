package io.anymq.bench;

import io.anymq.tck.broker.BrokerProvisioner;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures. On each backend it starts one broker and lets the contenders take turns: in a round
 * each one fills a queue of its own and empties it again; who begins changes from round to round.
 * Some rounds before the first are thrown away: they warm up the broker and this JVM, and find out
 * how many messages take about two seconds here.
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
    try (BenchBroker broker = BenchBroker.start(chosen, brokers, progress);
        Contender raw = chosen.raw(broker.url());
        Contender ours = new OursContender(broker.url())) {
      return new Comparison(backend, new Turn(raw), new Turn(ours), progress).run(options);
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new BenchException(backend + ": " + e, e);
    }
  }
}
