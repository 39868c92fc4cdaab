package io.anymq.samples;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.Delivery;
import io.anymq.Message;
import io.anymq.Producer;
import io.anymq.Subscription;
import io.anymq.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Publish and subscribe. A station publishes readings on a topic; every subscription gets all of
 * them, and each subscriber makes something else of them. A subscription is live as soon as {@code
 * subscribe} returns, so no reading is missed, however early it comes.
 */
public final class Weather {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String END_OF_DAY = "end-of-day";
  private static final List<String> CITIES = List.of("Lisbon", "Oslo", "Kyoto");
  private static final int HOURS = 24;

  private Weather() {}

  /**
   * Publishes a day's readings to two subscribers.
   *
   * @param args {@code --url URL}
   */
  public static void main(String... args) {
    ConnectionFactory backend = Arguments.of(args).backend();
    Topic weather = Topic.of(Names.unique("samples.weather"));

    try (Connection station = backend.connect();
        Connection office = backend.connect()) {
      try (Subscription frostWatch = office.subscribe(weather);
          Subscription almanac = office.subscribe(weather)) {
        publish(station, weather);
        countFrost(frostWatch);
        averageOf("Lisbon", almanac);
      }
      station.delete(weather);
    }
  }

  private static void publish(Connection connection, Topic weather) {
    try (Producer producer = connection.createProducer(weather)) {
      for (int hour = 0; hour < HOURS; hour++) {
        for (String city : CITIES) {
          producer.send(
              Message.builder()
                  .text("%s, %02d:00".formatted(city, hour))
                  .property("city", city)
                  .property("celsius", celsius(city, hour))
                  .build());
        }
      }
      producer.send(Message.builder().type(END_OF_DAY).build());
    }
    System.out.printf("station: %d readings published%n", HOURS * CITIES.size());
  }

  /** Invented, but alike in every run: coldest at 4, warmest at 16. */
  private static double celsius(String city, int hour) {
    double mean = 18.0 - 10.0 * CITIES.indexOf(city);
    return mean - 6.0 * Math.cos((hour - 4) * 2 * Math.PI / HOURS);
  }

  private static void countFrost(Subscription readings) {
    int heard = 0;
    int frosty = 0;
    for (Message reading = next(readings); !isEnd(reading); reading = next(readings)) {
      heard++;
      frosty += reading.property("celsius", Double.class).orElseThrow() < 0 ? 1 : 0;
    }
    System.out.printf("frost watch: %d readings heard, %d below zero%n", heard, frosty);
  }

  private static void averageOf(String city, Subscription readings) {
    int heard = 0;
    int count = 0;
    double sum = 0;
    for (Message reading = next(readings); !isEnd(reading); reading = next(readings)) {
      heard++;
      if (reading.property("city", String.class).orElseThrow().equals(city)) {
        count++;
        sum += reading.property("celsius", Double.class).orElseThrow();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "almanac: %d readings heard, %s had %.1f degrees on average%n",
        heard,
        city,
        sum / count);
  }

  private static Message next(Subscription readings) {
    Delivery reading =
        readings
            .receive(PATIENCE)
            .orElseThrow(() -> new IllegalStateException("No reading within " + PATIENCE));
    reading.accept();
    return reading.message();
  }

  private static boolean isEnd(Message message) {
    return message.type().filter(END_OF_DAY::equals).isPresent();
  }
}
