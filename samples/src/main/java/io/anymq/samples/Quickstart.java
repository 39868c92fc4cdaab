package io.anymq.samples;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Queue;
import java.time.Duration;

/** The program in README.md. */
public final class Quickstart {
  public static void main(String... args) {
    Queue queue = Queue.of("quickstart");
    try (Connection connection = ConnectionFactory.fromConfig().connect()) {
      connection.send(queue, Message.text("Hello")); // returns when the broker has it
      System.out.println(connection.depth(queue).atRest() + " message waits");
      try (Consumer consumer = connection.createConsumer(queue)) {
        Delivery delivery = consumer.receive(Duration.ofSeconds(10)).orElseThrow();
        System.out.println(delivery.message().text() + " from " + connection.backend().name());
        delivery.accept(); // done; until here the message would come again after a crash
      }
    }
  }
}
