// The slip goes to the printer bridge of this machine as data; without paper the number is copied down.
"use strict";
(() => {
  const box = document.querySelector("[data-print-at]");
  const port = document.body.dataset.printerPort;
  if (!box || !port) return;
  const PRINT_MS = 10000;
  const send = async again => {
    try {
      const slip = (await (await fetch(box.dataset.printAt, { cache: "no-store" })).json()).paper;
      const answer = await fetch(`http://127.0.0.1:${port}/print`, {
        method: "POST",
        headers: { Authorization: `Bearer ${window.kiosk.secret()}`, "Content-Type": "application/json" },
        body: JSON.stringify({ ...slip, again }),
        signal: AbortSignal.timeout(PRINT_MS),
      });
      const { state } = await answer.json();
      if (!answer.ok) return window.kiosk.goTo(`/kiosk/copy?why=${state === "paper_out" ? state : "error"}`);
      for (const told of document.querySelectorAll("[data-printed]")) told.hidden = false;
      const kept = new URLSearchParams({ csrf: document.body.dataset.csrf || "" });
      await fetch("/kiosk/slip", { method: "POST", body: kept, redirect: "manual" });
    } catch {
      window.kiosk.goTo("/kiosk/copy?why=error");
    }
  };
  box.addEventListener("submit", event => {
    event.preventDefault();
    event.stopPropagation();
    send(true);
  });
  send(false);
})();
