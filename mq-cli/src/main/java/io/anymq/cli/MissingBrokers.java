package io.anymq.cli;

import io.anymq.tck.broker.BrokerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Says why brokers are not there. A broker that died while it started has the end of its log in its
 * failure, hundreds of lines: the screen gets the last ones, and a file gets all.
 */
final class MissingBrokers {

  /** The file, in the project's directory. */
  static final String LOG = "mq-test-brokers.log";

  private final PrintWriter err;
  private final Path log;
  private boolean begun;

  MissingBrokers(PrintWriter err, Path home) {
    this.err = err;
    this.log = home.resolve(LOG);
  }

  /** One more. */
  void add(BrokerException failure) {
    String sentence = Failures.sentence(failure);
    String shortened = Failures.shortened(sentence, "are in " + LOG);
    err.println("mq: " + (shortened.equals(sentence) || written(sentence) ? shortened : sentence));
  }

  /** Where it cannot be written, nothing may be left out on the screen. */
  private boolean written(String sentence) {
    try {
      if (!begun) {
        Files.deleteIfExists(log);
      }
      begun = true;
      Files.writeString(
          log, sentence + "\n\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      return true;
    } catch (IOException e) {
      err.println("mq: " + LOG + " cannot be written: " + Failures.sentence(e));
      return false;
    }
  }
}
