// Renews the figures while somebody looks at them. Without it the page has a link that does so.
"use strict";
(() => {
  const EACH = 20000;
  const SLOWEST = 300000;
  const figures = document.getElementById("figures");
  const said = document.getElementById("renewing");
  const pause = document.getElementById("pause");
  let paused = false;
  let wait = EACH;
  let timer = 0;
  let sentence = figures.firstElementChild.dataset.sentence;

  function tell(text) {
    if (said.textContent !== text) said.textContent = text;
  }

  // What somebody has opened, or is about to use, is as it was.
  function put(fresh) {
    const open = [...figures.querySelectorAll("details[open]")].map((one) => one.id);
    const links = [...figures.querySelectorAll("a[href], summary")];
    const at = links.indexOf(document.activeElement);
    const was = at < 0 ? "" : links[at].getAttribute("href");
    figures.replaceChildren(fresh);
    for (const id of open) {
      const found = document.getElementById(id);
      if (found) found.open = true;
    }
    if (at < 0) return;
    const now = [...figures.querySelectorAll("a[href], summary")];
    const same = now.find((one) => was && one.getAttribute("href") === was);
    (same || now[Math.min(at, now.length - 1)])?.focus({ preventScroll: true });
  }

  function isReading() {
    const chosen = document.getSelection();
    return document.hidden || (chosen && !chosen.isCollapsed && figures.contains(chosen.anchorNode));
  }

  async function renew() {
    if (!isReading()) {
      try {
        const answer = await fetch(figures.dataset.address, { credentials: "same-origin" });
        if (answer.redirected) {
          tell("You are signed out: renew the page to sign in.");
          pause.hidden = true;
          return;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.body.firstElementChild;
        if (paused) return;
        put(document.adoptNode(fresh));
        wait = EACH;
        // Only what changed is read aloud.
        tell(fresh.dataset.sentence === sentence ? "" : fresh.dataset.sentence);
        sentence = fresh.dataset.sentence;
      } catch {
        wait = Math.min(2 * wait, SLOWEST);
        tell("The figures cannot be renewed just now.");
      }
    }
    if (!paused) timer = setTimeout(renew, wait);
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    clearTimeout(timer);
    tell(paused ? "The figures stay as they are." : "");
    wait = EACH;
    if (!paused) renew();
  });
  pause.hidden = false;
  timer = setTimeout(renew, wait);
})();
