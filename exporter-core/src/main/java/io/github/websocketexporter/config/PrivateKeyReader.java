package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads the key {@code key-file}, and {@code key-password} where what is in it is encrypted. */
final class PrivateKeyReader {
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  /** What Java takes for the keys of its ciphers, whatever openssl does. */
  private static final Predicate<String> PASSWORD = Pattern.compile("[ -~]+").asMatchPredicate();

  private PrivateKeyReader() {}

  /**
   * The private key that belongs to {@code publicKey}.
   *
   * @param publicKey that of the certificate, of RSA or EC
   */
  static PrivateKey read(Block tls, PublicKey publicKey) throws InvalidConfigException {
    Pem pem = pem(tls);
    byte[] pkcs8 = pem.label().equals(ENCRYPTED) ? decrypt(tls, pem) : pkcs8(tls, pem, publicKey);
    try {
      PrivateKey key =
          KeyFactory.getInstance(publicKey.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      if (belong(key, publicKey)) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      // Of another kind or a strange curve, or damaged: falls to the same error.
    }
    throw error(
        tls,
        "key-file",
        "the key of the certificate in cert-file, but it is another one, damaged, or of a curve"
            + " that Java does not have");
  }

  private static Pem pem(Block tls) throws InvalidConfigException {
    for (Pem pem : Pem.blocks(tls.file("key-file"))) {
      if (pem.label().endsWith("PRIVATE KEY")) {
        return pem;
      }
    }
    throw error(tls, "key-file", "the name of a file of a private key in PEM, but none is in it");
  }

  /** What is not encrypted, as PKCS#8. */
  private static byte[] pkcs8(Block tls, Pem pem, PublicKey publicKey)
      throws InvalidConfigException {
    if (pem.body().contains("ENCRYPTED")) {
      throw error(
          tls,
          "key-file",
          "an encrypted key to be PKCS#8, as openssl pkcs8 -topk8 makes it, but found \"%s\""
              .formatted(pem.label()));
    }
    if (tls.has("key-password") || tls.has("key-password-file")) {
      throw error(tls, "key-file", "an encrypted key, since it has a password, but it is not");
    }
    return switch (pem.label()) {
      case "PRIVATE KEY" -> bytes(tls, pem);
      case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> Pkcs8.wrap(bytes(tls, pem), publicKey);
      default ->
          throw error(
              tls,
              "key-file",
              "a key of PKCS#8, PKCS#1 or SEC 1, but found \"%s\"".formatted(pem.label()));
    };
  }

  private static byte[] decrypt(Block tls, Pem pem) throws InvalidConfigException {
    if (!tls.has("key-password") && !tls.has("key-password-file")) {
      throw error(
          tls,
          "key-file",
          "key-password or key-password-file beside it, since the key is encrypted, but found"
              + " neither");
    }
    Secret password =
        tls.secretOrFile(
            "key-password",
            PASSWORD,
            "the password of the key, of printable ASCII characters, as Java wants them");
    try {
      return Pkcs8.decrypt(bytes(tls, pem), password);
    } catch (NoSuchAlgorithmException e) {
      throw error(
          tls,
          "key-file",
          "a key encrypted with PBKDF2 and AES, as openssl pkcs8 -topk8 does it, but it is not");
    } catch (GeneralSecurityException e) {
      throw error(
          tls,
          tls.has("key-password") ? "key-password" : "key-password-file",
          "the password of the key in key-file, but it does not fit");
    }
  }

  private static byte[] bytes(Block tls, Pem pem) throws InvalidConfigException {
    try {
      return pem.bytes();
    } catch (IllegalArgumentException e) {
      throw error(tls, "key-file", "a private key in PEM, but it is damaged");
    }
  }

  /** Whether what one of the keys signs, the other one verifies. */
  private static boolean belong(PrivateKey key, PublicKey publicKey)
      throws GeneralSecurityException {
    byte[] text = {1};
    Signature signature =
        Signature.getInstance(
            publicKey.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(text);
    return signature.verify(signed);
  }

  private static InvalidConfigException error(Block tls, String key, String expected) {
    return tls.error(key, "expected " + expected);
  }
}
