package io.anymq.activemq;

import io.anymq.ConnectionOptions;
import io.anymq.Options;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMapMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.BrokerId;
import org.apache.activemq.command.BrokerInfo;
import org.apache.activemq.command.Command;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConsumerId;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.ExceptionResponse;
import org.apache.activemq.command.Message;
import org.apache.activemq.command.MessageDispatch;
import org.apache.activemq.command.MessageId;
import org.apache.activemq.command.RemoveInfo;
import org.apache.activemq.command.Response;
import org.apache.activemq.transport.DefaultTransportListener;
import org.apache.activemq.transport.Transport;
import org.apache.activemq.transport.TransportAcceptListener;
import org.apache.activemq.transport.TransportFactory;
import org.apache.activemq.transport.TransportServer;

/**
 * A peer that speaks OpenWire and keeps nothing: it answers every command as the test wants it, at
 * once. Where a test says nothing else, the peer is a Classic broker with the statistics plug-in
 * and the scheduler.
 */
final class FakeOpenWire implements AutoCloseable, TransportAcceptListener {

  private static final String STATISTICS = "ActiveMQ.Statistics.";

  /** What becomes of a command. */
  enum Fate {
    TAKEN,
    /** It is not answered; what comes after it is. */
    UNANSWERED,
    /** The user has no right to it. */
    REFUSED,
    /** Another connection has the client's id. */
    IN_USE,
    /** The broker could not, this once. */
    FAILED,
    /** Nothing is answered on this connection any more, except what ends it. */
    SILENCE,
    /** The connection ends. */
    HANGS_UP
  }

  /** Says what becomes of a command. */
  @FunctionalInterface
  interface Fates {
    Fate of(Command command);
  }

  private final TransportServer server;
  private final Fates fates;
  private final boolean tellsItsId;
  private final Set<Transport> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger numbers = new AtomicInteger();
  private volatile long queued;
  private volatile Optional<ActiveMQDestination> deleted = Optional.empty();

  private FakeOpenWire(boolean tellsItsId, Fates fates) throws Exception {
    this.tellsItsId = tellsItsId;
    this.fates = fates;
    server = TransportFactory.bind(URI.create("tcp://127.0.0.1:0"));
    server.setAcceptListener(this);
    server.start();
  }

  static FakeOpenWire start(Fates fates) throws Exception {
    return new FakeOpenWire(true, fates);
  }

  /** One that does not say which broker it is. */
  static FakeOpenWire nameless() throws Exception {
    return new FakeOpenWire(false, command -> Fate.TAKEN);
  }

  /** What connects to it. */
  LinkRequest request(Duration operationTimeout) {
    String address = "tcp://127.0.0.1:" + server.getSocketAddress().getPort();
    return new LinkRequest(
        new BrokerUrl("activemq", address, Optional.empty(), Optional.empty()),
        Options.none().with(ConnectionOptions.OPERATION_TIMEOUT, operationTimeout),
        NativeNames.none(),
        lost -> {});
  }

  /** How many messages each queue holds, as the plug-in says from now on. */
  void queued(long count) {
    queued = count;
  }

  /**
   * From now on this destination is deleted before a message to it is answered, and the sender's
   * connection is told.
   */
  void deletesBeforeItAnswers(ActiveMQDestination destination) {
    deleted = Optional.of(destination);
  }

  /** Whether a command is a message to a destination whose native name begins with these words. */
  static boolean isTo(Command command, String words) {
    return command instanceof Message message
        && message.getDestination().getPhysicalName().startsWith(words);
  }

  @Override
  public void onAccept(Transport transport) {
    open.add(transport);
    transport.setTransportListener(new Peer(transport));
    try {
      transport.start();
      if (tellsItsId) {
        BrokerInfo info = new BrokerInfo();
        info.setBrokerId(new BrokerId("ID:fake"));
        info.setBrokerName("fake");
        transport.oneway(info);
      }
    } catch (Exception e) { // as the native method declares
      onAcceptError(e);
    }
  }

  @Override
  public void onAcceptError(Exception error) {
    // The client hears of it by its connection's end.
  }

  @Override
  public void close() {
    try {
      server.stop();
      for (Transport transport : open) {
        transport.stop();
      }
    } catch (Exception e) { // as the native methods declare
      throw new IllegalStateException(e);
    }
  }

  private final class Peer extends DefaultTransportListener {

    private final Transport transport;
    private final Map<ActiveMQDestination, ConsumerId> consumers = new ConcurrentHashMap<>();
    private boolean silent;

    Peer(Transport transport) {
      this.transport = transport;
    }

    @Override
    public void onCommand(Object received) {
      Command command = (Command) received;
      Fate fate = command.isWireFormatInfo() ? Fate.TAKEN : fates.of(command);
      silent |= fate == Fate.SILENCE;
      boolean heard = !silent || command instanceof RemoveInfo;
      if (fate == Fate.HANGS_UP) {
        hangUp();
      }
      if (!heard || fate == Fate.UNANSWERED || fate == Fate.HANGS_UP) {
        return;
      }
      try {
        if (fate == Fate.TAKEN) {
          take(command);
        }
        if (command.isResponseRequired()) {
          Response response = response(fate);
          response.setCorrelationId(command.getCommandId());
          transport.oneway(response);
        }
      } catch (IOException e) {
        open.remove(transport); // the client has hung up
      }
    }

    private void hangUp() {
      try {
        transport.stop();
      } catch (Exception e) { // as the native method declares
        throw new IllegalStateException(e);
      }
    }

    private void take(Command command) throws IOException {
      if (command instanceof ConsumerInfo info) {
        consumers.put(info.getDestination(), info.getConsumerId());
      } else if (isTo(command, STATISTICS)) {
        Message question = (Message) command;
        if (queued > 0) {
          transport.oneway(answer(question, counts(queued)));
        }
        transport.oneway(answer(question, new ActiveMQMapMessage()));
      } else if (command instanceof Message message
          && deleted.filter(message.getDestination()::equals).isPresent()) {
        transport.oneway(news(message.getDestination()));
      }
    }

    private MessageDispatch news(ActiveMQDestination gone) {
      ActiveMQMessage advisory = new ActiveMQMessage();
      advisory.setDestination(AdvisorySupport.getDestinationAdvisoryTopic(gone));
      advisory.setDataStructure(
          new DestinationInfo(
              new ConnectionId("ID:fake"), DestinationInfo.REMOVE_OPERATION_TYPE, gone));
      advisory.setMessageId(new MessageId("ID:fake:1:1:1", numbers.incrementAndGet()));
      return dispatch(Objects.requireNonNull(consumers.get(ActiveMqDeletions.NEWS)), advisory);
    }

    private static ActiveMQMapMessage counts(long size) {
      ActiveMQMapMessage counts = new ActiveMQMapMessage();
      try {
        counts.setString("destinationName", "queue");
        counts.setLong("size", size);
        for (String other :
            List.of("inflightCount", "consumerCount", "enqueueCount", "dequeueCount")) {
          counts.setLong(other, 0);
        }
      } catch (JMSException e) {
        throw new IllegalStateException(e);
      }
      return counts;
    }

    private MessageDispatch answer(Message question, ActiveMQMapMessage answer) {
      answer.setDestination(question.getReplyTo());
      answer.setCorrelationId(question.getCorrelationId());
      answer.setMessageId(new MessageId("ID:fake:1:1:1", numbers.incrementAndGet()));
      return dispatch(Objects.requireNonNull(consumers.get(question.getReplyTo())), answer);
    }

    private static MessageDispatch dispatch(ConsumerId to, Message message) {
      MessageDispatch dispatch = new MessageDispatch();
      dispatch.setConsumerId(to);
      dispatch.setDestination(message.getDestination());
      dispatch.setMessage(message);
      return dispatch;
    }

    private static Response response(Fate fate) {
      return switch (fate) {
        case REFUSED -> new ExceptionResponse(new SecurityException("No right to it"));
        case IN_USE -> new ExceptionResponse(new InvalidClientIDException("Already connected"));
        case FAILED -> new ExceptionResponse(new IllegalStateException("Not this time"));
        default -> new Response();
      };
    }
  }
}
