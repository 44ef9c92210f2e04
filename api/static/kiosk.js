// The kiosk: goes from page to page only while the server answers, asks who is still there, wipes, prints.
// Without scripts every page works.
"use strict";
(() => {
  const body = document.body;
  const main = document.getElementById("main");
  const ANSWER_MS = 4000;
  const RETRY_MS = 3000;
  const KEEP_MS = 10000;
  const TURN_MS = 6000;

  // The pairing secret comes once, behind the # of the address the browser was started with: that part is sent nowhere.
  const paired = location.hash.match(/^#pair=([\w-]{16,64})$/);
  if (paired) {
    localStorage.setItem("pair", paired[1]);
    history.replaceState(null, "", location.pathname);
  }

  const reach = () =>
    fetch("/kiosk/alive", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) }).then(answer => {
      if (answer.status >= 500) throw new Error("server");
    });

  // Server gone: nothing of the person stays on the screen; once it answers again, the page is asked for anew.
  let isGone = false;
  const gone = () => {
    const said = document.getElementById("gone");
    if (isGone || !said || !main) return;
    isGone = true;
    main.replaceChildren(said.content.cloneNode(true));
    body.classList.add("is-gone");
    dispatchEvent(new Event("kiosk:new-words"));
    const again = () => reach().then(() => location.reload(), () => setTimeout(again, RETRY_MS));
    setTimeout(again, RETRY_MS);
  };

  // One way out of a page: a second tap while the first is on its way does nothing.
  let leaving = false;
  const leave = async go => {
    if (leaving || isGone) return;
    leaving = true;
    try {
      await reach();
    } catch {
      gone();
      return;
    }
    go();
    setTimeout(() => { leaving = false; }, ANSWER_MS);
  };
  const goTo = path => leave(() => location.replace(path));

  // A deed by script: the answer's page takes the place of this one. What is sent stands in no page and no address.
  const post = (path, said) => leave(async () => {
    try {
      const sent = new URLSearchParams({ ...said, csrf: body.dataset.csrf || "" });
      const answer = await fetch(path, { method: "POST", body: sent });
      location.replace(answer.redirected ? answer.url : "/kiosk/help");
    } catch {
      gone();
    }
  });
  window.kiosk = { goTo, post, secret: () => localStorage.getItem("pair") || "" };

  addEventListener("click", event => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || link.origin !== location.origin) return;
    event.preventDefault();
    leave(() => location.assign(link.href));
  });
  addEventListener("submit", event => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    leave(() => event.target.submit());
  });

  // A page that comes back out of the browser's memory is asked for anew; one that goes there takes nothing along.
  addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
  addEventListener("pagehide", () => main && main.replaceChildren());

  // Idle: after so many seconds without a touch the page asks. A touch keeps the visit on the server as well.
  const ask = body.dataset.idle;
  let kept = Date.now();
  if (ask) {
    let timer = 0;
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => goTo(ask), Number(body.dataset.idleAfter) * 1000);
    };
    const touched = () => {
      again();
      if (Date.now() - kept < KEEP_MS) return;
      kept = Date.now();
      reach().catch(gone);
    };
    for (const sign of ["pointerdown", "keydown", "scroll"]) addEventListener(sign, touched, { passive: true });
    again();
  }

  // Asked: count down, then wipe.
  const over = document.getElementById("over");
  if (over && body.dataset.over) {
    let left = Number(body.dataset.over);
    const shown = document.querySelector("[data-left]");
    const ticking = setInterval(() => {
      left -= 1;
      if (shown) shown.textContent = String(Math.max(left, 0));
      if (left > 0) return;
      clearInterval(ticking);
      over.requestSubmit();
    }, 1000);
  }

  // The first screen says one thing after the other.
  const said = [...document.querySelectorAll("[data-rotate] > *")];
  let turn = 0;
  if (said.length > 1) setInterval(() => {
    said[turn].hidden = true;
    turn = (turn + 1) % said.length;
    said[turn].hidden = false;
  }, TURN_MS);

  if ("print" in body.dataset) addEventListener("load", () => print());
})();
