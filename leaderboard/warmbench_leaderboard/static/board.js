// Without this file every page works as plain links and forms. With it, a change of filter, order
// or page replaces the main part only, and the pictures are drawn.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const asked = new URLSearchParams(location.search).get("__theme");
  if (asked === "light" || asked === "dark") root.dataset.theme = asked;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  const plotly = document.currentScript.dataset.plotly;
  const main = () => document.getElementById("main");

  let running = null;

  async function swap(address, push) {
    running?.abort();
    const mine = (running = new AbortController());
    let text;
    try {
      const reply = await fetch(address, { signal: mine.signal, credentials: "same-origin" });
      if (!reply.ok && reply.status !== 404) throw new Error(reply.statusText);
      text = await reply.text();
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
      return;
    }
    if (mine.signal.aborted) return;
    const found = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    if (!found) return location.assign(address);
    const shown = found.dataset.address || address;
    if (push) history.pushState({}, "", shown);
    show(found, push);
  }

  // The focus, the caret and the open folds stay where they are; what is being typed stays too,
  // unless one goes back.
  function show(found, keepTyped) {
    const before = document.activeElement;
    const key = main().contains(before) ? before.id : "";
    const caret = key && typeof before.selectionStart === "number" ? before.selectionStart : null;
    const typed = keepTyped && key && before.type === "search" ? before.value : null;
    const folds = [...main().querySelectorAll("details[id]")].map((it) => [it.id, it.open]);
    main().replaceWith(document.adoptNode(found));
    document.title = found.dataset.title || document.title;
    for (const [id, open] of folds) document.getElementById(id)?.toggleAttribute("open", open);
    const after = key && document.getElementById(key);
    if (after) {
      if (typed !== null) after.value = typed;
      after.focus({ preventScroll: true });
      if (caret !== null) after.setSelectionRange?.(caret, caret);
    } else if (before && before !== document.body && !document.contains(before)) {
      found.focus({ preventScroll: true });
    }
    const summary = document.getElementById("summary") || document.getElementById("verdict");
    const announce = document.getElementById("announce");
    if (announce) announce.textContent = summary ? summary.textContent : document.title;
    draw();
  }

  function addressOf(form) {
    const pairs = new URLSearchParams(new FormData(form));
    return `${form.getAttribute("action")}?${pairs}`;
  }

  addEventListener("popstate", () => {
    if (main()?.dataset.title) swap(location.pathname + location.search, false);
  });

  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = event.target.closest("a[data-swap]");
    if (link && plain) {
      event.preventDefault();
      swap(link.getAttribute("href").startsWith("?") ? location.pathname + link.getAttribute("href") : link.href, true);
    }
    const copy = event.target.closest("button[data-copy]");
    if (copy) copied(copy);
  });

  async function copied(button) {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    document.getElementById("announce").textContent = "Copied";
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-swap]");
    if (!form) return;
    event.preventDefault();
    swap(addressOf(form), true);
  });

  let typing = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form) {
      clearTimeout(typing);
      const wait = event.target.type === "search" ? 120 : 0;
      typing = setTimeout(() => swap(addressOf(form), true), wait);
    }
    if (event.target.matches("[data-suggest]")) suggest(event.target);
    if (event.target.matches("[data-pick]")) pick(event.target);
  });

  // Two entries can be compared, so the one ticked first gives way to a third.
  const picked = [];
  function pick(box) {
    const at = picked.indexOf(box);
    if (at >= 0) picked.splice(at, 1);
    if (box.checked) picked.push(box);
    while (picked.length > 2) picked.shift().checked = false;
  }

  let asking = 0;
  function suggest(input) {
    clearTimeout(asking);
    asking = setTimeout(async () => {
      const reply = await fetch(`/api/suggest?q=${encodeURIComponent(input.value)}`);
      if (!reply.ok) return;
      const options = (await reply.json()).map(({ entry_id, title }) => {
        const option = document.createElement("option");
        option.value = entry_id;
        option.textContent = title;
        return option;
      });
      document.getElementById(input.getAttribute("list"))?.replaceChildren(...options);
    }, 120);
  }

  let library = null;
  function loadPlotly() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = plotly;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  const template = (data) => (isDark() ? data.themes.dark : data.themes.light);
  const drawnPlots = () => [...document.querySelectorAll(".js-plotly-plot")];
  let shown = null;

  // In the narrow cells of a heat map on a phone an interval takes two lines.
  function foldIntervals(data) {
    for (const trace of data.filter((it) => it.type === "heatmap")) {
      trace.text = trace.text.map((row) => row.map((cell) => cell.replace(" to ", "<br>to ")));
      trace.textfont = { ...trace.textfont, size: 11 };
    }
  }

  async function draw() {
    const source = document.getElementById("figures");
    if (!source) return;
    const data = (shown = JSON.parse(source.textContent));
    await loadPlotly();
    for (const place of document.querySelectorAll("[data-figure]")) {
      const figure = data.figures[place.dataset.figure];
      if (!figure || place.dataset.drawn) continue;
      place.dataset.drawn = "yes";
      if (place.clientWidth < 480) foldIntervals(figure.data);
      const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };
      Plotly.newPlot(place, figure.data, { ...figure.layout, template: template(data) }, config);
    }
  }
  prefersDark.addEventListener("change", () => {
    for (const plot of drawnPlots()) Plotly.relayout(plot, { template: template(shown) });
  });

  // On a phone the table comes first, unless a filter is set.
  const more = document.getElementById("more");
  if (more && matchMedia("(max-width: 40rem)").matches && !location.search) more.open = false;

  const reload = document.querySelector("[data-reload]");
  if (reload) setTimeout(() => location.reload(), Number(reload.dataset.reload));
  draw();
})();
