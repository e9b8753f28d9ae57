package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compressed comes out again, one body after the other. */
class GzipTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 4_096, 100_000})
  void aBodyThatCanBeCompressedIsSmallerAndTheSame(int length) throws IOException {
    byte[] plain = "probe_success 1.0\n".repeat(length).substring(0, length).getBytes(US_ASCII);

    byte[] compressed = compressed(plain);

    assertThat(unzipped(compressed)).isEqualTo(plain);
    assertThat(compressed.length).isLessThanOrEqualTo(length / 10 + 64);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4_096, 100_000})
  void aBodyThatCannotBeIsTheSame(int length) throws IOException {
    byte[] plain = new byte[length];
    new Random(length).nextBytes(plain);

    assertThat(unzipped(compressed(plain))).isEqualTo(plain);
  }

  private static byte[] compressed(byte[] plain) {
    ByteBuf in = Unpooled.directBuffer().writeBytes(plain);
    ByteBuf out = Unpooled.directBuffer(16);
    Gzip.compress(in, out);
    assertThat(in.readableBytes()).as("not consumed").isEqualTo(plain.length);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    in.release();
    out.release();
    return bytes;
  }

  private static byte[] unzipped(byte[] compressed) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
  }
}
