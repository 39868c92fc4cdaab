package io.anymq.selector;

import java.util.HashMap;
import java.util.Map;

/**
 * A part of a pattern of LIKE, of a length that is known: characters, and places for any one
 * character. It is searched for by the bits of all its places at once (Baeza-Yates and Gonnet, "A
 * new approach to text searching", 1992), so that no text makes it begin again and again.
 */
final class Segment {

  private final int length;

  /** For each character, at which places it may stand. */
  private final Map<Integer, long[]> places = new HashMap<>();

  /** At which places every other character may stand. */
  private final long[] anyPlaces;

  /**
   * Reads a part of a pattern.
   *
   * @param pattern its characters
   * @param one what stands for any one character
   */
  Segment(int[] pattern, int one) {
    length = pattern.length;
    anyPlaces = new long[(length + Long.SIZE - 1) / Long.SIZE];
    for (int i = 0; i < length; i++) {
      if (pattern[i] == one) {
        set(anyPlaces, i);
      }
    }
    for (int i = 0; i < length; i++) {
      if (pattern[i] != one) {
        set(places.computeIfAbsent(pattern[i], first -> anyPlaces.clone()), i);
      }
    }
  }

  private static void set(long[] bits, int place) {
    bits[place / Long.SIZE] |= 1L << place;
  }

  int length() {
    return length;
  }

  /** Whether it stands at a place of a text that is long enough. */
  boolean isAt(int[] text, int from) {
    for (int i = 0; i < length; i++) {
      long[] allowed = places.getOrDefault(text[from + i], anyPlaces);
      if ((allowed[i / Long.SIZE] & (1L << i)) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Where the first one ends that stands within a part of a text; -1: there is none. */
  int endOfFirst(int[] text, int from, int to) {
    if (length == 0) {
      return from;
    }
    long[] begun = new long[anyPlaces.length]; // bit i: the last i + 1 characters are its first
    for (int at = from; at < to; at++) {
      step(begun, places.getOrDefault(text[at], anyPlaces));
      int last = length - 1;
      if ((begun[last / Long.SIZE] & (1L << last)) != 0) {
        return at + 1;
      }
    }
    return -1;
  }

  private static void step(long[] begun, long[] allowed) {
    long carried = 1;
    for (int word = 0; word < begun.length; word++) {
      long shifted = (begun[word] << 1) | carried;
      carried = begun[word] >>> (Long.SIZE - 1);
      begun[word] = shifted & allowed[word];
    }
  }
}
