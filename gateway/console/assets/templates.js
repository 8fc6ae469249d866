// Makes the page of a template nicer: it shows what is typed at once, numbers the lines, and goes
// to the line that is wrong. Without it the page's own buttons do the same.
"use strict";

const form = document.getElementById("editor");
const areas = [...form.querySelectorAll("textarea")];
const seeing = document.querySelector(".seeing");
const outcome = document.getElementById("outcome");
const changes = document.getElementById("changes");
const verdict = document.getElementById("verdict");
const asHtml = document.getElementById("as-html");
const PAUSE = 400;

let waiting = 0;
let asked = null;
let shownHtml = asHtml.querySelector("iframe").hasAttribute("src") ? "as it holds" : "";
let unsaved = false;
let last = areas[0];
let frames = 0;

/* Line numbers */

const gutters = new Map();

function number(area) {
  const gutter = gutters.get(area);
  const wrong = new Set(
    [...outcome.querySelectorAll(`[data-part="${area.id}"]`)].map((one) => Number(one.dataset.line)),
  );
  const count = area.value.split("\n").length;
  const lines = [];
  for (let at = 1; at <= count; at += 1) {
    if (wrong.has(at)) {
      const mark = document.createElement("span");
      mark.className = "bad";
      mark.textContent = String(at);
      lines.push(mark, "\n");
    } else {
      lines.push(`${at}\n`);
    }
  }
  gutter.replaceChildren(...lines);
  gutter.scrollTop = area.scrollTop;
  if (wrong.size) area.setAttribute("aria-invalid", "true");
  else area.removeAttribute("aria-invalid");
}

for (const area of areas) {
  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  area.before(gutter);
  area.parentElement.classList.add("numbered");
  gutters.set(area, gutter);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  area.addEventListener("focus", () => { last = area; });
  number(area);
}

/* To the line that is wrong */

outcome.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-part]");
  const area = link && document.getElementById(link.dataset.part);
  if (!area) return;
  event.preventDefault();
  const lines = area.value.split("\n");
  const at = Math.min(Math.max(Number(link.dataset.line), 1), lines.length) - 1;
  const begin = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
  const inside = Math.min(Math.max(Number(link.dataset.column) - 1, 0), lines[at].length);
  area.focus();
  area.setSelectionRange(begin + inside, begin + lines[at].length);
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(at - 2, 0);
});

/* The preview */

async function renew() {
  if (asked) asked.abort();
  const mine = new AbortController();
  asked = mine;
  seeing.classList.add("stale");
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch("/templates/live", { method: "POST", body, signal: mine.signal });
    if (answer.redirected) {
      verdict.textContent = "You are signed out. Sign in in another window, then go on here.";
      verdict.className = "notice warn";
    } else if (answer.ok) {
      put(await answer.text());
    } else {
      verdict.textContent = "There is no preview just now.";
      verdict.className = "notice warn";
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      verdict.textContent = "The console does not answer. What you have written is still here.";
      verdict.className = "notice warn";
    }
  }
}

function put(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const found = fresh.getElementById("fresh-outcome");
  outcome.replaceChildren(...found.childNodes);
  changes.replaceChildren(...fresh.getElementById("fresh-changes").childNodes);
  verdict.className = "visually-hidden";
  if (verdict.textContent !== found.dataset.verdict) verdict.textContent = found.dataset.verdict;
  areas.forEach(number);
  seeing.classList.remove("stale");
  asHtml.hidden = !found.dataset.html;
  if (found.dataset.html && found.dataset.html !== shownHtml) frame();
  shownHtml = found.dataset.html;
}

// A form is sent into a new frame each time, so that going back leaves the page and no preview.
function frame() {
  const before = [...asHtml.querySelectorAll("iframe")];
  const next = document.createElement("iframe");
  frames += 1;
  next.name = `frame-${frames}`;
  next.title = "The mail as HTML";
  next.setAttribute("sandbox", "");
  next.className = "coming";
  before.at(-1).after(next);
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = "/templates/frame";
  sent.target = next.name;
  sent.hidden = true;
  for (const [name, value] of new FormData(form)) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  document.body.append(sent);
  next.addEventListener("load", () => {
    next.className = "";
    for (const old of before) old.remove();
  });
  sent.submit();
  sent.remove();
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(renew, PAUSE);
}

for (const area of areas) {
  area.addEventListener("input", () => {
    unsaved = true;
    number(area);
    soon();
  });
}
for (const name of ["example", "ticket", "sample"]) {
  const field = form.elements[name];
  if (field) field.addEventListener("input", soon);
}
if (shownHtml === "" && !asHtml.hidden) frame();

/* Nothing that is written gets lost by leaving */

form.addEventListener("submit", () => { unsaved = false; });
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

/* Values are put where the cursor was */

if (last && !last.readOnly) {
  for (const code of document.querySelectorAll("code.insert")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = code.textContent;
    button.addEventListener("click", () => {
      last.setRangeText(button.textContent, last.selectionStart, last.selectionEnd, "end");
      last.dispatchEvent(new Event("input"));
      last.focus();
    });
    code.replaceChildren(button);
  }
}
