// A number stays on its card and nowhere else; keys for the six answers; taps at the bus that wait for the network.
(function () {
  "use strict";
  var MINUTES_SHOWN = 10, RETRY_MS = 4000;

  // Leaving the card, or the browser keeping it for "back": the number goes out of the page.
  function wipe() {
    document.querySelectorAll("[data-secret]").forEach(function (part) { part.textContent = ""; });
    var gone = document.getElementById("gone");
    if (gone) { gone.hidden = false; }
  }
  if (document.querySelector("[data-secret]")) {
    window.addEventListener("pagehide", wipe);
    window.setTimeout(wipe, MINUTES_SHOWN * 60000);
    // A reload would ask for the number again: the address of the card itself does not hold it.
    window.history.replaceState(null, "", window.location.pathname.replace(/\/number$/, ""));
  }

  document.addEventListener("keydown", function (event) {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey) { return; }
    var button = /^[1-9]$/.test(event.key) && document.querySelector('[data-key="' + event.key + '"]');
    if (button) { event.preventDefault(); button.click(); }
  });

  document.addEventListener("click", function (event) {
    var print = event.target.closest("[data-print]");
    if (print) { window.print(); }
    var copy = event.target.closest("[data-copy]");
    if (!copy) { return; }
    var text = document.getElementById(copy.getAttribute("data-copy"));
    text.select();
    var told = function () { document.getElementById("copied").textContent = "复制好了，到群里粘贴。"; };
    if (navigator.clipboard) { navigator.clipboard.writeText(text.value).then(told); }
    else if (document.execCommand("copy")) { told(); }
  });

  // At the bus: a tap is sent, and sent again until the server has it. Said twice it is so once.
  var bus = document.querySelector(".bus");
  if (!bus || !window.fetch) { return; }
  var waiting = [], busy = false;
  function show() {
    document.getElementById("offline").hidden = waiting.length === 0;
    document.getElementById("queued").textContent = String(waiting.length);
  }
  function send() {
    if (busy || waiting.length === 0) { return; }
    busy = true;
    var next = waiting[0];
    window.fetch(next.url, { method: "POST", body: new URLSearchParams(next.body), credentials: "same-origin" })
      .then(function (answer) {
        waiting.shift();
        busy = false;
        show();
        if (!answer.ok) { window.location.assign(window.location.href); return; }
        if (waiting.length) { send(); } else { window.location.assign(window.location.pathname); }
      }, function () { busy = false; show(); window.setTimeout(send, RETRY_MS); });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches(".bus .tap")) { return; }
    event.preventDefault();
    waiting.push({ url: form.action, body: Array.from(new FormData(form).entries()) });
    var row = form.closest("li");
    row.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
    var state = row.querySelector("[data-state]");
    if (state) { state.textContent = "记着"; }
    send();
    show();
  });
}());
