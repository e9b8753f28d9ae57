package io.github.websocketexporter.probe;

/** What a message was in place of the expected one: nothing of what is in it. */
public enum Mismatch {
  /** A text in which the expression was not found. */
  ANOTHER_TEXT("another text"),
  /** Bytes in which the expression was not found. */
  OTHER_BYTES("other bytes"),
  /** Bytes, whatever was in them. */
  BYTES("bytes where text was expected"),
  /** Text, whatever was in it. */
  TEXT("text where bytes were expected"),
  /** The expression was found, but not a number in each group that is extracted. */
  NO_NUMBER("a group without a number"),
  /** Not looked at: together with those before it, it would have taken too long. */
  TOO_MUCH("more than is looked through in one probe"),
  /** The expected one; but what the next step sends with what was found is above 64 KiB. */
  TOO_LONG_TO_SEND("groups that are too long to be sent");

  private final String words;

  Mismatch(String words) {
    this.words = words;
  }

  /** What it was, in words for a person. */
  public String words() {
    return words;
  }
}
