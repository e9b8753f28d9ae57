package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.Expectation;
import io.github.websocketexporter.module.MessagePayload;
import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.probe.Mismatch;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is said over one connection: what messages have told fills in those that are sent later.
 * Confined to the connection's event loop.
 *
 * <p>What is sent and what comes may be secret: it is in no error.
 */
final class Conversation {
  /**
   * What matching may cost (see {@link Expectation#cost}): it is time of the event loop's, some 0.3
   * s of it in all, however much a server sends.
   */
  private static final long MAX_COST = 20_000_000;

  /** The same for what goes on: some 30 ms of each second. */
  private static final long MAX_COST_PER_SECOND = 2_000_000;

  private final Map<String, String> groups = new HashMap<>();
  private final TreeMap<String, Double> values = new TreeMap<>();
  private long costLeft = MAX_COST;

  /** The numbers that have been extracted, by the names of their groups. */
  SortedMap<String, Double> values() {
    return values;
  }

  /** Lets matching cost from now on as much as it may in {@code time}. */
  void allow(Duration time) {
    costLeft = Math.min(MAX_COST, time.toMillis() * MAX_COST_PER_SECOND / 1_000);
  }

  /** The frame that says {@code payload}; null if what groups have found makes it too long. */
  @Nullable WebSocketFrame toSend(MessagePayload payload) {
    if (payload instanceof MessagePayload.Text text) {
      String filled = text.template().fill(groups, MessageStep.MAX_BYTES);
      return filled == null ? null : new TextWebSocketFrame(filled);
    }
    byte[] bytes = ((MessagePayload.Binary) payload).bytes();
    return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes));
  }

  /** Takes what was expected from {@code message}; says what that is if it is another one. */
  @Nullable Mismatch take(Expectation expected, WebSocketFrame message) {
    costLeft -= expected.cost(message.content().readableBytes());
    if (costLeft < 0) {
      return Mismatch.TOO_MUCH;
    }
    boolean text = message instanceof TextWebSocketFrame;
    if (text != (expected.kind() == Expectation.Kind.TEXT)) {
      return text ? Mismatch.TEXT : Mismatch.BYTES;
    }
    Map<String, String> found = expected.match(contentOf(message));
    if (found == null) {
      return text ? Mismatch.ANOTHER_TEXT : Mismatch.OTHER_BYTES;
    }
    Map<String, Double> numbers = expected.numbers(found);
    if (numbers == null) {
      return Mismatch.NO_NUMBER;
    }
    groups.putAll(found);
    values.putAll(numbers);
    return null;
  }

  private static String contentOf(WebSocketFrame message) {
    return message instanceof TextWebSocketFrame text
        ? text.text()
        : ByteBufUtil.hexDump(message.content());
  }
}
