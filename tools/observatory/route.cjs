// Leads what is asked of one host's ports 80 and 443 to ports of this machine, so that the grader
// needs neither a name in DNS nor the right to open those ports.
"use strict";

const net = require("node:net");

const { GRADED_HOST, GRADED_HTTP, GRADED_HTTPS } = process.env;
const PORTS = { 80: Number(GRADED_HTTP), 443: Number(GRADED_HTTPS) };
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  const first = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (first && first.host === GRADED_HOST) {
    first.port = PORTS[first.port];
    first.host = "127.0.0.1";
  }
  return connect.apply(this, given);
};
