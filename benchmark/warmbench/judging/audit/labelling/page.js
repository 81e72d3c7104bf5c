"use strict";

const $ = (id) => document.getElementById(id);
const KEYS = { 1: "right", 2: "wrong", 3: "refused", 4: "unclear" };
const NAMES = { right: "right", wrong: "wrong", refused: "refused", unclear: "can't tell" };

let state = null; // of the server: rater, count, labelled, first
let shown = null; // the answer on the page; null when all are labelled
let last = Promise.resolve(); // the action before

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  let reply;
  try {
    reply = await fetch(path, options);
  } catch {
    throw new Error("The command that serves this page has ended. Start it again: what you "
      + "labelled is kept, but not the last key.");
  }
  const found = await reply.json();
  if (!reply.ok) throw new Error(found.problem);
  return found;
}

function fill(list, texts) {
  list.replaceChildren(...(texts.length ? texts : ["none given"]).map((text) => {
    const item = document.createElement("li");
    item.dir = "auto";
    item.textContent = text;
    return item;
  }));
}

function showProgress() {
  const left = state.count - state.labelled;
  $("progress").max = state.count;
  $("progress").value = state.labelled;
  $("progress-text").textContent =
    `${state.rater}: ${state.labelled} of ${state.count} labelled, ${left} left`;
}

function showAnswer(answer) {
  shown = answer;
  $("main").hidden = answer === null;
  $("done").hidden = answer !== null;
  for (const button of document.querySelectorAll("#labels button, #forward")) {
    button.disabled = answer === null;
  }
  $("note").disabled = answer === null;
  $("note").value = answer ? answer.note : "";
  if (answer === null) {
    $("done").focus();
    return;
  }
  for (const name of ["task", "question", "asked", "response", "rule"]) {
    $(name).textContent = answer[name];
  }
  $("asked-part").hidden = answer.asked === answer.question;
  $("place").textContent = `Answer ${answer.index + 1} of ${state.count}`;
  fill($("correct"), answer.correct_answers);
  fill($("incorrect"), answer.incorrect_answers);
  showLabel(answer.label);
  window.scrollTo(0, 0);
  $("main").focus({ preventScroll: true });
}

function showLabel(label) {
  $("given").textContent = label ? `Labelled ${NAMES[label]}` : "Not labelled yet";
  for (const button of document.querySelectorAll("#labels button")) {
    button.setAttribute("aria-pressed", String(button.dataset.label === label));
  }
}

async function go(index) {
  showAnswer(index === null ? null : await ask(`answers/${index}`));
}

async function keep(label) {
  const said = { index: shown.index, answer_id: shown.answer_id, label, note: $("note").value };
  const kept = await ask("labels", said);
  Object.assign(shown, { label, note: said.note });
  state.labelled = kept.labelled;
  showProgress();
  return kept;
}

async function keepNote() {
  if (shown && $("note").value !== shown.note) await keep(shown.label);
}

/** Actions run one after the other. */
function act(action) {
  last = last.then(async () => {
    if (state === null) return;
    try {
      await action();
      $("problem").hidden = true;
    } catch (error) {
      $("problem").textContent = error.message;
      $("problem").hidden = false;
    }
  });
}

/** A key pressed twice must not label the next answer, which nobody has read. */
function label(word) {
  const meant = shown;
  act(async () => {
    if (meant === null || shown !== meant) return;
    const kept = await keep(word);
    showLabel(word);
    await go(kept.next);
  });
}

const move = (step) => act(async () => {
  await keepNote();
  const index = (shown ? shown.index : state.count) + step;
  if (index >= 0 && index < state.count) await go(index);
});

const toUnlabelled = () => act(async () => {
  await keepNote();
  state = await ask("state");
  showProgress();
  await go(state.first);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target === $("note")) {
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      $("note").blur();
      $("main").focus({ preventScroll: true });
    }
    return;
  }
  const key = event.key.toLowerCase();
  const action = KEYS[key] ? () => label(KEYS[key])
    : key === "b" || key === "arrowleft" ? () => move(-1)
    : key === "f" || key === "arrowright" ? () => move(1)
    : key === "u" ? toUnlabelled
    : key === "n" ? () => $("note").focus()
    : null;
  if (action) {
    event.preventDefault();
    action();
  }
});

for (const button of document.querySelectorAll("#labels button")) {
  button.addEventListener("click", () => label(button.dataset.label));
}
$("back").addEventListener("click", () => move(-1));
$("forward").addEventListener("click", () => move(1));
$("next").addEventListener("click", toUnlabelled);
$("note").addEventListener("change", () => act(keepNote));

(async () => {
  try {
    state = await ask("state");
    $("note").maxLength = state.longest_note;
    for (const button of document.querySelectorAll("#labels button")) {
      button.title = state.labels[button.dataset.label];
    }
    showProgress();
    await go(state.first);
  } catch (error) {
    $("problem").textContent = error.message;
    $("problem").hidden = false;
  }
})();
