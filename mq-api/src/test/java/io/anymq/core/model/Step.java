package io.anymq.core.model;

/**
 * One step of a program. Numbers that name objects are taken modulo how many there are, so that a
 * program from which steps were dropped is a program.
 */
record Step(Kind kind, int a, int b, int c) {

  /** What a step does; the comments name its numbers. */
  enum Kind {
    /** connection, destination. */
    PRODUCER,
    /** connection, queue, taste. */
    CONSUMER,
    /** connection, queue, taste. */
    LISTENER,
    /** connection, what kind, taste. */
    SUBSCRIBE,
    /** connection. */
    SESSION,
    /** session, queue. */
    SESSION_PRODUCER,
    /** session, queue, taste. */
    SESSION_CONSUMER,
    /** producer, how many, terms. */
    SEND,
    /** producer, how many, terms. */
    SEND_ASYNC,
    /** consumer, patience in ms. */
    RECEIVE,
    /** consumer, how many, patience in ms. */
    BATCH,
    /** consumer, which. */
    ACCEPT,
    /** consumer, which, delay in ms; negative: the consumer's own. */
    RELEASE,
    /** consumer, which. */
    REJECT,
    /** session. */
    COMMIT,
    /** session. */
    ROLLBACK,
    /** consumer, by which user. */
    CLOSE_CONSUMER,
    /** producer, by which user. */
    CLOSE_PRODUCER,
    /** session. */
    CLOSE_SESSION,
    /** connection. */
    CLOSE_CONNECTION,
    /** user. */
    INTERRUPT,
    /** connection or listener (negative: less one), what, with what. */
    CALLBACK,
    /** connection, queue, time limit in ms. */
    REQUEST,
    /** connection. */
    CUT,
    /** connection, in which call. */
    CUT_DURING,
    /** connection, how many answers. */
    SWALLOW,
    /** how often. */
    FAIL_CONNECT,
    /** how many. */
    FAIL_CALLS,
    /** queue or dead-letter queue, how many, lasting or not. */
    REFUSE,
    /** milliseconds. */
    PASS,
    /** how many. */
    STEPS
  }

  static Step of(Kind kind, int a, int b, int c) {
    return new Step(kind, a, b, c);
  }

  @Override
  public String toString() {
    return "step(Kind.%s, %d, %d, %d)".formatted(kind, a, b, c);
  }
}
