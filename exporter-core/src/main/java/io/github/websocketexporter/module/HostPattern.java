package io.github.websocketexporter.module;

/**
 * A host name, or all names below it.
 *
 * @param name in ASCII, in lower case, without a trailing dot
 * @param below whether the names below it are meant, at any depth, and not the name itself
 */
public record HostPattern(String name, boolean below) {
  /** Whether {@code host}, in ASCII and in lower case, is meant; a trailing dot is ignored. */
  boolean matches(String host) {
    int end = host.endsWith(".") ? host.length() - 1 : host.length();
    int start = end - name.length();
    return host.startsWith(name, start)
        && (below ? start > 1 && host.charAt(start - 1) == '.' : start == 0);
  }
}
