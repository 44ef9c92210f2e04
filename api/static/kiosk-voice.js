// Aloud: what the page says, in its own order, each piece by its clip, else by the browser's voice; the block that is
// being said is marked. The words stand on the screen whether they are heard or not.
"use strict";
(() => {
  const body = document.body;
  const main = document.getElementById("main");
  const button = document.querySelector("[data-say][type=button]");
  const clips = body.dataset.clips || "";
  const language = body.dataset.speaks || "";
  const canSpeak = Boolean(language) && "speechSynthesis" in window;
  const LETTER_MS = 400;
  if (!main || !(clips || canSpeak)) return;

  let run = 0;
  let sounding = null;
  const hush = () => {
    run += 1;
    if (sounding) sounding.pause();
    if (canSpeak) speechSynthesis.cancel();
    for (const block of main.querySelectorAll(".speaking")) block.classList.remove("speaking");
  };

  const words = block => {
    const own = block.cloneNode(true);
    for (const inner of own.querySelectorAll("[data-say], [data-silent], svg")) inner.remove();
    return own.textContent.replace(/\s+/g, " ").trim();
  };
  // Neighbours without a clip are said in one breath.
  const pieces = block => {
    const found = block.dataset.say ? JSON.parse(block.dataset.say) : [[words(block), ""]];
    return found.reduce((all, [text, file]) => {
      const last = all.at(-1);
      if (!file && last && !last[1]) last[0] += text;
      else all.push([text, file]);
      return all;
    }, []);
  };

  const began = () => performance.mark("voice");
  const play = file => new Promise((done, fail) => {
    sounding = new Audio(clips + file);
    sounding.onplaying = began;
    sounding.onended = done;
    sounding.onpause = done;
    sounding.onerror = fail;
    sounding.play().catch(fail);
  });
  const speak = text => new Promise(done => {
    if (!canSpeak || !text) return done();
    const said = new SpeechSynthesisUtterance(text);
    said.lang = language;
    said.rate = 0.9;
    said.onstart = began;
    said.onend = said.onerror = done;
    // A machine without a voice never says that it has ended.
    setTimeout(done, LETTER_MS * text.length + LETTER_MS);
    speechSynthesis.speak(said);
  });

  const say = async () => {
    hush();
    performance.mark("asked");
    const mine = run;
    const heard = block => !block.closest("[hidden], [data-silent]") && block.getClientRects().length > 0;
    for (const block of [...main.querySelectorAll("[data-say]")].filter(heard)) {
      block.classList.add("speaking");
      for (const [text, file] of pieces(block)) {
        if (file) await play(file).catch(() => speak(text));
        else await speak(text);
        if (mine !== run) return;
      }
      block.classList.remove("speaking");
    }
    performance.mark("said");
  };

  if (button) {
    button.hidden = false;
    button.addEventListener("click", say);
  }
  addEventListener("kiosk:new-words", say);
  addEventListener("pagehide", hush);
  if ("reads" in body.dataset) say();
})();
