package io.anymq.bench;

/** What is measured. */
public enum BenchCase {
  /** Asynchronous sends, from the first call to the last confirmation by the broker. */
  SEND_CONFIRMED("send-confirmed"),
  /** Deliveries from a filled queue, from the first to the last, all accepted. */
  RECEIVE_ACCEPTED("receive-accepted");

  private final String label;

  BenchCase(String label) {
    this.label = label;
  }

  /** Its name in reports. */
  public String label() {
    return label;
  }
}
