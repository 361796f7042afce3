/* The demo page's two buttons. */
const line = document.getElementById("line");
line.textContent = `<script src="${location.origin}/widget.js" async></script>`;

document.getElementById("copy").addEventListener("click", async () => {
  let said = "Copied.";
  try {
    await navigator.clipboard.writeText(line.textContent);
  } catch {
    said = "This browser can't copy. Please select the line.";
  }
  document.getElementById("copied").textContent = said;
});

/** What a nosy script can do from a host page: every element, every open shadow root, every frame that it can reach. */
function everything(root) {
  let found = root.textContent || "";
  for (const element of root.querySelectorAll("*")) {
    if (element.value) found += element.value;
    if (element.shadowRoot) found += everything(element.shadowRoot);
    try {
      if (element.contentDocument) found += everything(element.contentDocument);
    } catch {
      // a frame from elsewhere
    }
  }
  return found;
}

document.getElementById("read").addEventListener("click", () => {
  const text = everything(document.documentElement);
  const frames = window.length;
  const sees = frames > 0 || text.includes(["Your own", "words"].join(" ")); // in two parts, so as not to find itself
  const found = sees ? "It can see the chat." : "It can't see anything of the chat.";
  document.getElementById("seen").textContent = `The script read ${text.length} letters and found ${frames} frames. ${found}`;
});
