// The lit pad: hears from the card bridge of this machine what lies there, and does what that means on this page.
// `data-pad`: free (nobody's visit), look (a visit without a card), visit (with one), lifted, left, waits.
"use strict";
(() => {
  const { goTo, post, secret } = window.kiosk;
  const page = document.body.dataset.pad;
  const bridge = `http://127.0.0.1:${document.body.dataset.cardPort}`;
  const HANDLED = "pad";
  const AGAIN_MS = 1500;
  const MISSES = 2;
  const HELPER_MS = 20000;
  const BEEP_MS = 1500;

  // Number of the event that was acted upon last: no name, no number of a card, and it outlives a page.
  const handled = () => Number(sessionStorage.getItem(HANDLED) || -1);
  const here = () => document.querySelector("[data-back]")?.dataset.back || location.pathname;
  const read = news => {
    sessionStorage.setItem(HANDLED, news.seq);
    post("/kiosk/card", { number: news.id_number, back: here() });
  };
  const wait = news => goTo(news.event === "unreadable" ? "/kiosk/one-card?unread=1" : "/kiosk/one-card");
  const isBad = news => news.event === "two_cards" || news.event === "unreadable";

  const ACTS = {
    free: news => {
      if (news.event === "laid") news.seq === handled() ? goTo("/kiosk/card-left") : read(news);
      else if (isBad(news)) wait(news);
    },
    look: news => { if (news.event === "laid" && news.seq !== handled()) read(news); },
    visit: news => {
      if (news.event === "laid") { if (news.seq !== handled()) read(news); }
      else if (isBad(news)) post("/kiosk/over", { two_cards: "1" });
      else goTo(`/kiosk/lifted?back=${encodeURIComponent(location.pathname)}`);
    },
    lifted: news => {
      if (news.event === "laid") read(news);
      else if (isBad(news)) post("/kiosk/over", { two_cards: "1" });
    },
    left: news => {
      if (news.event !== "two_cards" && !(news.event === "laid" && news.seq === handled())) goTo("/kiosk");
    },
    waits: news => {
      if (news.event === "laid" && news.seq !== handled()) read(news);
      else if (news.event === "lifted") goTo("/kiosk");
    },
  };

  const works = is => {
    for (const told of document.querySelectorAll("[data-reader]")) told.hidden = (told.dataset.reader === "on") !== is;
  };
  const rest = ms => new Promise(done => setTimeout(done, ms));
  const follow = async () => {
    let seq = -1;
    let misses = 0;
    for (;;) {
      try {
        const answer = await fetch(`${bridge}/events?after=${seq}`, {
          cache: "no-store", headers: { Authorization: `Bearer ${secret()}` },
        });
        if (!answer.ok) throw new Error("bridge");
        const news = await answer.json();
        misses = 0;
        works(news.event !== "reader_dead");
        if (news.event === "none") continue;
        seq = news.seq;
        ACTS[page](news);
      } catch {
        misses += 1;
        if (misses === MISSES) {
          works(false);
          ACTS[page]({ event: "reader_dead" });
        }
        await rest(AGAIN_MS);
      }
    }
  };
  if (ACTS[page]) follow();

  // Left behind: a sound until it is taken away, and after a while a helper is called.
  if (page !== "left") return;
  let sound = null;
  const beep = () => {
    try {
      sound ??= new AudioContext();
      const tone = sound.createOscillator();
      tone.frequency.value = 880;
      tone.connect(sound.destination);
      tone.start();
      tone.stop(sound.currentTime + 0.3);
    } catch {
      // A machine without a loudspeaker shows the page all the same.
    }
  };
  beep();
  setInterval(beep, BEEP_MS);
  setTimeout(() => {
    for (const told of document.querySelectorAll("[data-urgent]")) told.hidden = false;
    dispatchEvent(new Event("kiosk:new-words"));
    const alarm = document.getElementById("alarm");
    fetch(alarm.action, { method: "POST", body: new URLSearchParams(new FormData(alarm)), redirect: "manual" })
      .catch(() => {});
  }, HELPER_MS);
})();
