package io.anymq.core;

import io.anymq.Message;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import io.anymq.spi.Browsing;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** A look at the queues behind a prioritized one, the most urgent first. */
final class BandedBrowser implements QueueBrowser {

  private final Queue queue;
  private final List<QueueBrowser> browsers;

  private BandedBrowser(Queue queue, List<QueueBrowser> browsers) {
    this.queue = queue;
    this.browsers = browsers;
  }

  /** Begins all looks now, so that each ends at what is there now. */
  static BandedBrowser over(Queue queue, List<Queue> bands, Browsing browsing) {
    BandedBrowser browser = new BandedBrowser(queue, new ArrayList<>());
    try {
      bands.forEach(band -> browser.browsers.add(browsing.browse(band)));
      return browser;
    } catch (MessagingException e) {
      browser.close();
      throw e;
    }
  }

  @Override
  public Queue queue() {
    return queue;
  }

  @Override
  public boolean hasNext() {
    while (!browsers.isEmpty() && !browsers.get(0).hasNext()) {
      browsers.remove(0).close();
    }
    return !browsers.isEmpty();
  }

  @Override
  public Message next() {
    if (!hasNext()) {
      throw new NoSuchElementException("The look at " + queue + " is at its end");
    }
    return browsers.get(0).next();
  }

  @Override
  public void close() {
    browsers.forEach(QueueBrowser::close);
    browsers.clear();
  }
}
