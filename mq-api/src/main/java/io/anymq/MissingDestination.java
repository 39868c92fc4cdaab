package io.anymq;

/** What becomes of the use of a destination that does not exist. */
public enum MissingDestination {
  /** It is made. */
  CREATE,
  /** {@link DestinationNotFoundException} is thrown. */
  FAIL
}
