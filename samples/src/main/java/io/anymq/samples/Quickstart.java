package io.anymq.samples;

// tag::program[]
import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Consumer;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Queue;
import java.time.Duration;

/** Sends a message to a queue, asks for the queue's depth, and receives the message. */
public final class Quickstart {
  public static void main(String... args) {
    Queue queue = Queue.of("quickstart");
    try (Connection connection = ConnectionFactory.fromConfig().connect();
        Producer producer = connection.createProducer(queue)) {
      producer.send("Hello"); // returns when the broker has taken responsibility for it
      System.out.println(connection.depth(queue).count() + " message waits");
      try (Consumer consumer = connection.createConsumer(queue)) {
        Message message = consumer.receive(Duration.ofSeconds(10)).orElseThrow().message();
        System.out.println(message.text() + " from " + connection.backend().name());
      }
    }
  }

  // end::program[]

  private Quickstart() {}
}
