// At the bus door: a tap is kept on this phone until the server has it; said twice it is so once.
// Kept are the order's address, ids and deeds, no names: they outlast a closed page, and go once they are told.
(function () {
  "use strict";
  var RETRY_MS = 4000;
  var door = document.querySelector("[data-door]");
  if (!door || !window.fetch || !window.DOMParser) { return; }
  var key = "bus " + door.getAttribute("data-door") + " " + window.location.pathname;
  var waiting = read(), refused = [], busy = false, last = "";

  function read() {
    try { return JSON.parse(window.localStorage.getItem(key)) || []; } catch (error) { return []; }
  }
  function keep() {
    try {
      if (waiting.length) { window.localStorage.setItem(key, JSON.stringify(waiting)); }
      else { window.localStorage.removeItem(key); }
    } catch (error) { /* a phone without storage keeps them while the page stays open */ }
  }

  function show(lost) {
    document.getElementById("offline").hidden = !(lost && waiting.length);
    document.getElementById("queued").textContent = String(waiting.length);
    document.getElementById("refused").hidden = refused.length === 0;
    document.getElementById("said-no").textContent = refused.join("；");
  }

  // The row of a tap, greyed: whoever stands at the door sees at once that it was taken.
  function mark(tap) {
    document.querySelectorAll("form.tap, form.depart").forEach(function (form) {
      if (form.getAttribute("action") !== tap.url) { return; }
      var row = form.closest("li") || form;
      row.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
      var state = row.querySelector("[data-state]");
      if (state) { state.textContent = tap.said + "，记着"; }
    });
  }

  // The page as the server has it now, without leaving the place where one is.
  function renew(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-door]");
    var standing = document.querySelector("[data-door]");
    if (!fresh) { window.location.assign(window.location.pathname); return; }
    standing.replaceWith(document.adoptNode(fresh));
    var row = last && document.getElementById(last);
    var button = row && row.querySelector("button");
    if (button) { button.focus({ preventScroll: true }); }
    waiting.forEach(mark);
  }

  function body(tap) {
    var told = new URLSearchParams();
    var csrf = document.querySelector("main input[name=csrf]") || document.querySelector("input[name=csrf]");
    told.set("csrf", csrf ? csrf.value : "");
    if (tap.deed) { told.set("deed", tap.deed); }
    return told;
  }

  function later() { busy = false; show(true); window.setTimeout(send, RETRY_MS); }

  function send() {
    if (busy || waiting.length === 0) { return; }
    busy = true;
    var tap = waiting[0];
    window.fetch(tap.url, { method: "POST", body: body(tap), credentials: "same-origin" }).then(function (answer) {
      return answer.text().then(function (text) {
        if (answer.status === 429 || answer.status >= 500) { later(); return; }
        // Signed out: the taps stay on the phone, and go when the same person is back on this page.
        if (answer.status === 401) { window.location.assign(window.location.pathname); return; }
        busy = false;
        waiting.shift();
        keep();
        if (!answer.ok) { refused.push(why(tap, text)); }
        if (waiting.length) { show(false); send(); return; }
        if (answer.ok && !tap.deed) { window.location.assign(answer.url); return; }
        if (answer.ok) { renew(text); show(false); return; }
        look();
      });
    }).catch(later);
  }

  function look() {
    window.fetch(window.location.pathname, { credentials: "same-origin" })
      .then(function (answer) { return answer.text(); })
      .then(function (text) { renew(text); show(false); }, function () { show(true); });
  }

  function why(tap, text) {
    var said = new DOMParser().parseFromString(text, "text/html").querySelector(".note.halt b");
    return tap.said + "：" + (said ? said.textContent : "没有记上");
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-door] form.tap, [data-door] form.depart")) { return; }
    event.preventDefault();
    var deed = form.querySelector("input[name=deed]");
    var label = form.querySelector("button").textContent.trim();
    var tap = { url: form.getAttribute("action"), deed: deed ? deed.value : "", said: deed ? label : "发车" };
    last = (form.closest("li") || form).id;
    waiting.push(tap);
    keep();
    mark(tap);
    show(false);
    send();
  });
  window.addEventListener("online", send);
  waiting.forEach(mark);
  show(waiting.length > 0);
  send();
}());
