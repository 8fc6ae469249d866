// While something is on its way, the page looks again by itself and shows what came of it.
(() => {
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
    const typed = document.querySelector("#text");
    const untouched = !typed || typed.value === typed.defaultValue;
    if (untouched) document.querySelector("#main").replaceChildren(...fresh.querySelector("#main").childNodes);
    else document.querySelector("#sent").replaceChildren(...sent.childNodes);
  };
  const wait = () => setTimeout(() => again().catch(wait), 1000);
  if (document.querySelector("#sent[data-waiting]")) wait();
})();
