package io.anymq.samples;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.SubscriptionOptions;
import io.anymq.Topic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A chat room on a topic: what one says, all in the room hear. Run it in two terminals, with one
 * broker's URL and two names; or pipe lines into it; or have it play a script with three people.
 */
public final class Chat implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LEAVING = "leaving";

  private final String name;
  private final Topic room;
  private final Connection connection;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final boolean prints;

  /** Enters a room. What is said from now on is heard. */
  private Chat(ConnectionFactory backend, Topic room, String name, boolean prints) {
    this.name = name;
    this.room = room;
    this.prints = prints;
    connection = backend.connect();
    connection.subscribe(room, SubscriptionOptions.DEFAULT, this::hear);
  }

  /**
   * Chats until the input ends.
   *
   * @param args {@code --url URL}, {@code --name NAME}, {@code --room ROOM}, {@code --script}
   * @throws IOException when the input cannot be read
   */
  public static void main(String... args) throws IOException {
    Arguments arguments = Arguments.of(args, Set.of("--name", "--room"), Set.of("--script"));
    ConnectionFactory backend = arguments.backend();
    if (arguments.has("--script")) {
      play(backend);
      return;
    }
    Topic room = Topic.of("samples.chat." + arguments.value("--room", "lobby"));
    String name = arguments.value("--name", System.getProperty("user.name"));
    try (Chat chat = new Chat(backend, room, name, true)) {
      System.out.printf("%s enters %s; the end of the input leaves it%n", name, room.name());
      chat.sayAll(new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())));
    }
  }

  /** Three people, each with a connection of its own; what Ann hears is printed. */
  private static void play(ConnectionFactory backend) {
    Topic room = Topic.of(Names.unique("samples.chat"));
    try (Connection host = backend.connect()) {
      host.declare(room);
      try (Chat ann = new Chat(backend, room, "Ann", true);
          Chat ben = new Chat(backend, room, "Ben", false);
          Chat zoe = new Chat(backend, room, "Zoë", false)) {
        ann.say("Is the new coffee in?");
        ben.say("Since this morning.");
        zoe.say("Keep a bag for me, please!");
        ann.say("Two are left.");
        ben.say("One.");
      }
      host.delete(room);
    }
  }

  private void sayAll(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank()) {
        say(line);
      }
    }
  }

  private void say(String text) {
    connection.send(room, Message.builder().text(text).property("from", name).build());
  }

  private void hear(Delivery delivery) {
    Message message = delivery.message();
    String from = message.property("from", String.class).orElse("somebody");
    boolean leaving = message.type().filter(LEAVING::equals).isPresent();
    if (prints) {
      System.out.println(leaving ? from + " leaves" : from + ": " + message.text());
    }
    if (leaving && from.equals(name)) {
      left.complete(null);
    }
  }

  /**
   * Leaves the room. One's own leaving comes back last, so by then everything before it was heard.
   */
  @Override
  public void close() {
    try (connection) {
      connection.send(room, Message.builder().type(LEAVING).property("from", name).build());
      left.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("The room was silent for " + PATIENCE, e);
    }
  }
}
