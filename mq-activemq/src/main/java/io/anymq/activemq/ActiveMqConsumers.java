package io.anymq.activemq;

import io.anymq.MessagingException;
import io.anymq.Topic;
import io.anymq.UnsupportedCapabilityException;
import io.anymq.spi.ConsumerRequest;
import io.anymq.spi.DeliverySink;
import io.anymq.spi.LinkConsumer;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ConsumerInfo;

/** Opens a link's consumers, and keeps them until they are closed. */
final class ActiveMqConsumers {

  /** So many at a time are closed with the link; what has not begun in time ends with it. */
  private static final int MOST_CLOSERS = 64;

  /** How long an end takes that waits for nobody. */
  private static final Duration CUT = Duration.ofSeconds(1);

  private final LinkRequest request;
  private final ActiveMqConsumer.Setting setting;
  private final ActiveMqSubscriptions subscriptions;
  private final Optional<ActiveMqSharing> sharing;
  private final Optional<ActiveMqTurns> turns;
  private final Optional<ActiveMqPages> pages;
  private final Set<ActiveMqConsumer> open = ConcurrentHashMap.newKeySet();

  ActiveMqConsumers(
      LinkRequest request,
      ActiveMqConsumer.Setting setting,
      ActiveMqSubscriptions subscriptions,
      Optional<ActiveMqSharing> sharing,
      Optional<ActiveMqTurns> turns,
      Optional<ActiveMqPages> pages) {
    this.request = request;
    this.setting = setting;
    this.subscriptions = subscriptions;
    this.sharing = sharing;
    this.turns = turns;
    this.pages = pages;
  }

  /** Opens a consumer; see {@link io.anymq.spi.Link#openConsumer}. */
  LinkConsumer open(ConsumerRequest wanted, DeliverySink sink) {
    Optional<ActiveMqShare> named = ActiveMqShare.of(wanted.source(), setting.names());
    if (named.isEmpty()) {
      ConsumerInfo info = direct(wanted, setting.wire());
      return info.getDestination().isQueue()
          ? openQueue(info, wanted, sink, () -> {})
          : open(setting, info, wanted, sink, closed -> {});
    }
    return isShared(wanted.source())
        ? openShared(named.get(), wanted, sink)
        : openAlone(named.get(), wanted, sink);
  }

  /** A link may lack what the one before it had, when the broker was restarted in between. */
  private static UnsupportedCapabilityException noPlugIn(String what) {
    return new UnsupportedCapabilityException(
        what
            + " need ActiveMQ Classic with its statistics plug-in (statisticsBrokerPlugin in"
            + " activemq.xml), which the broker does not have now");
  }

  private static UnsupportedCapabilityException noTurns() {
    return new UnsupportedCapabilityException(
        "Order by key needs ActiveMQ Classic with its statistics plug-in (statisticsBrokerPlugin in"
            + " activemq.xml) and its advisory messages, which the broker does not have now");
  }

  private static boolean isShared(Source source) {
    if (source instanceof Source.OfTopic of) {
      return of.terms().shared();
    }
    return source instanceof Source.OfPattern of && of.terms().shared();
  }

  /** Of a queue, in turns or not. */
  private ActiveMqConsumer openQueue(
      ConsumerInfo info, ConsumerRequest wanted, DeliverySink sink, Runnable afterClose) {
    if (!wanted.keyOrdered()) {
      return wanted.selector().isPresent()
          ? openSelecting(info, wanted, sink, afterClose)
          : openPlain(info, wanted, sink, afterClose);
    }
    Runnable end = turns.orElseThrow(ActiveMqConsumers::noTurns).begin(info.getDestination());
    info.setExclusive(true);
    try {
      return open(
          setting,
          info,
          wanted,
          sink,
          closed -> {
            end.run();
            afterClose.run();
          });
    } catch (RuntimeException | Error e) {
      end.run();
      throw e;
    }
  }

  private ActiveMqConsumer openSelecting(
      ConsumerInfo info, ConsumerRequest wanted, DeliverySink sink, Runnable afterClose) {
    ActiveMqPages reader = pages.orElseThrow(() -> noPlugIn("Selectors on queues"));
    Runnable end = reader.begin(info.getDestination());
    try {
      return openPlain(
          info,
          wanted,
          sink,
          () -> {
            end.run();
            afterClose.run();
          });
    } catch (RuntimeException | Error e) {
      end.run();
      throw e;
    }
  }

  private ActiveMqConsumer openPlain(
      ConsumerInfo info, ConsumerRequest wanted, DeliverySink sink, Runnable afterClose) {
    ActiveMqConsumer consumer = open(setting, info, wanted, sink, closed -> afterClose.run());
    checkNoTurns(info, consumer);
    return consumer;
  }

  private void checkNoTurns(ConsumerInfo info, ActiveMqConsumer consumer) {
    try {
      turns.ifPresent(check -> check.checkNone(info.getDestination()));
    } catch (RuntimeException | Error e) {
      consumer.close();
      throw e;
    }
  }

  /** A consumer of the queue or the topic itself. */
  private ConsumerInfo direct(ConsumerRequest wanted, OpenWire wire) {
    ConsumerInfo info = new ConsumerInfo(wire.newConsumerId());
    if (wanted.source() instanceof Source.OfQueue of) {
      info.setDestination(setting.names().toNative(of.queue()));
    } else if (wanted.source() instanceof Source.OfTopic of) {
      info.setDestination(setting.names().toNative(of.topic()));
    } else if (wanted.source() instanceof Source.OfPattern of) {
      info.setDestination(ActiveMqPatterns.toNative(of.pattern()));
      info.setSelector(ActiveMqPatterns.NO_ADVISORIES);
    }
    return prepared(info, wanted);
  }

  private static ConsumerInfo prepared(ConsumerInfo info, ConsumerRequest wanted) {
    wanted.selector().map(ActiveMqSelector::translate).ifPresent(info::setSelector);
    info.setPrefetchSize(wanted.prefetch());
    info.setDispatchAsync(true);
    return info;
  }

  /** The only consumer of a durable subscription. */
  private LinkConsumer openAlone(ActiveMqShare share, ConsumerRequest wanted, DeliverySink sink) {
    OpenWire own = subscriptions.connect(share, sink::broken);
    boolean direct = false;
    try {
      // Not before: who removes a subscription has its connection, and takes the mark away.
      sharing.ifPresent(shares -> shares.mark(share));
      if (sharing.isEmpty() || !sharing.get().hasBacklog(share)) {
        ConsumerInfo info = share.collector(own, wanted.prefetch());
        ActiveMqConsumer consumer =
            open(setting.on(own), info, wanted, sink, closed -> left(own, share, closed));
        direct = true;
        own.whenBroken(loss -> consumer.lost());
        return consumer;
      }
    } finally {
      if (!direct) {
        own.close(request.operationTimeout());
      }
    }
    return openMoved(share, wanted, sink, sharing.get().alone(share, wanted.source()));
  }

  private void left(OpenWire own, ActiveMqShare share, ActiveMqConsumer consumer) {
    if (consumer.isOfDeleted() && own.isLive()) {
      ActiveMqSubscriptions.forget(own, share);
    }
    own.close(own.isLive() ? request.operationTimeout() : Duration.ZERO);
  }

  private LinkConsumer openShared(ActiveMqShare share, ConsumerRequest wanted, DeliverySink sink) {
    ActiveMqSharing shares = sharing.orElseThrow(() -> noPlugIn("Shared subscriptions"));
    return openMoved(share, wanted, sink, shares.member(share, wanted.source()));
  }

  /** A consumer of the queue that a subscription's messages are moved to. */
  private LinkConsumer openMoved(
      ActiveMqShare share, ConsumerRequest wanted, DeliverySink sink, ActiveMqSharing.Part part) {
    ActiveMqDeletions.Watch watch =
        setting.deletions().watch(share.origin(), () -> part.end(gone(share)));
    Runnable leave =
        () -> {
          watch.end();
          part.leave();
        };
    try {
      part.join();
      ConsumerInfo info = new ConsumerInfo(setting.wire().newConsumerId());
      info.setDestination(share.queue());
      ActiveMqConsumer consumer = openQueue(prepared(info, wanted), wanted, sink, leave);
      part.onEnd(
          why -> {
            try {
              consumer.close();
            } finally {
              sink.broken(why);
            }
          });
      return consumer;
    } catch (RuntimeException | Error e) {
      leave.run();
      throw e;
    }
  }

  private MessagingException gone(ActiveMqShare share) {
    return ActiveMqErrors.deleted(setting.names().describe(share.origin()));
  }

  private ActiveMqConsumer open(
      ActiveMqConsumer.Setting on,
      ConsumerInfo info,
      ConsumerRequest wanted,
      DeliverySink sink,
      Consumer<ActiveMqConsumer> afterClose) {
    ActiveMqConsumer consumer =
        new ActiveMqConsumer(
            on,
            info,
            wanted.source(),
            sink,
            closed -> {
              try {
                afterClose.accept(closed);
              } finally {
                open.remove(closed);
              }
            });
    open.add(consumer);
    try {
      consumer.open();
    } catch (RuntimeException | Error e) {
      open.remove(consumer);
      throw e;
    }
    return consumer;
  }

  /** Removes a durable subscription, and what it has kept. */
  void unsubscribe(ActiveMqShare share) {
    OpenWire own = subscriptions.connect(share, lost -> {});
    try {
      if (sharing.isPresent() && sharing.get().hasMembers(share)) {
        throw ActiveMqSubscriptions.inUse(share, null);
      }
      ActiveMqSubscriptions.remove(own, share);
      sharing.ifPresent(shares -> shares.removeQueues(own, share));
    } finally {
      own.close(request.operationTimeout());
    }
  }

  /** The subscriptions to patterns that would lose messages of a topic that is made again. */
  List<String> keptPatterns(Topic topic) {
    return sharing.map(shares -> shares.keptPatterns(topic)).orElse(List.of());
  }

  /** A topic has been deleted; what its shared subscriptions have kept goes with it. */
  void topicDeleted(ActiveMQDestination topic) {
    sharing.ifPresent(shares -> shares.topicDeleted(topic));
  }

  /** Begins to close all consumers, side by side. */
  Closing close() {
    List<ActiveMqConsumer> left = List.copyOf(open);
    if (!left.isEmpty()) {
      ExecutorService closers =
          Executors.newFixedThreadPool(
              Math.min(MOST_CLOSERS, left.size()), ActiveMqConsumers::closer);
      left.forEach(consumer -> close(consumer, closers));
      closers.shutdown();
    }
    return new Closing(left);
  }

  private static void close(ActiveMqConsumer consumer, ExecutorService closers) {
    try {
      closers.execute(consumer::close);
    } catch (OutOfMemoryError e) { // of threads: the link must be closed all the same
      consumer.close();
    }
  }

  private static Thread closer(Runnable task) {
    Thread thread = new Thread(task, "anymq-activemq-closer");
    thread.setDaemon(true);
    return thread;
  }

  /** The end of all consumers, whoever closes them. */
  final class Closing {

    private final List<ActiveMqConsumer> left;

    private Closing(List<ActiveMqConsumer> left) {
      this.left = left;
    }

    /** Waits until all are closed, or the time that they have together is over. */
    void await(Duration limit) {
      long end = System.nanoTime() + limit.toNanos();
      boolean unused =
          left.stream()
              .allMatch(consumer -> consumer.awaitEnd(Duration.ofNanos(end - System.nanoTime())));
    }

    /**
     * The link's connection is closed; whoever waits on another one for its consumer's end ends.
     *
     * @param waits whether to wait until all have ended, for a moment
     */
    void cut(boolean waits) {
      subscriptions.cut();
      await(waits ? CUT : Duration.ZERO);
    }
  }
}
