"use strict";
// The page of results: the colour scheme, the table of figures, copying, heat maps, and lines that follow sounds.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  // Light and dark: as the system says, until the person says otherwise.
  function colourScheme() {
    const button = one("#scheme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const stored = (() => { try { return localStorage.getItem("scheme"); } catch { return null; } })();
    const root = document.documentElement;
    if (stored === "dark" || stored === "light") root.dataset.scheme = stored;
    const isDark = () => (root.dataset.scheme || (system.matches ? "dark" : "light")) === "dark";
    const tell = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", isDark() ? "Change to light colours" : "Change to dark colours");
      button.setAttribute("aria-pressed", String(isDark()));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.scheme = isDark() ? "light" : "dark";
      try { localStorage.setItem("scheme", root.dataset.scheme); } catch { /* a page of a file may keep nothing */ }
      tell();
    });
    system.addEventListener("change", tell);
    let chosen = null;
    addEventListener("beforeprint", () => { chosen = root.dataset.scheme; root.dataset.scheme = "light"; });
    addEventListener("afterprint", () => { if (chosen) root.dataset.scheme = chosen; else delete root.dataset.scheme; });
    tell();
  }

  // The table of figures: by status and by what is searched for.
  function figures() {
    const details = one("#figures");
    if (!details) return;
    const rows = all("tbody tr", details), counts = all(".count"), search = one("#search"), shown = one("#shown");
    const texts = rows.map(row => row.textContent.toLowerCase());
    let status = "";
    const filter = () => {
      const wanted = search.value.trim().toLowerCase().split(/\s+/);
      let count = 0;
      rows.forEach((row, at) => {
        const fits = (!status || row.dataset.status === status) && wanted.every(word => texts[at].includes(word));
        row.hidden = !fits;
        count += fits;
      });
      counts.forEach(button => button.setAttribute("aria-pressed", String(button.dataset.status === status)));
      shown.textContent = count === rows.length ? `${count} figures` : `${count} of ${rows.length} figures`;
    };
    one(".filter", details).hidden = false;
    search.addEventListener("input", filter);
    counts.forEach(button => button.addEventListener("click", () => {
      status = status === button.dataset.status ? "" : button.dataset.status;
      details.open = true;
      filter();
    }));
    all("[data-search]").forEach(link => link.addEventListener("click", () => {
      status = "";
      search.value = link.dataset.search;
      details.open = true;
      filter();
    }));
    addEventListener("beforeprint", () => all("details").forEach(part => { if (part !== details) part.open = true; }));
  }

  function copying() {
    if (!navigator.clipboard) return;
    all(".copy").forEach(button => {
      const before = button.innerHTML;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(one("code", button.parentElement).textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.innerHTML = before; }, 1400);
      });
    });
  }

  // A heat map tells what is pointed at, and shades the columns' names by the row that is pointed at.
  function heatMap(box) {
    const said = document.getElementById(box.getAttribute("aria-describedby"));
    const cells = all(".cell", box), names = all(".name", box);
    const grid = new Map(cells.map(cell => [`${cell.dataset.r} ${cell.dataset.c}`, cell]));
    let at = null;
    const point = (r, c) => {
      const cell = grid.get(`${r} ${c}`);
      if (!cell) return;
      at = [r, c];
      cells.forEach(other => other.classList.toggle("at", other === cell));
      names.forEach(name => name.classList.toggle("at", name.dataset.row === String(r) || name.dataset.column === String(c)));
      const called = (attribute, place) => names.find(name => name.dataset[attribute] === String(place)).textContent;
      said.replaceChildren(
        `${box.dataset.rowName} `, strong(called("row", r)), `, ${box.dataset.columnName} `, strong(called("column", c)),
        ": ", strong(cell.dataset.v.replace(/<[^>]*>/g, "")));
    };
    const strong = text => { const b = document.createElement("b"); b.textContent = text; return b; };
    box.addEventListener("pointerover", event => {
      const cell = event.target.closest(".cell");
      if (cell) point(Number(cell.dataset.r), Number(cell.dataset.c));
    });
    box.addEventListener("keydown", event => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      at ? point(at[0] + step[0], at[1] + step[1]) : point(0, 0);
    });
  }

  // A line over a piano roll or a clip that follows the sound; a click in the picture goes there.
  function follow(box) {
    const sound = document.getElementById(box.dataset.follows), seconds = Number(box.dataset.seconds);
    const svg = one("svg.notes", box), head = one(".head", box);
    const notes = all(".tone", box).map(note => [Number(note.dataset.from), Number(note.dataset.to), note]);
    const width = svg ? svg.viewBox.baseVal.width : 0;
    const show = () => {
      const now = sound.currentTime;
      if (svg) {
        const x = now / seconds * width;
        head.setAttribute("x1", x);
        head.setAttribute("x2", x);
        notes.forEach(([from, to, note]) => note.classList.toggle("on", from <= now && now < to && !sound.paused));
        if (!sound.paused) box.scrollLeft = x * svg.clientWidth / width - box.clientWidth / 3;
      } else {
        head.style.left = `${100 * now / seconds}%`;
      }
    };
    const frame = () => { show(); if (!sound.paused) requestAnimationFrame(frame); };
    sound.addEventListener("play", () => {
      all("audio").forEach(other => { if (other !== sound) other.pause(); });
      box.classList.add("playing");
      frame();
    });
    ["pause", "seeked", "ended"].forEach(name => sound.addEventListener(name, show));
    box.addEventListener("click", event => {
      const area = (svg || box).getBoundingClientRect();
      sound.currentTime = Math.min(Math.max((event.clientX - area.left) / area.width, 0), 0.999) * seconds;
      box.classList.add("playing");
      sound.play().catch(() => {});
    });
  }

  function whereWeAre() {
    const links = new Map(all(".contents a").map(link => [link.hash.slice(1), link]));
    const seen = new IntersectionObserver(entries => entries.forEach(entry => {
      if (!entry.isIntersecting) return;
      links.forEach(link => link.removeAttribute("aria-current"));
      const link = links.get(entry.target.id);
      if (link) link.setAttribute("aria-current", "true");
    }), { rootMargin: "-10% 0px -75% 0px" });
    all(".assignment, .course").forEach(section => seen.observe(section));
  }

  colourScheme();
  figures();
  copying();
  all("[data-heatmap]").forEach(heatMap);
  all("[data-follows]").forEach(follow);
  whereWeAre();
})();
