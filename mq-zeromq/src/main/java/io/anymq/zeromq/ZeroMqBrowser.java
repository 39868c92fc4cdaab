package io.anymq.zeromq;

import io.anymq.Message;
import io.anymq.Queue;
import io.anymq.QueueBrowser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;

/**
 * Looks at a queue page by page. It leaves out what cannot be decoded: no consumer would get that
 * as a message either.
 */
final class ZeroMqBrowser implements QueueBrowser {

  private final LinkLoop loop;
  private final Queue queue;
  private final String name;
  private final Deque<Message> page = new ArrayDeque<>();
  private BrowsePlace place = BrowsePlace.START;
  private boolean over;

  /** Begins the look, so that a queue that is missing is told at once. */
  ZeroMqBrowser(LinkLoop loop, Queue queue, String name) {
    this.loop = loop;
    this.queue = queue;
    this.name = name;
    nextPage();
  }

  private void nextPage() {
    BrowsePlace from = place;
    WireReader answer = loop.ask(new Ask(Wire.BROWSE, out -> from.write(out.text(name))));
    place = Await.read(answer, in -> read(in, from));
  }

  private BrowsePlace read(WireReader in, BrowsePlace from) throws MalformedFrameException {
    BrowsePlace last = new BrowsePlace(in.i64(), from.rank(), from.position());
    over = in.remaining() == 0; // a page whose entries are all left out is not the last one
    while (in.remaining() > 0) {
      last = new BrowsePlace(last.end(), in.u8(), in.i64());
      ZeroMqDelivery entry =
          new ZeroMqDelivery(null, queue, 0, ZeroMqDelivery.Counts.FIRST, 0, in.slice(in.length()));
      if (entry.undecodable().isEmpty()) {
        page.add(entry.message());
      }
    }
    return last;
  }

  @Override
  public Queue queue() {
    return queue;
  }

  @Override
  public boolean hasNext() {
    while (page.isEmpty() && !over) {
      nextPage();
    }
    return !page.isEmpty();
  }

  @Override
  public Message next() {
    if (!hasNext()) {
      throw new NoSuchElementException("The look at " + queue + " has come to its end");
    }
    return page.removeFirst();
  }

  @Override
  public void close() {
    over = true;
    page.clear();
  }
}
