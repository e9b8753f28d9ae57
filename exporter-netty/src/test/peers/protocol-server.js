"use strict";

// A server of a protocol that is spoken over WebSocket, made with the library that most use for it,
// to be probed. Listens on a free port of 127.0.0.1, prints the port, and ends with its standard
// input.
//
//   node protocol-server.js json-rpc|graphql|socket.io|stomp|mqtt

const http = require("node:http");
const { createWebSocketStream, WebSocketServer } = require("ws");

const protocols = {
  // An Ethereum node, as far as eth_blockNumber goes. It knows nothing else.
  "json-rpc": (server) => {
    const { JSONRPCServer } = require("json-rpc-2.0");
    const rpc = new JSONRPCServer();
    rpc.addMethod("eth_blockNumber", () => "0x1406f40");
    new WebSocketServer({ server }).on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", async (data) => {
        socket.send(JSON.stringify(await rpc.receiveJSON(data.toString())));
      });
    });
  },

  graphql: (server) => {
    const { buildSchema } = require("graphql");
    const { useServer } = require("graphql-ws/use/ws");
    useServer({ schema: buildSchema("type Query { up: Boolean }") }, new WebSocketServer({ server }));
  },

  "socket.io": (server) => {
    const { Server } = require("socket.io");
    new Server(server, { pingInterval: 300 });
  },

  stomp: (server) => {
    const StompServer = require("stomp-broker-js");
    new StompServer({ server, path: "/" });
  },

  mqtt: async (server) => {
    const { Aedes } = require("aedes");
    const broker = await Aedes.createBroker();
    const handleProtocols = (offered) => offered.has("mqtt") && "mqtt";
    new WebSocketServer({ server, handleProtocols }).on("connection", (socket) => {
      broker.handle(createWebSocketStream(socket));
    });
  },
};

async function main(protocol) {
  const server = http.createServer();
  await protocols[protocol](server);
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

main(process.argv[2]);
process.stdin.on("end", () => process.exit()).resume();
