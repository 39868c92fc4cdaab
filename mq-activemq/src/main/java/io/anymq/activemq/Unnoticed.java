package io.anymq.activemq;

import jakarta.jms.JMSException;
import org.apache.activemq.AsyncCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For a command that may fail without harm, and that nobody waits for. */
final class Unnoticed implements AsyncCallback {

  private static final Logger LOG = LoggerFactory.getLogger(Unnoticed.class);

  private final String what;

  /**
   * Makes a callback.
   *
   * @param what what it means when the command fails, for the log
   */
  Unnoticed(String what) {
    this.what = what;
  }

  @Override
  public void onSuccess() {
    // It was needed.
  }

  @Override
  public void onException(JMSException error) {
    LOG.debug("{}", what, error);
  }
}
