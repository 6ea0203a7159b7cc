// A page of work in progress asks again by itself and shows only what has changed, so that
// whoever reads it stays where they are. When the work has ended, the page shows its result.
const part = document.querySelector("[data-progress]");

async function ask() {
  let pause = 2000;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (answer.ok && !now) {
      location.reload();
      return;
    }
    if (now) part.replaceChildren(...now.childNodes);
  } catch {
    pause = 10000;
  }
  setTimeout(ask, pause);
}

if (part) setTimeout(ask, 2000);
