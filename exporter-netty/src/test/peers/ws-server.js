"use strict";

// A WebSocket server made with Node's ws, to be probed. Listens on 127.0.0.1 unless --host says
// where, on a free port unless --port says which, prints it, and ends with its standard input.
//
//   node ws-server.js [--host HOST] [--port PORT] [--token TOKEN] [--authorization VALUE]
//                     [--cert PEM --key PEM] [--pong-after MS|never] [--compress] [--report]
//
// With --token, any path but /TOKEN and what is below it is refused with a 403; with
// --authorization, any request without that header field with a 401. A PING is answered after
// --pong-after milliseconds (0), or as the request says itself: /TOKEN?pong-after=50. A message is
// sent back. With --report, it prints "open PATH" for each connection, and "close PATH CODE" when
// that has ended, where CODE is the status code of the client's Close frame. With --compress,
// whoever offers permessage-deflate gets it, in all messages, and first of all a long one.

const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

const { values: options } = parseArgs({
  options: {
    token: { type: "string" },
    authorization: { type: "string" },
    compress: { type: "boolean" },
    report: { type: "boolean" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "0" },
    cert: { type: "string" },
    key: { type: "string" },
    "pong-after": { type: "string", default: "0" },
  },
});

function urlOf(request) {
  return new URL(request.url, "ws://unused");
}

function refusalOf(request) {
  if (![undefined, request.headers.authorization].includes(options.authorization)) {
    return 401;
  }
  return [undefined, urlOf(request).pathname.split("/")[1]].includes(options.token) ? null : 403;
}

function serve(socket, request) {
  const pongAfter = urlOf(request).searchParams.get("pong-after") ?? options["pong-after"];
  socket.on("error", () => {});
  if (options.report) {
    console.log(`open ${request.url}`);
    socket.on("close", (code) => console.log(`close ${request.url} ${code}`));
  }
  if (options.compress) {
    socket.send("compressed ".repeat(1000));
  }
  socket.on("message", (data, binary) => socket.send(data, { binary }));
  socket.on("ping", (payload) => {
    if (pongAfter !== "never") {
      // Timers count whole milliseconds and may be early by a part of one: never before its time.
      setTimeout(() => socket.pong(payload), Number(pongAfter) + 1);
    }
  });
}

const server = options.cert
  ? https.createServer({ cert: fs.readFileSync(options.cert), key: fs.readFileSync(options.key) })
  : http.createServer();

new WebSocketServer({
  server,
  autoPong: false,
  perMessageDeflate: options.compress ? { threshold: 0 } : false,
  verifyClient: ({ req }, done) => done(!refusalOf(req), refusalOf(req)),
}).on("connection", serve);

server.listen(Number(options.port), options.host, () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
