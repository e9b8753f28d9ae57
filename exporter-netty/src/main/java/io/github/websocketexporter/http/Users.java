package io.github.websocketexporter.http;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.github.websocketexporter.module.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The users of the server, and what has been found out about their credentials: the right ones, one
 * of each user, and the latest wrong ones, so that a scraper's are hashed once. Safe for use by
 * several threads.
 */
final class Users {

  /** What is known of credentials without a check. */
  enum Verdict {
    /** The password is the user's. */
    RIGHT,
    /** It is not, or there is no such user. */
    WRONG,
    /** They must be checked. */
    UNCHECKED
  }

  /** Compares a password with a bcrypt hash. */
  @FunctionalInterface
  interface PasswordCheck {
    /** As bcrypt does everywhere: of a long password, the first 72 bytes count. */
    PasswordCheck BCRYPT =
        (password, hash) ->
            BCrypt.verifyer(
                    BCrypt.Version.VERSION_2A,
                    LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A))
                .verify(password, hash)
                .verified;

    /** Whether {@code hash} is of {@code password}. Takes long. */
    boolean matches(byte[] password, byte[] hash);
  }

  /** More scrapers than ever have each a wrong password of its own. */
  private static final int MAX_WRONG = 256;

  private static final int SALT_BYTES = 32;

  /** The two digits of {@code $2y$10$…}. */
  private static final int COST = 4;

  private final Map<String, byte[]> hashes = new HashMap<>();
  private final PasswordCheck check;

  /** Costs as much to compare with as the costliest of the users'. */
  private final byte[] hashOfNobody;

  private final byte[] salt = new byte[SALT_BYTES];
  private final Map<String, Fingerprint> right = new ConcurrentHashMap<>();
  private final Set<Fingerprint> wrong =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Fingerprint, Boolean> eldest) {
                  return size() > MAX_WRONG;
                }
              }));

  /** The users of {@code hashes}, which are valid bcrypt hashes by their names. */
  Users(Map<String, Secret> hashes) {
    this(hashes, PasswordCheck.BCRYPT);
  }

  /** The same with another {@code check}. */
  Users(Map<String, Secret> hashes, PasswordCheck check) {
    this.check = check;
    String highest = "04";
    for (Map.Entry<String, Secret> user : hashes.entrySet()) {
      String hash = user.getValue().reveal();
      this.hashes.put(user.getKey(), hash.getBytes(StandardCharsets.US_ASCII));
      String cost = hash.substring(COST, COST + 2);
      highest = cost.compareTo(highest) > 0 ? cost : highest;
    }
    hashOfNobody = ("$2y$" + highest + "$" + ".".repeat(53)).getBytes(StandardCharsets.US_ASCII);
    if (!hashes.isEmpty()) {
      new SecureRandom().nextBytes(salt);
    }
  }

  /** Whether there is none. */
  boolean isEmpty() {
    return hashes.isEmpty();
  }

  /** What to keep of {@code credentials}. */
  Fingerprint fingerprint(Credentials credentials) {
    return Fingerprint.of(credentials, salt);
  }

  /** What earlier checks found out. */
  Verdict remembered(Credentials credentials, Fingerprint fingerprint) {
    Fingerprint known = right.get(credentials.user());
    if (known != null && known.equals(fingerprint)) {
      return Verdict.RIGHT;
    }
    return wrong.contains(fingerprint) ? Verdict.WRONG : Verdict.UNCHECKED;
  }

  /**
   * Whether the password is the user's. Where there is no such user it takes as long as for the one
   * with the costliest hash: of hashes that cost the same, time does not tell who there is. Not for
   * an event loop.
   */
  boolean check(Credentials credentials, Fingerprint fingerprint) {
    byte[] hash = hashes.get(credentials.user());
    boolean matches = check.matches(credentials.password(), hash == null ? hashOfNobody : hash);
    if (matches && hash != null) {
      right.put(credentials.user(), fingerprint);
      return true;
    }
    wrong.add(fingerprint);
    return false;
  }
}
