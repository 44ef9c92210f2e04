// One pair, one key: 1 2 3 answer, of one person 1 2 3 4 say which row is right, z steps back, j and k go on and back. Whoever is typing is left alone.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey) { return; }
    var key = event.key.toLowerCase();
    var button = /^[1234jkz]$/.test(key) && document.querySelector('[data-key="' + key + '"]');
    if (button) { event.preventDefault(); button.click(); }
  });
}());
