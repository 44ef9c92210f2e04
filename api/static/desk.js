// After htmx has put a new part in: say how many there are, and put the focus where the reader goes on.
(function () {
  "use strict";
  var lost = function () { return document.getElementById("lost"); };

  document.addEventListener("htmx:afterSettle", function (event) {
    var said = document.getElementById("said");
    var say = document.querySelector("[data-say]");
    if (said && say) { said.textContent = say.textContent.replace(/\s+/g, " ").trim(); }
    if (lost()) { lost().hidden = true; }
    var asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    var then = asked && asked.getAttribute && asked.getAttribute("data-then");
    var next = then && document.querySelector(then);
    if (next) { next.focus(); }
  });

  // The server answered with an error page (signed out, a cursor too old): go there as a plain link or form would.
  document.addEventListener("htmx:responseError", function (event) {
    var config = event.detail.requestConfig;
    if (config && config.verb === "get") {
      window.location.assign(event.detail.pathInfo.finalRequestPath);
    } else if (config) {
      config.elt.submit();
    }
  });

  document.addEventListener("htmx:sendError", function () { if (lost()) { lost().hidden = false; } });
}());
