// A carrier made of node-smpp, an implementation of SMPP that shares no line with ours.
// `node peer_smsc.js PATH_OF_THE_PACKAGE` tells JSON lines on stdout and is asked by JSON lines on stdin, whose end
// is its own.
"use strict";
const smpp = require(process.argv[2]);
const sessions = new Set();
const joining = new Map();
const asked = { throttle: [], cut: [], first: false };
let number = 0;

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");

function receipt(session, pdu, name) {
  session.deliver_sm({
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: 4,
    receipted_message_id: name,
    message_state: 2,
    short_message: `id:${name} sub:001 dlvrd:001 submit date:2611210000 done date:2611210001 stat:DELIVRD err:000 text:`,
  }, () => tell({ answered: name }));
}

function keep(pdu) {
  const { message, udh } = pdu.short_message;
  const [reference, total, place] = udh ? [...udh[0].subarray(2)] : [-1, 1, 1];
  const key = `${pdu.destination_addr} ${reference}`;
  const pieces = joining.get(key) || new Map();
  joining.set(key, pieces.set(place, message));
  if (pieces.size === total) {
    joining.delete(key);
    const words = [...pieces.keys()].sort((a, b) => a - b).map((n) => pieces.get(n)).join("");
    tell({ phone: pdu.destination_addr, text: words, parts: total });
  }
}

function submit(session, pdu) {
  number += 1;
  const name = String(number);
  if (asked.throttle.includes(number)) {
    session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    return;
  }
  if (asked.cut.includes(number)) {
    keep(pdu);
    session.socket.resetAndDestroy();
    return;
  }
  if (asked.first) receipt(session, pdu, name);
  session.send(pdu.response({ message_id: name }));
  keep(pdu);
  if (!asked.first) receipt(session, pdu, name);
}

const server = smpp.createServer((session) => {
  session.on("error", () => sessions.delete(session));
  session.on("close", () => sessions.delete(session));
  session.on("bind_transceiver", (pdu) => {
    const known = pdu.system_id === "match" && pdu.password === "secret";
    session.send(pdu.response(known ? {} : { command_status: smpp.ESME_RBINDFAIL }));
    if (known) sessions.add(session);
    tell({ bound: known });
  });
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
    tell({ unbound: true });
  });
  session.on("submit_sm", (pdu) => submit(session, pdu));
});

const orders = {
  ask: (order) => Object.assign(asked, order.with),
  count: () => { number = 0; },
  reply: (order) => {
    for (const session of sessions) session.deliver_sm(order.pdu, () => tell({ answered: "reply" }));
  },
};

let text = "";
process.stdin.on("data", (octets) => {
  text += octets;
  const lines = text.split("\n");
  text = lines.pop();
  for (const line of lines) {
    const order = JSON.parse(line);
    orders[order.do](order);
    tell({ did: order.do });
  }
});
process.stdin.on("end", () => process.exit(0));
server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));
