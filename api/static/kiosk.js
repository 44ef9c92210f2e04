// The kiosk: reads a page aloud, asks who is still there, sends the slip to the printer. Without it every page works.
"use strict";
(() => {
  const body = document.body;

  // Aloud: what the page says and nothing else, in its own order. The button shows only where a voice is installed.
  const button = document.querySelector("[data-say]");
  if (button && "speechSynthesis" in window) {
    button.hidden = false;
    button.addEventListener("click", () => {
      speechSynthesis.cancel();
      const main = document.getElementById("main");
      const said = new SpeechSynthesisUtterance(main ? main.innerText : "");
      said.lang = "zh-CN";
      said.rate = 0.9;
      speechSynthesis.speak(said);
    });
    window.addEventListener("pagehide", () => speechSynthesis.cancel());
  }

  // Idle: after so many seconds without a touch the page asks.
  const ask = body.dataset.idle;
  if (ask) {
    let timer = 0;
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => location.replace(ask), Number(body.dataset.idleAfter) * 1000);
    };
    for (const sign of ["pointerdown", "keydown", "scroll"]) addEventListener(sign, again, { passive: true });
    again();
  }

  // Asked: count down, then wipe. One press anywhere else on the page leaves time to read it.
  const over = document.getElementById("over");
  if (over && body.dataset.over) {
    let left = Number(body.dataset.over);
    const shown = document.querySelector("[data-left]");
    const ticking = setInterval(() => {
      left -= 1;
      if (shown) shown.textContent = String(left);
      if (left > 0) return;
      clearInterval(ticking);
      over.requestSubmit();
    }, 1000);
  }

  if ("print" in body.dataset) addEventListener("load", () => print());
})();
