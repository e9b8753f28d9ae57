"use strict";

// A WebSocket server made with Node's ws, to be probed. Listens on a free port of 127.0.0.1, prints
// the port, and ends with its standard input.
//
//   node ws-server.js [--token TOKEN] [--cert PEM --key PEM] [--pong-after MS|never]
//
// With --token, any path but /TOKEN and what is below it is refused with a 403. A PING is answered
// after --pong-after milliseconds (0), or as the request says itself: /TOKEN?pong-after=50.

const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

const { values: options } = parseArgs({
  options: {
    token: { type: "string" },
    cert: { type: "string" },
    key: { type: "string" },
    "pong-after": { type: "string", default: "0" },
  },
});

function urlOf(request) {
  return new URL(request.url, "ws://unused");
}

function isAllowed(request) {
  return options.token === undefined || urlOf(request).pathname.split("/")[1] === options.token;
}

function answerPings(socket, request) {
  const pongAfter = urlOf(request).searchParams.get("pong-after") ?? options["pong-after"];
  socket.on("error", () => {});
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
  verifyClient: ({ req }, done) => done(isAllowed(req), 403),
}).on("connection", answerPings);

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
