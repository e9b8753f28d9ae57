package io.github.websocketexporter.benchmarks.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthTest {
  @TempDir Path directory;
  private Truth written;
  private Truth read;

  @BeforeEach
  void mapTwice() throws IOException {
    Path file = Files.createFile(directory.resolve("truth"));
    written = Truth.map(file);
    read = Truth.map(file);
  }

  @Test
  void whatOneMappingWritesTheOtherReads() {
    written.sent(written.sending(7, 1_000, 21_000), 24_000);

    assertThat(read.pings(7)).isEqualTo(1);
    assertThat(read.delayNanos(7, 0)).isEqualTo(20_000);
    assertThat(read.sendNanos(7, 0)).isEqualTo(3_000);
    assertThat(read.pings(8)).isZero();
  }

  @Test
  void aPongThatIsNotSentYetTookNoTimeToSend() {
    written.sending(7, 1_000, 21_000);

    assertThat(read.sendNanos(7, 0)).isZero();
  }

  @Test
  void eachPingOfAProbeIsKept() {
    written.sending(7, 1_000, 21_000);
    written.sending(7, 50_000, 75_000);

    assertThat(read.pings(7)).isEqualTo(2);
    assertThat(read.delayNanos(7, 0)).isEqualTo(20_000);
    assertThat(read.delayNanos(7, 1)).isEqualTo(25_000);
  }

  @Test
  void moreThanCanBeKeptDoNotReachTheNextProbe() {
    for (int ping = 0; ping < 100; ping++) {
      written.sending(7, 0, 1);
    }

    assertThat(read.pings(8)).isZero();
  }

  @Test
  void ofASessionTheNewestPingsAreKept() {
    for (int ping = 0; ping < 7; ping++) {
      written.sending(7, 1_000L * ping, 1_000L * ping + 500 + ping);
    }

    assertThat(read.delayNanos(7, read.newestAnswered(7, 10_000))).isEqualTo(506);
    assertThat(read.delayNanos(7, read.newestAnswered(7, 6_505))).isEqualTo(505);
    assertThat(read.newestAnswered(7, 2_000)).isEqualTo(-1);
    assertThat(read.newestAnswered(8, 10_000)).isEqualTo(-1);
  }

  @Test
  void aProbeCanBeForgotten() {
    written.sending(7, 1_000, 21_000);
    read.clear(7);

    assertThat(written.pings(7)).isZero();
  }
}
