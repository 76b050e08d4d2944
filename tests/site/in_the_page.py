"""What the tests run inside a page, in the browser's own language."""

# Formulas, pictures and fonts are there, or will not come any more.
SETTLED = """() => document.readyState === "complete" && document.fonts.status === "loaded" &&
    [...document.querySelectorAll("article .math")].every((box) => box.querySelector("mjx-container"))"""

FACTS = """() => {
    const article = document.querySelector("article") ?? document.body;
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) =>
        node.parentElement.closest("script, style, template, noscript")
            ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    let text = "", raw = "";
    while (words.nextNode()) {
        const node = words.currentNode;
        text += node.data;
        if (article.contains(node) && !node.parentElement.closest("pre, code, mjx-container, .math")) raw += node.data;
    }
    for (const box of document.querySelectorAll("[placeholder]")) text += box.placeholder;
    const pictures = [...article.querySelectorAll("img")].map((image) => ({
        file: image.getAttribute("src").split("/").pop(),
        alt: image.alt.trim(),
        figure: !!image.closest("figure, .cell_output"),
        caption: image.closest("figure")?.querySelector("figcaption .caption-text")?.textContent.trim() ?? "",
        broken: image.complete && image.naturalWidth === 0,
    }));
    const formulas = [...article.querySelectorAll(".math")].map((box) => ({
        text: box.textContent.slice(0, 80),
        drawn: !!box.querySelector("mjx-container"),
        error: !!box.querySelector("mjx-merror, [data-mjx-error]"),
    }));
    return {
        text,
        pictures,
        formulas,
        raw: raw.match(
            /\\\\[()[\\]]|\\$\\$|\\$[^$\\s][^$\\n]{0,60}\\$|\\\\(frac|beta|alpha|sum|mathrm|text)\\b/g
        ) ?? [],
        width: document.documentElement.scrollWidth,
        fonts: [...document.fonts].filter((font) => font.family.includes("Book Han")).map((font) => font.status),
        waiting: document.querySelectorAll("article .math:not(:has(mjx-container))").length,
    };
}"""

# Opens all that a reader can open: questions, solutions, hidden cells.
OPEN = """() => {
    for (const box of document.querySelectorAll("details")) box.open = true;
    for (const box of document.querySelectorAll(".toggle-hidden")) box.classList.remove("toggle-hidden");
    return document.documentElement.scrollWidth;
}"""

# The same colours again teach nothing: of texts in boxes of one kind inside boxes of one kind, all the way up,
# two stay (style sheets see tags, classes, states and, in tables, even rows); the others are emptied.
DROP_TWINS = """() => {
    const kind = (box) => box.tagName + "." + box.className + (box.tagName === "TR" ? box.rowIndex % 2 : "") +
        ["role", "aria-sort", "aria-expanded", "style", "href"].filter((name) => box.hasAttribute(name)).join();
    const paths = new Map(), seen = {};
    const path = (box) => {
        if (!box) return "";
        if (!paths.has(box)) paths.set(box, path(box.parentElement) + ">" + kind(box));
        return paths.get(box);
    };
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const twins = [];
    while (words.nextNode()) {
        const text = words.currentNode;
        if (!text.data.trim()) continue;
        const key = path(text.parentElement);
        seen[key] = (seen[key] ?? 0) + 1;
        if (seen[key] > 2) twins.push(text);
    }
    for (const text of twins) text.data = "";
}"""

# Marks each visible element that holds Chinese characters of its own, and returns how many each has.
MARK_HAN = """() => [...document.body.querySelectorAll("*")].filter((box) =>
    !box.closest("script, style, template, noscript, svg") && box.checkVisibility({visibilityProperty: true})
).map((box) => {
    const own = [...box.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("");
    const count = (own.match(/[\\u2e80-\\u9fff\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff00-\\uffef]/g) ?? []).length;
    if (count) box.setAttribute("data-han", count);
    return [own.trim(), count];
}).filter(([, count]) => count)"""

# Draws each character with the page's own font, and returns those whose pixels are blank or equal to another's.
NOT_DRAWN = """(characters) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    const pen = canvas.getContext("2d", {willReadFrequently: true});
    pen.font = `32px ${getComputedStyle(document.body).fontFamily}`;
    pen.textBaseline = "top";
    const seen = new Map(), bad = new Set();
    for (const character of characters) {
        pen.clearRect(0, 0, 40, 40);
        pen.fillText(character, 2, 2);
        const dots = pen.getImageData(0, 0, 40, 40).data.join();
        if (!/[1-9]/.test(dots)) bad.add(character);
        if (seen.has(dots)) { bad.add(character); bad.add(seen.get(dots)); }
        seen.set(dots, character);
    }
    return [...bad];
}"""
