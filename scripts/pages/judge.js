/**
 * What is wrong with the page as it stands, told by the page itself: WCAG 2.2 AA as far as it can be measured (1.4.3
 * contrast, 1.4.10 reflow, 2.5.8 target size, 4.1.2 names), and whether anything that others wrote became markup.
 *
 * Runs in the browser: it uses nothing from outside of itself.
 */
(() => {
  const wrong = [];
  const where = (node) =>
    `${node.tagName.toLowerCase()}${node.id === '' ? '' : `#${node.id}`} “${(node.textContent ?? '').trim().slice(0, 30)}”`;
  const isSeen = (node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    node.getBoundingClientRect().width > 1;

  // 1.4.10: nothing to scroll sideways for.
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) {
    const out = [...document.querySelectorAll('body *')].filter(
      (node) => isSeen(node) && node.getBoundingClientRect().right > wide + 1,
    );
    wrong.push(`wider than the window: ${out.slice(-1).map(where)}`);
  }

  // 1.4.3, over backgrounds of one colour.
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundOf = (node) => {
    for (let at = node; at !== null; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if ((colour[3] ?? 0) > 250) return colour;
    }
    return rgba('Canvas');
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const node = text.parentElement;
    if (node === null || (text.nodeValue ?? '').trim() === '' || !isSeen(node)) continue;
    // 1.4.3 leaves out what cannot be used now.
    if (node.closest(':disabled') !== null) continue;
    const style = getComputedStyle(node);
    const [one, other] = [luminance(rgba(style.color)), luminance(backgroundOf(node))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) wrong.push(`contrast ${contrast.toFixed(1)}: ${where(node)}`);
  }

  // 2.5.8: 24 by 24, but for links within text.
  for (const node of document.querySelectorAll('button, input, select, textarea, summary, a.button, nav a')) {
    if (!isSeen(node)) continue;
    const labels = node instanceof HTMLInputElement ? [...(node.labels ?? [])] : [];
    const boxes = [node, ...labels].map((each) => each.getBoundingClientRect());
    if (!boxes.some(({ width, height }) => width >= 24 && height >= 24))
      wrong.push(`small target: ${where(node)}`);
  }

  // One heading of each part, and levels without a gap.
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    if (!isSeen(heading)) continue;
    const next = Number(heading.tagName.slice(1));
    if (next > level + 1) wrong.push(`heading skips a level: ${where(heading)}`);
    level = next;
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids.filter((one, i) => ids.indexOf(one) !== i)) wrong.push(`id twice: ${id}`);

  // What others wrote is text.
  const strange = document.querySelectorAll(
    'main script, main iframe, main object, main [onerror], main [onload], main [style], img:not([src^="/dicom-web/"]), b, marquee',
  );
  for (const node of strange) wrong.push(`markup of others: ${where(node)}`);
  if ('hostile' in globalThis) wrong.push('a script of others ran');
  if (/[\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText))
    wrong.push('a character that turns the direction of text is shown');
  return wrong;
})();
