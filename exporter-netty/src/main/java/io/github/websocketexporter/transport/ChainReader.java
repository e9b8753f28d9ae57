package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.ChainFacts;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link ChainFacts} off the certificates that a peer presents. Safe for use by several
 * threads.
 */
final class ChainReader {
  /** The types of names (RFC 5280, section 4.2.1.6) that a host is verified by. */
  private static final Set<Integer> HOST_NAMES = Set.of(2, 7);

  private final Map<X500Principal, Long> anchorExpiry = new HashMap<>();

  /** Reads chains that may lead to one of these trusted authorities. */
  ChainReader(X509Certificate... anchors) {
    for (X509Certificate anchor : anchors) {
      anchorExpiry.merge(anchor.getSubjectX500Principal(), expirySeconds(anchor), Math::max);
    }
  }

  /**
   * Reads what a peer presented, its leaf first.
   *
   * @throws RuntimeException if the certificates cannot be parsed
   */
  ChainFacts read(X509Certificate[] presented) {
    X509Certificate leaf = presented[0];
    return new ChainFacts(
        Arrays.stream(presented).mapToLong(ChainReader::expirySeconds).min().getAsLong(),
        lastChainExpirySeconds(presented),
        fingerprint(leaf),
        leaf.getSubjectX500Principal().getName(),
        leaf.getIssuerX500Principal().getName(),
        alternativeNames(leaf),
        serialNumber(leaf));
  }

  /**
   * Follows the names of the issuers, and believes them: verifying a signature takes as long as a
   * good part of the handshake, and where the chain is good the JDK has just done it. Of several
   * issuers with the name, presented or trusted, it takes the one that lasts longest, since one
   * path that is good is enough. What was followed is not followed again, so it comes to an end.
   */
  private long lastChainExpirySeconds(X509Certificate[] presented) {
    List<X509Certificate> left = new ArrayList<>(Arrays.asList(presented));
    X509Certificate next = left.remove(0);
    long earliest = Long.MAX_VALUE;
    while (next != null) {
      earliest = Math.min(earliest, expirySeconds(next));
      X500Principal issuer = next.getIssuerX500Principal();
      Long end = anchorExpiry.get(issuer);
      if (end != null) {
        return Math.min(earliest, end);
      }
      next = takeIssuer(issuer, left);
    }
    return earliest;
  }

  private static @Nullable X509Certificate takeIssuer(
      X500Principal name, List<X509Certificate> left) {
    int found = -1;
    for (int i = 0; i < left.size(); i++) {
      X509Certificate each = left.get(i);
      if (each.getSubjectX500Principal().equals(name)
          && (found < 0 || expirySeconds(each) > expirySeconds(left.get(found)))) {
        found = i;
      }
    }
    return found < 0 ? null : left.remove(found);
  }

  private static long expirySeconds(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().getEpochSecond();
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Whole bytes, as blackbox_exporter writes it. */
  private static String serialNumber(X509Certificate certificate) {
    String digits = certificate.getSerialNumber().abs().toString(16);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }

  /** Empty where there are none, or none that can be parsed. */
  private static String alternativeNames(X509Certificate certificate) {
    StringJoiner names = new StringJoiner(",");
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (HOST_NAMES.contains(name.get(0))) {
            names.add(String.valueOf(name.get(1)));
          }
        }
      }
    } catch (CertificateParsingException e) {
      return "";
    }
    return names.toString();
  }
}
