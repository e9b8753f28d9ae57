# syntax=docker/dockerfile:1

FROM --platform=$BUILDPLATFORM docker.io/library/maven:3.9-eclipse-temurin-25 AS jar
WORKDIR /src
COPY . .
ARG REVISION=unknown
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -q -pl exporter-netty -am -Dmaven.test.skip -Drevision="$REVISION" package

FROM docker.io/library/eclipse-temurin:25-jdk AS exporter
WORKDIR /opt/websocket-exporter
# The shared code first: it changes least.
RUN jlink --add-modules java.base,jdk.management,jdk.unsupported \
    --strip-java-debug-attributes --no-header-files --no-man-pages --output jre
COPY --from=jar /src/exporter-netty/target/websocket-exporter.jar /tmp/
COPY deploy/image/jvm-options .
# The native libraries of this architecture are files: a root that is read-only has no folder to unpack them into.
RUN mkdir native /tmp/jar && cd /tmp/jar && jar xf ../websocket-exporter.jar && \
    mv META-INF/native/*_"$(uname -m | sed s/aarch64/aarch_64/)".so /opt/websocket-exporter/native/ && rm -r META-INF/native && \
    jar cfm /opt/websocket-exporter/websocket-exporter.jar META-INF/MANIFEST.MF . && rm -r /tmp/jar
COPY deploy/image/train /tmp/
# The cache fits files of the very same time, and a layer holds whole seconds.
RUN find . -exec touch --date=2026-01-01 {} + && /tmp/train

FROM gcr.io/distroless/base-nossl-debian12:nonroot
COPY --from=exporter /opt/websocket-exporter/jre /opt/websocket-exporter/jre
COPY --from=exporter /opt/websocket-exporter/native /opt/websocket-exporter/native
COPY --from=exporter /opt/websocket-exporter/jvm-options /opt/websocket-exporter/websocket-exporter.jar /opt/websocket-exporter/websocket-exporter.aot /opt/websocket-exporter/
USER 65532:65532
WORKDIR /
EXPOSE 9095
ENTRYPOINT ["/opt/websocket-exporter/jre/bin/java", "@/opt/websocket-exporter/jvm-options", "-XX:AOTCache=/opt/websocket-exporter/websocket-exporter.aot", "-jar", "/opt/websocket-exporter/websocket-exporter.jar"]

ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG CREATED
ARG SOURCE=https://github.com/websocket-exporter/websocket-exporter
LABEL org.opencontainers.image.title="websocket-exporter" \
      org.opencontainers.image.description="A Prometheus exporter that measures WebSocket ping-pong latency" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.url="$SOURCE" \
      org.opencontainers.image.documentation="$SOURCE/blob/main/README.md" \
      org.opencontainers.image.authors="the maintainers of websocket-exporter" \
      org.opencontainers.image.vendor="websocket-exporter" \
      org.opencontainers.image.base.name="gcr.io/distroless/base-nossl-debian12:nonroot"
