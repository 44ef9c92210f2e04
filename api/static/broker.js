// A number stays on its card and nowhere else; keys for the six answers.
(function () {
  "use strict";
  var MINUTES_SHOWN = 10;

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
}());
