package io.anymq.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The middle of some figures, and how far they lie apart.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param least the smallest
 * @param most the largest
 */
record Spread(double median, double least, double most) {

  /**
   * Of those figures.
   *
   * @throws IllegalArgumentException when there are none
   */
  static Spread of(List<Double> figures) {
    if (figures.isEmpty()) {
      throw new IllegalArgumentException("There is no median of nothing");
    }
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /**
   * Of the quotients, round by round: what disturbed a whole round disturbed both figures of it.
   * The contenders take turns in going first, which costs up to a quarter on RabbitMQ; so the
   * median is over the geometric means of two neighbouring rounds, where there are two. The
   * smallest and the largest are those of single rounds.
   *
   * @throws IllegalArgumentException when the lists differ in length or are empty
   */
  static Spread ofRatios(List<Double> figures, List<Double> references) {
    if (figures.size() != references.size()) {
      throw new IllegalArgumentException(
          figures.size() + " figures cannot be paired with " + references.size());
    }
    List<Double> ratios =
        IntStream.range(0, figures.size())
            .mapToObj(round -> figures.get(round) / references.get(round))
            .toList();
    Spread rounds = of(ratios);
    return ratios.size() < 2
        ? rounds
        : new Spread(of(overBothOrders(ratios)).median(), rounds.least(), rounds.most());
  }

  private static List<Double> overBothOrders(List<Double> ratios) {
    return IntStream.range(1, ratios.size())
        .mapToObj(round -> Math.sqrt(ratios.get(round - 1) * ratios.get(round)))
        .toList();
  }
}
