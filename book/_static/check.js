// Reads the answer to a chosen choice out; that it shows is CSS's doing.
addEventListener("change", (event) => {
  const choice = event.target.closest(".gtt-check .choice");
  if (!choice) return;
  const answer = choice.querySelector(".answer");
  choice.parentElement.querySelector(".said").textContent =
    `${answer.dataset.says} ${answer.textContent.trim()}`;
});
