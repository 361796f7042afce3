// What the parts of the workbench share: asking the server, and making elements.

export const $ = (id) => document.getElementById(id);

/** Posts `body`; gives the answer, or throws an Error whose message is fit to show. */
export async function ask(address, body = {}) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Workbench": "1" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The workbench does not answer. Is it still running?");
  }
  if (response.ok) return response.status === 204 ? {} : response.json();
  if (response.status === 401 && address !== "/sign-in") location.reload();
  const told = await response.json().catch(() => ({}));
  throw new Error(told.text || "Something went wrong.");
}

/** An element; `options` are properties, or attributes where the name has a dash; children are nodes or texts. */
export function el(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name.includes("-") || name === "role" || name === "scope") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null));
  return made;
}

/** A table with a caption; `rows` are lists of cells. */
export function table(caption, heads, rows) {
  const head = el("tr", {}, heads.map((name) => el("th", { scope: "col" }, name)));
  const body = rows.map((cells) => {
    const row = el("tr", {}, cells.map((cell) => el("td", {}, cell)));
    return row;
  });
  return el("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": caption },
    el("table", {}, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, body)));
}

export const badge = (word) => el("span", { className: `badge ${word}` }, word);

export function say(words) {
  $("status").textContent = words;
}

/** Opens a dialog; `submit` does the work and may throw an Error to be shown in it. */
export function openDialog(dialog, submit) {
  const form = dialog.querySelector("form");
  const problem = dialog.querySelector(".problem");
  problem.textContent = "";
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      await submit();
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  dialog.querySelector(".close").onclick = () => dialog.close();
  dialog.showModal();
}
