// What a person who reads, listens or uses the keyboard needs; each check returns the elements that fail it.
(() => {
  const visible = node => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const name = node => `${node.tagName}.${node.getAttribute("class") || ""} ${(node.textContent || "").trim().slice(0, 40)}`;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map(at => top[at] * top[3] + below[at] * (1 - top[3])).concat(1);
  const luminance = colour => {
    const [r, g, b] = colour.map(value => value / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = node => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const owns = node => [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
  const isText = node => owns(node) && !node.closest("script,style,noscript,audio,title") && visible(node);

  return {
    contrast: () => [...document.querySelectorAll("body *")].filter(isText).flatMap(node => {
      const style = getComputedStyle(node), drawn = node instanceof SVGElement;
      let below = background(drawn ? node.closest("svg").parentElement : node);
      if (drawn && node.previousElementSibling?.matches(".cell")) {
        below = over(rgba(getComputedStyle(node.previousElementSibling).fill), below);
      }
      let shade = rgba(drawn ? style.fill : style.color);
      for (let at = node; at; at = at.parentElement) shade[3] *= Number(getComputedStyle(at).opacity);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
      const found = contrast(over(shade, below), below);
      return found < (large ? 3 : 4.5) ? [`${name(node)}: ${found.toFixed(2)}`] : [];
    }),
    images: () => [...document.querySelectorAll("img")].filter(img => !img.alt || !img.naturalWidth).map(name),
    drawings: () => [...document.querySelectorAll("svg")].filter(svg =>
      svg.getAttribute("role") !== "img" || !svg.getAttribute("aria-label")).map(name),
    controls: () => [...document.querySelectorAll("button,a,summary,audio,input,[tabindex='0']")].filter(visible)
      .filter(node => !(node.textContent.trim() || node.getAttribute("aria-label") || node.labels?.length)).map(name),
    ids: () => [...document.querySelectorAll("[id]")].map(node => node.id).filter((id, at, all) => all.indexOf(id) !== at),
    references: () => [...document.querySelectorAll("[aria-labelledby],[aria-describedby],[data-follows],[href^='#']")]
      .flatMap(node => [node.getAttribute("aria-labelledby"), node.getAttribute("aria-describedby"), node.dataset.follows,
        node.getAttribute("href")?.slice(1)]).filter(id => id && !document.getElementById(id)),
    headings: () => {
      const levels = [...document.querySelectorAll("h1,h2,h3,h4")].map(node => Number(node.tagName[1]));
      const jumps = levels.filter((level, at) => at && level > levels[at - 1] + 1);
      return levels[0] === 1 && levels.filter(level => level === 1).length === 1 ? jumps : ["no single h1 at the top"];
    },
    landmarks: () => ["main", "header", "nav[aria-label]", "footer", "html[lang]"].filter(one => !document.querySelector(one)),
    overflow: () => {
      const wide = [...document.querySelectorAll("body *")].filter(node => visible(node)
        && !node.closest(".scroll, .heat, pre, .unseen, .skip") && node.getBoundingClientRect().right > innerWidth + 1);
      return document.documentElement.scrollWidth > innerWidth ? ["the page", ...wide.map(name)] : wide.map(name);
    },
    targets: () => [...document.querySelectorAll("button,summary,input")].filter(visible)
      .filter(node => node.getBoundingClientRect().height < 24).map(name),
  };
})()
