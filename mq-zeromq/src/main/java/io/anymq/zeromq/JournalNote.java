package io.anymq.zeromq;

/** Something that is to be in the journal. It is asked when it is written, not before. */
interface JournalNote {

  /** Appends what is needed of it by now; that may be nothing. */
  void writeTo(JournalBatch batch);
}
