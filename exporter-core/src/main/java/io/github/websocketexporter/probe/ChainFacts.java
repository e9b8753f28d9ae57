package io.github.websocketexporter.probe;

/**
 * A chain of certificates that a peer presented, and its leaf. Text is the peer's: of any length.
 *
 * @param earliestExpirySeconds the earliest end of validity of all that was presented, in seconds
 *     since the epoch
 * @param lastChainExpirySeconds the earliest end of validity of the certificates that lead from the
 *     leaf to a trusted authority, the authority among them, in seconds since the epoch; of those
 *     that can be followed where none is trusted
 * @param fingerprintSha256 SHA-256 of the leaf, in lower-case hex
 * @param subject the leaf's subject (RFC 2253)
 * @param issuer the leaf's issuer (RFC 2253)
 * @param subjectAlternative the DNS names and IP addresses that the leaf is for, with commas
 *     between them
 * @param serialNumber the leaf's serial number, in lower-case hex
 */
public record ChainFacts(
    long earliestExpirySeconds,
    long lastChainExpirySeconds,
    String fingerprintSha256,
    String subject,
    String issuer,
    String subjectAlternative,
    String serialNumber) {}
