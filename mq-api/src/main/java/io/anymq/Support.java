package io.anymq;

/** How a backend comes by a {@link Capability}. */
public enum Support {
  /** The broker does it. */
  NATIVE,
  /** This library does it, with the guarantee that the capability names. */
  EMULATED,
  /** It is refused. */
  UNSUPPORTED
}
