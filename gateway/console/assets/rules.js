// How far a backtest is, told again and again while it runs; without this there is a link to look.
"use strict";

const progress = document.getElementById("progress");
const EACH = 2000;

async function look() {
  try {
    const answer = await fetch(progress.dataset.from, { redirect: "error" });
    if (answer.headers.get("x-backtest") !== "running") {
      location.reload();
      return;
    }
    const text = await answer.text();
    if (progress.innerHTML.trim() !== text.trim()) {
      progress.innerHTML = text;
    }
  } catch {
    // It is not to be had just now: look again later.
  }
  setTimeout(look, EACH);
}

if (progress?.dataset.from) {
  setTimeout(look, EACH);
}
