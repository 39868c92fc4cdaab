package io.anymq.core.model;

import io.anymq.core.model.Step.Kind;
import io.anymq.core.script.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes a program from a seed. */
final class ProgramGenerator {

  private static final int MOST_STEPS = 60;

  private final Random random;
  private final List<Step> steps = new ArrayList<>();
  private final List<Integer> favourites = new ArrayList<>();

  private ProgramGenerator(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
  }

  static Program program(long seed) {
    ProgramGenerator generator = new ProgramGenerator(seed);
    Profile profile = Profile.any(generator.random);
    generator.begin();
    int length = 5 + generator.random.nextInt(MOST_STEPS);
    while (generator.steps.size() < length) {
      generator.add();
    }
    return new Program(seed, profile, List.copyOf(generator.steps));
  }

  /** Few destinations, so that objects meet there. */
  private void begin() {
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      favourites.add(random.nextInt(World.DESTINATIONS.size()));
    }
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      makeConsumer();
    }
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      add(Kind.PRODUCER, number(2), favourite(), 0);
    }
    if (random.nextInt(3) == 0) {
      makeSession();
    }
  }

  private int favourite() {
    return random.nextInt(8) == 0
        ? random.nextInt(World.DESTINATIONS.size())
        : favourites.get(random.nextInt(favourites.size()));
  }

  private void makeConsumer() {
    int from = favourite();
    if (from >= 4) {
      add(Kind.SUBSCRIBE, number(2), number(8) + (from - 4) * 8, number(1024));
    } else {
      add(random.nextInt(3) == 0 ? Kind.LISTENER : Kind.CONSUMER, number(2), from, number(1024));
    }
  }

  private void makeSession() {
    int session = (int) steps.stream().filter(step -> step.kind() == Kind.SESSION).count();
    add(Kind.SESSION, number(2), 0, 0);
    add(Kind.SESSION_CONSUMER, session, favourite() % 3, number(1024));
    add(Kind.SESSION_PRODUCER, session, favourite(), 0);
  }

  private int number(int bound) {
    return random.nextInt(bound);
  }

  private void add(Kind kind, int a, int b, int c) {
    steps.add(Step.of(kind, a, b, c));
  }

  private void add() {
    switch (random.nextInt(44)) {
      case 0 -> makeConsumer();
      case 1 -> add(Kind.PRODUCER, number(2), favourite(), 0);
      case 2 -> makeSession();
      case 3 -> bundle();
      case 4, 5, 6 -> add(Kind.SEND, number(8), 1 + number(3), terms());
      case 7, 8, 9, 10 -> add(Kind.SEND_ASYNC, number(8), 1 + number(6), terms());
      case 11, 12, 13, 14, 15 -> add(Kind.RECEIVE, number(8), number(2) * number(200), 0);
      case 16 -> add(Kind.BATCH, number(8), number(5), number(2) * number(200));
      case 17, 18, 19, 20 -> add(Kind.ACCEPT, number(8), number(4), 0);
      case 21, 22, 23 -> add(Kind.RELEASE, number(8), number(4), number(3) * 50 - 50);
      case 24, 25 -> add(Kind.REJECT, number(8), number(4), 0);
      case 26, 27 -> add(Kind.COMMIT, number(4), 0, 0);
      case 28 -> add(Kind.ROLLBACK, number(4), 0, 0);
      case 29 -> close();
      case 30, 31, 32, 33 -> fault();
      case 34, 35, 36 -> add(Kind.PASS, number(500), 0, 0);
      case 38, 39 -> callback();
      case 40, 41 -> add(Kind.REQUEST, number(4), favourite() % 3, patience());
      case 37 -> add(Kind.PASS, random.nextInt(4) == 0 ? 40_000 : number(5000), 0, 0);
      default -> add(Kind.STEPS, number(60), 0, 0);
    }
  }

  /** Most messages live for ever, and wait for nothing. */
  private int terms() {
    return random.nextInt(3) == 0 ? number(16) : 0;
  }

  /** What belongs together, and seldom comes together by chance. */
  private void bundle() {
    int queue = favourite();
    switch (random.nextInt(7)) {
      case 0 -> { // a commit of which a part is refused
        add(Kind.RECEIVE, number(8), 100, 0);
        add(Kind.SEND_ASYNC, number(8), 2, 0);
        add(Kind.REFUSE, queue * 2, 1, number(2));
        add(Kind.COMMIT, number(4), 0, 0);
      }
      case 1 -> { // answers that never come, and a refusal after the cut
        add(Kind.SWALLOW, number(2), 3, 1 + number(50));
        add(Kind.SEND_ASYNC, number(8), 3, 0);
        add(Kind.PASS, number(50), 0, 0);
        add(Kind.REFUSE, queue * 2, 1, number(2));
      }
      case 2 -> { // settlements, and at once a close or a cut
        add(Kind.RECEIVE, number(8), 100, 0);
        add(Kind.ACCEPT, number(8), 0, 0);
        add(random.nextBoolean() ? Kind.CLOSE_CONSUMER : Kind.CUT, number(8), number(4), 0);
      }
      case 3 -> { // deliveries held over two cuts
        int connection = number(2);
        add(Kind.RECEIVE, number(8), 100, 0);
        add(Kind.CUT, connection, 0, 0);
        add(Kind.PASS, 1000, 0, 0);
        add(Kind.RECEIVE, number(8), 100, 0);
        add(Kind.CUT, connection, 0, 0);
      }
      case 4 -> interrupted();
      case 5 -> { // what is held, or waits to come again, expires
        int consumer = number(8);
        add(Kind.SEND_ASYNC, number(8), 1 + number(3), 1 + number(2));
        add(Kind.RECEIVE, consumer, 100, 0);
        add(Kind.RELEASE, consumer, 0, number(3) * 50 - 50);
        add(Kind.PASS, number(500), 0, 0);
      }
      default -> { // one message, released again and again
        int consumer = number(8);
        for (int i = 0; i < 4; i++) {
          add(Kind.RECEIVE, consumer, 100, 0);
          add(Kind.RELEASE, consumer, 0, 0);
        }
      }
    }
  }

  /** A call of any kind that is interrupted while it may wait. */
  private void interrupted() {
    int user = number(4);
    switch (random.nextInt(6)) {
      case 0 -> add(Kind.RECEIVE, user, 500, 0);
      case 1 -> add(Kind.SEND, user, 1 + number(5), 0);
      case 2 -> add(Kind.COMMIT, user, 0, 0);
      case 3 -> add(Kind.BATCH, user, 3, 500);
      case 4 -> makeConsumer();
      default -> add(Kind.CLOSE_CONSUMER, number(8), user, 0);
    }
    add(Kind.STEPS, number(12), 0, 0);
    add(Kind.INTERRUPT, user, 0, 0);
  }

  /** Work within the next message of a listener, or the next event of a connection. */
  private void callback() {
    int what = random.nextInt(6) == 0 ? 3 : number(5);
    add(Kind.CALLBACK, random.nextInt(3) == 0 ? number(2) : -1 - number(4), what, number(8));
  }

  /** How long a request waits: not at all, for a while, or across an outage. */
  private int patience() {
    return random.nextInt(3) == 0 ? number(3) : number(3000);
  }

  private void close() {
    switch (random.nextInt(8)) {
      case 0 -> add(Kind.CLOSE_PRODUCER, number(8), number(4), 0);
      case 1 -> add(Kind.CLOSE_SESSION, number(8), 0, 0);
      case 2 -> add(Kind.CLOSE_CONNECTION, number(2), number(4), 0);
      default -> add(Kind.CLOSE_CONSUMER, number(8), number(4), 0);
    }
  }

  /** When a link whose answers are swallowed is cut: soon, or after the time limit of sends. */
  private int cut() {
    return random.nextInt(4) == 0 ? 35_000 : 1 + number(500);
  }

  private void fault() {
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> add(Kind.CUT, number(2), 0, 0);
      case 3 -> add(Kind.CUT_DURING, number(2), 1 + number(4), 0);
      case 4, 5 -> add(Kind.SWALLOW, number(2), 1 + number(4), cut());
      case 6 -> add(Kind.FAIL_CONNECT, random.nextInt(4) == 0 ? 400 : 1 + number(4), 0, 0);
      case 7 -> add(Kind.FAIL_CALLS, 1 + number(3), 0, 0);
      default -> add(Kind.REFUSE, favourite() * 2 + number(2), 1 + number(4), number(2));
    }
  }
}
