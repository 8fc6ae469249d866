// While something is on its way, the page looks again by itself and shows what came of it.
// A text that was begun is not lost by leaving, nor by a button of another form.
(() => {
  const typing = () => {
    const typed = document.querySelector("#text");
    return typed !== null && typed.value !== typed.defaultValue;
  };
  let sending = false;
  document.addEventListener("submit", (event) => { sending = event.target.contains(document.querySelector("#text")); });
  window.addEventListener("beforeunload", (event) => {
    if (typing() && !sending) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { sending = false; });
  const again = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const sent = fresh.querySelector("#sent");
    if (!sent) return;
    if (sent.hasAttribute("data-waiting")) {
      wait();
      return;
    }
    if (!typing()) document.querySelector("#main").replaceChildren(...fresh.querySelector("#main").childNodes);
    else document.querySelector("#sent").replaceChildren(...sent.childNodes);
  };
  const wait = () => setTimeout(() => again().catch(wait), 1000);
  if (document.querySelector("#sent[data-waiting]")) wait();
})();
