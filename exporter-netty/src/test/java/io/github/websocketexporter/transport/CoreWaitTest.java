package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How long this thread has waited for a core. */
class CoreWaitTest {
  private static final Path COUNT = Path.of("/proc/thread-self/schedstat");

  private final CoreWait coreWait = new CoreWait();

  @Test
  void isWhatTheSystemCounts() throws Exception {
    assumeTrue(Files.isReadable(COUNT), "the system does not tell");
    coreWait.open();
    try {
      long before = counted();
      long known = coreWait.getAsLong();
      assertThat(known).isBetween(before, counted());
    } finally {
      coreWait.close();
    }
  }

  @Test
  void isNoneWhereItIsNotCounted() {
    assertThat(coreWait.getAsLong()).isZero();
  }

  @Test
  void isNoneAfterTheEnd() {
    coreWait.open();
    coreWait.close();
    assertThat(coreWait.getAsLong()).isZero();
    coreWait.close();
  }

  private static long counted() throws Exception {
    return Long.parseLong(Files.readString(COUNT).split(" ")[1]);
  }
}
