// What is typed beside a choice is that choice.
document.addEventListener("input", (event) => {
  const source = event.target.closest(".k-source");
  if (source && event.target.type !== "radio") source.querySelector("input[type=radio]").checked = true;
});
