// What a careful visitor notices on the page shown. The last argument is called with { path, title, headings,
// violations, ... }; the first says at which width the page is looked at.
const done = arguments[arguments.length - 1];
const root = document.documentElement;

// WCAG 1.4.12: no text may be lost when a reader sets these.
const spacing = new CSSStyleSheet();
spacing.replaceSync(`
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }
`);

function hiddenOnPurpose(element) {
  if (getComputedStyle(element).clipPath === "inset(50%)") return true;
  return element.closest(".visually-hidden, [hidden], template, svg, details:not([open]) > :not(summary)") !== null;
}

function name(element) {
  const classes = [...element.classList].map((c) => `.${c}`).join("");
  return `<${element.localName}${classes}> « ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 60)} »`;
}

// Elements whose own text does not fit in their box, or is cut by it.
function spilled() {
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "")) continue;
    if (hiddenOnPurpose(element)) continue;
    const style = getComputedStyle(element);
    if (style.display === "inline" || style.display === "none" || style.position === "absolute") continue;
    const wide = element.scrollWidth > element.clientWidth + 1;
    // Letters reach out of lines set tight; a second line does not.
    const line = parseFloat(style.fontSize) / 2;
    const high = element.scrollHeight > element.clientHeight + line && style.overflowY !== "auto";
    if (wide || high) found.push(name(element));
  }
  return found;
}

// Boxes that hide what does not fit in them.
function clipped() {
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (hiddenOnPurpose(element) || element.closest("input, select, textarea")) continue;
    const style = getComputedStyle(element);
    const hides = (value) => value === "hidden" || value === "clip";
    const wide = hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const high = hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
    if (wide || high) found.push(name(element));
  }
  return found;
}

// What stands wider than the window, deepest first.
function widest() {
  const wide = [...document.body.querySelectorAll("*")].filter(
    (element) =>
      element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".table-frame, .visually-hidden"),
  );
  return wide.slice(-3).map(name);
}

function measure() {
  const sideways = root.scrollWidth > innerWidth ? [`scrolls sideways (${root.scrollWidth} px): ${widest().join(", ")}`] : [];
  const lost = [...new Set([...spilled(), ...clipped()])].slice(0, 5).map((what) => `does not fit: ${what}`);
  return [...sideways, ...lost];
}

function look() {
  const plain = measure();
  document.adoptedStyleSheets = [spacing];
  const spaced = measure();
  document.adoptedStyleSheets = [];
  return {
    path: location.pathname + location.search,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    faults: [
      ...plain.map((fault) => `at ${innerWidth} px, ${fault}`),
      ...spaced.filter((fault) => !plain.includes(fault)).map((fault) => `at ${innerWidth} px with text spacing, ${fault}`),
    ],
  };
}

const seen = look();
if (!arguments[0] || typeof axe === "undefined") {
  done(seen);
} else {
  axe.run(document, { resultTypes: ["violations"] }).then(
    (result) => {
      for (const violation of result.violations) {
        const where = violation.nodes.map((node) => node.html).slice(0, 3).join(" | ");
        seen.faults.push(`accessibility, ${violation.id}: ${violation.help} — ${where}`);
      }
      done(seen);
    },
    (error) => done({ ...seen, faults: [...seen.faults, String(error)] }),
  );
}
