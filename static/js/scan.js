// "Scan with camera" beside fields for serial numbers, where the browser reads bar codes itself.
// A field of one line is filled and sent; of many lines each code becomes a line of its own.
const buttons = document.querySelectorAll("[data-scan]");

function dialogFor() {
  const dialog = document.createElement("dialog");
  dialog.className = "scanner";
  dialog.setAttribute("aria-label", "Scan with camera");
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.textContent = "Hold the bar code of the serial number in front of the camera.";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(video, said, close);
  document.body.append(dialog);
  return { dialog, video, said };
}

function take(field, code, said) {
  if (field.tagName !== "TEXTAREA") {
    field.value = code;
    field.form.requestSubmit();
    return true;
  }
  const lines = field.value.split("\n").filter((line) => line.trim());
  if (!lines.includes(code)) {
    lines.push(code);
    field.value = `${lines.join("\n")}\n`;
    said.textContent = `${code} added. The list has ${lines.length}.`;
  }
  return false;
}

async function scan(field) {
  const { dialog, video, said } = dialogFor();
  let stream = null;
  dialog.addEventListener("close", () => {
    stream?.getTracks().forEach((track) => track.stop());
    dialog.remove();
  });
  dialog.showModal();
  try {
    const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    stream = opened;
    if (!dialog.open) {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    video.srcObject = stream;
    await video.play();
    const detector = new BarcodeDetector();
    while (dialog.open) {
      const [found] = await detector.detect(video);
      const code = found?.rawValue.trim();
      if (code && dialog.open && take(field, code, said)) dialog.close();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } catch {
    said.textContent = "The camera cannot be used. Allow it in the browser, or type the serial number.";
  }
}

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => scan(document.getElementById(button.dataset.scan)));
  }
}
