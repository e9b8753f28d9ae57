package io.github.websocketexporter.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** An authority as the command openssl makes it, and the certificates that it issues. */
public final class OpenSslAuthority {
  private static final String CONFIG =
      """
      [ca]
      default_ca = here
      [here]
      database = %s/index.txt
      new_certs_dir = %1$s
      rand_serial = yes
      default_md = sha256
      default_days = 30
      unique_subject = no
      policy = any
      [any]
      commonName = supplied
      """;

  private final Path directory;
  private final Identity identity;
  private final @Nullable Path above;

  /**
   * An authority that works in {@code directory}.
   *
   * @param above the authorities that are presented behind what it issues; null for none
   */
  private OpenSslAuthority(Path directory, Identity identity, @Nullable Path above)
      throws IOException {
    this.directory = directory;
    this.identity = identity;
    this.above = above;
    Files.writeString(directory.resolve("ca.cnf"), CONFIG.formatted(directory));
    Files.createFile(directory.resolve("index.txt"));
  }

  /**
   * A certificate and its key.
   *
   * @param chain the file of the certificate and of the intermediate authorities above it
   * @param above the file of these authorities; null for none
   * @param key the file of the key, in PKCS#8
   */
  public record Identity(Path chain, @Nullable Path above, Path key) {
    /** The same without the authorities above it, for a server. */
    public Identity alone() {
      return new Identity(chain, null, key);
    }
  }

  /** Aborts the test where the command is not installed. */
  public static void assumeInstalled() throws Exception {
    try {
      run("version");
    } catch (IOException e) {
      Assumptions.abort("openssl is not installed: install openssl with apt.");
    }
  }

  /** Makes an authority that no other vouches for, in a folder below {@code parent}. */
  public static OpenSslAuthority root(Path parent, String name) throws Exception {
    Path directory = Files.createTempDirectory(parent, "authority");
    Identity identity = selfSigned(directory, name, "keyUsage=keyCertSign");
    return new OpenSslAuthority(directory, identity, null);
  }

  /** Makes a certificate that is signed with its own key, with {@code extension}. */
  public static Identity selfSigned(Path parent, String name, String extension) throws Exception {
    Path certificate = Files.createTempFile(parent, "certificate", ".pem");
    Path key = newKey(parent, "EC");
    run(
        List.of("req", "-x509", "-key", key.toString(), "-out", certificate.toString()),
        List.of("-subj", "/CN=" + name, "-days", "30", "-addext", extension));
    return new Identity(certificate, null, key);
  }

  /** Makes an authority that this one vouches for. */
  public OpenSslAuthority intermediate(String name) throws Exception {
    Path below = Files.createTempDirectory(directory, "intermediate");
    Identity issued = issue(name, "basicConstraints = critical, CA:true");
    return new OpenSslAuthority(below, issued, issued.chain());
  }

  /** The file of its own certificate. */
  public Path certificate() {
    return identity.chain();
  }

  /** Issues a certificate with a key of EC. */
  public Identity issue(String name, String extension, String... options) throws Exception {
    return issue("EC", name, extension, List.of(options));
  }

  /**
   * Issues a certificate.
   *
   * @param algorithm of its key: EC or RSA
   * @param extension as in OpenSSL's configuration
   * @param options of {@code openssl ca}
   */
  public Identity issue(String algorithm, String name, String extension, List<String> options)
      throws Exception {
    Path chain = Files.createTempFile(directory, "certificate", ".pem");
    Path request = Files.createTempFile(directory, "request", ".pem");
    Path extensions = Files.createTempFile(directory, "extensions", ".cnf");
    Path key = newKey(directory, algorithm);
    Files.writeString(extensions, extension + "\nauthorityKeyIdentifier = keyid\n");
    run("req", "-new", "-key", key.toString(), "-subj", "/CN=" + name, "-out", request.toString());
    run(
        List.of("ca", "-batch", "-notext", "-config", directory.resolve("ca.cnf").toString()),
        List.of("-cert", certificate().toString(), "-keyfile", identity.key().toString()),
        List.of("-in", request.toString(), "-out", chain.toString()),
        List.of("-extfile", extensions.toString()),
        options);
    if (above != null) {
      Files.writeString(chain, Files.readString(above), StandardOpenOption.APPEND);
    }
    return new Identity(chain, above, key);
  }

  private static Path newKey(Path directory, String algorithm) throws Exception {
    Path key = Files.createTempFile(directory, "key", ".pem");
    String option = algorithm.equals("RSA") ? "rsa_keygen_bits:2048" : "ec_paramgen_curve:P-256";
    run("genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", key.toString());
    return key;
  }

  /** Runs a command of openssl, which must succeed. */
  public static void run(String... arguments) throws Exception {
    run(List.of(arguments));
  }

  @SafeVarargs
  private static void run(List<String>... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(command + " failed: " + output);
    }
  }
}
