import { ask } from "./common.js";

document.getElementById("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = document.getElementById("password");
  try {
    await ask("/sign-in", { password: password.value });
    location.replace("/");
  } catch (problem) {
    document.querySelector(".problem").textContent = problem.message;
    password.value = "";
    password.focus();
  }
});
