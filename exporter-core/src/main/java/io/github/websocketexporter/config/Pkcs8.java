package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Makes the one form of private keys that Java reads, PKCS#8 (RFC 5958), of the others. */
final class Pkcs8 {
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  /** Its name and its object identifier: JDKs differ. */
  private static final Set<String> PBES2 = Set.of("PBES2", "1.2.840.113549.1.5.13");

  private static final byte[] VERSION = {0x02, 1, 0};

  private Pkcs8() {}

  /**
   * Puts a key of PKCS#1 (RFC 8017, appendix A.1.2) or SEC 1 (RFC 5915) into PKCS#8: {@code
   * SEQUENCE { version INTEGER 0, algorithm, key OCTET STRING }}.
   *
   * @param publicKey has the same algorithm and, of EC, is on the same curve
   */
  static byte[] wrap(byte[] key, PublicKey publicKey) {
    return element(SEQUENCE, VERSION, algorithm(publicKey), element(OCTET_STRING, key));
  }

  /** {@code SEQUENCE { algorithm SEQUENCE, key BIT STRING }} (RFC 5280, section 4.1.2.7). */
  private static byte[] algorithm(PublicKey publicKey) {
    byte[] info = publicKey.getEncoded();
    int start = info[1] >= 0 ? 2 : 2 + (info[1] & 0x7F);
    return Arrays.copyOfRange(info, start, start + 2 + info[start + 1]);
  }

  private static byte[] element(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    if (length < 0x80) {
      der.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int zeros = digits[0] == 0 ? 1 : 0;
      der.write(0x80 | (digits.length - zeros));
      der.write(digits, zeros, digits.length - zeros);
    }
    for (byte[] part : parts) {
      der.writeBytes(part);
    }
    return der.toByteArray();
  }

  /**
   * Decrypts a key (RFC 5958, section 3).
   *
   * @throws java.security.NoSuchAlgorithmException if it is encrypted in a way that Java does not
   *     know, or is no encrypted key at all
   * @throws GeneralSecurityException if the password does not fit
   */
  static byte[] decrypt(byte[] encrypted, Secret password) throws GeneralSecurityException {
    EncryptedPrivateKeyInfo info = info(encrypted);
    String algorithm = algorithm(info);
    Key key =
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec(password.reveal().toCharArray()));
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
    return info.getKeySpec(cipher).getEncoded();
  }

  private static EncryptedPrivateKeyInfo info(byte[] encrypted) throws NoSuchAlgorithmException {
    try {
      return new EncryptedPrivateKeyInfo(encrypted);
    } catch (IOException e) {
      throw new NoSuchAlgorithmException(e);
    }
  }

  /** Of PBES2 (RFC 8018, section 6.2) the parameters say what it is made of. */
  private static String algorithm(EncryptedPrivateKeyInfo info) {
    return PBES2.contains(info.getAlgName())
        ? info.getAlgParameters().toString()
        : info.getAlgName();
  }
}
