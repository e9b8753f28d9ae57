package io.github.websocketexporter.module;

/**
 * Ports that follow each other.
 *
 * @param first the lowest of them
 * @param last the highest of them
 */
public record PortRange(int first, int last) {
  boolean contains(int port) {
    return first <= port && port <= last;
  }
}
