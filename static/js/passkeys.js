// Lets a form with data-passkey="get" or "create" ask the browser for a passkey. Such a form
// is hidden until this runs: without JavaScript there is the password and the code.
"use strict";

(() => {
  const questionFor = async (form) => {
    const given = document.getElementById("js_data");
    if (given) return JSON.parse(given.textContent);
    const answer = await fetch(form.getAttribute("action"), { cache: "no-store" });
    if (!answer.ok) throw new Error("No question came from the server.");
    return answer.json();
  };

  const answerTo = (question, form) =>
    form.dataset.passkey === "create"
      ? window.webauthnJSON.create(question.creation_options)
      : window.webauthnJSON.get(question.request_options);

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || !window.webauthnJSON) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      failed.hidden = true;
      try {
        const credential = await answerTo(await questionFor(form), form);
        form.elements.namedItem("credential").value = JSON.stringify(credential);
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
