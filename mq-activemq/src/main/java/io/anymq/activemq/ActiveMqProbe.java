package io.anymq.activemq;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.QueueFullException;
import jakarta.jms.JMSException;
import org.apache.activemq.AsyncCallback;
import org.apache.activemq.command.Message;
import org.apache.activemq.command.ProducerInfo;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a broker can do, by a message that one of its plug-ins takes out on its way. Only
 * the broker's own word says that it has no such plug-in. A broker that does not answer may be
 * busy: a link that took its silence for a no would lack that plug-in for as long as it lives.
 */
final class ActiveMqProbe implements AsyncCallback {

  private volatile boolean taken;
  private volatile @Nullable JMSException refusal;

  private ActiveMqProbe() {}

  /**
   * Sends a probe. When this returns, the broker has handled it: what it dispatched to this
   * connection on the thread that handles the probe is here.
   *
   * <p>A broker whose memory is full answers a message that no plug-in takes out only when there is
   * room again, and that may need consumers of this very connection. It handles the commands of a
   * connection in their order: so this waits for the answer to the next command instead.
   *
   * @param what what is tried, for the failure's text
   * @param probe the message
   * @return whether the broker has taken it; not, when it has no room for it
   * @throws MessagingException when the broker refuses it, or does not answer
   */
  static boolean send(OpenWire wire, String what, Message probe) {
    ActiveMqProbe answer = new ActiveMqProbe();
    wire.request(what, probe, answer);
    ProducerInfo next = new ProducerInfo(wire.newProducerId());
    wire.request(what, next);
    wire.send(what, next.createRemoveCommand());
    return answer.isTaken(what);
  }

  private boolean isTaken(String what) {
    JMSException why = refusal;
    if (why == null) {
      return taken;
    }
    MessagingException failure = ActiveMqErrors.translate(what, why);
    if (failure instanceof QueueFullException) {
      return false;
    }
    throw failure;
  }

  /** Whether a failure is the broker's word, and no sign that it is busy or gone. */
  static boolean isAnswer(OpenWire wire, MessagingException failure) {
    return wire.isLive() && !failure.isTransient() && failure.code() != ErrorCode.INTERRUPTED;
  }

  @Override
  public void onSuccess() {
    taken = true;
  }

  @Override
  public void onException(JMSException error) {
    refusal = error;
  }
}
