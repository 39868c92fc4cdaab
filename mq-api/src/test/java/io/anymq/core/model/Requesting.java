package io.anymq.core.model;

import io.anymq.Connection;
import io.anymq.Destination;
import io.anymq.Message;
import io.anymq.MessagingException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Requests of a program, and the replies that its consumers send. */
final class Requesting {

  private static final String REPLY = "re:";

  private final World world;
  private int requests;
  private int replies;

  Requesting(World world) {
    this.world = world;
  }

  /** Asks, and waits for the reply, or does something else meanwhile. */
  void ask(int connection, Destination to, Duration patience, boolean waits) {
    Tracked sent = track("a" + ++requests, connection, to);
    Message message = world.message(sent.sender, sent.text, Terms.NONE);
    Connection by = world.connection(connection);
    try {
      if (waits) {
        answered(sent, by.request(to, message, patience));
      } else {
        CompletableFuture<Void> unused =
            by.requestAsync(to, message, patience)
                .handle(
                    (reply, failure) -> {
                      ended(sent, reply, failure);
                      return null;
                    });
      }
    } catch (MessagingException e) {
      sent.ended = true;
      throw e;
    }
  }

  private void ended(Tracked sent, Message reply, Throwable failure) {
    sent.ended = true;
    if (failure == null) {
      answered(sent, reply);
    } else if (failure instanceof MessagingException known) {
      world.refused("requestAsync", known);
    } else {
      world.ledger.require(false, "%s failed with %s", sent, failure);
    }
  }

  private void answered(Tracked sent, Message reply) {
    sent.ended = true;
    world.ledger.require(
        reply.text().startsWith(REPLY + sent.text + "#"),
        "The reply to %s is '%s'",
        sent,
        reply.text());
  }

  /** Whoever receives a request answers it, as often as it comes. */
  void answer(Receiver by, Message request) {
    if (request.replyTo().isEmpty() || by.session != null) {
      return;
    }
    String text = REPLY + request.text() + "#" + ++replies;
    Tracked sent = track(text, by.connection, request.replyTo().get());
    try {
      Message unused =
          world.connection(by.connection).reply(request, Message.builder().text(text).build());
      world.ledger.confirmed(sent);
    } catch (MessagingException e) {
      world.ledger.failed(sent, e);
      world.refused("reply", e);
    }
  }

  private Tracked track(String text, int connection, Destination to) {
    return world.ledger.track(text, new Sender(0, connection, to, null));
  }
}
