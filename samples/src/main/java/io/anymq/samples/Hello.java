package io.anymq.samples;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.ConsumerOptions;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import java.time.Duration;
import java.util.List;

/**
 * Request and reply over two queues. A client asks on one queue and says on which other one it
 * waits for the reply; the reply carries the id of its request.
 */
public final class Hello {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Hello() {}

  /**
   * Runs a server and a client, each with a connection of its own.
   *
   * @param args {@code --url URL}
   */
  public static void main(String... args) {
    ConnectionFactory backend = Arguments.of(args).backend();
    Queue requests = Queue.of(Names.unique("samples.hello.requests"));
    Queue replies = Queue.of(Names.unique("samples.hello.replies"));

    try (Connection client = backend.connect()) {
      try (Connection server = backend.connect();
          Consumer inbox = client.createConsumer(replies)) {
        serve(server, requests);
        for (String name : List.of("World", "Zoë", "宮本")) {
          System.out.println(name + " -> " + ask(client, requests, inbox, replies, name));
        }
      }
      client.delete(requests);
      client.delete(replies);
    }
  }

  /** The server: answers where the request wants it, until its connection closes. */
  private static void serve(Connection connection, Queue requests) {
    connection.createConsumer(
        requests,
        ConsumerOptions.DEFAULT,
        delivery -> {
          Message request = delivery.message();
          Message reply =
              Message.builder()
                  .text("Hello, " + request.text() + "!")
                  .correlationId(request.id().orElseThrow())
                  .build();
          connection.send(request.replyTo().orElseThrow(), reply);
        });
  }

  /** The client: sends the request, and waits for the reply that belongs to it. */
  private static String ask(
      Connection connection, Queue requests, Consumer inbox, Queue replies, String name) {
    Message request =
        connection.send(requests, Message.builder().text(name).replyTo(replies).build());
    while (true) {
      Delivery reply =
          inbox
              .receive(PATIENCE)
              .orElseThrow(() -> new IllegalStateException("No reply within " + PATIENCE));
      reply.accept(); // a late reply to an earlier request too
      if (reply.message().correlationId().equals(request.id())) {
        return reply.message().text();
      }
    }
  }
}
