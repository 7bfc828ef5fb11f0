/**
 * Functions that run inside a page opened by a test. Each is self-contained, because the browser gets only its text.
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Texts whose colour differs from what is behind them by less than 4.5 : 1 (WCAG 2.2, 1.4.3), by computed styles. */
export function lowContrasts(): string[] {
  const numbers = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string) => {
    const [r, g, b] = numbers(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const behind = (element: Element | null): string => {
    if (element === null) return 'rgb(255, 255, 255)';
    const colour = getComputedStyle(element).backgroundColor;
    return (numbers(colour)[3] ?? 1) === 0 ? behind(element.parentElement) : colour;
  };
  const found: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const element = node.parentElement!;
    const box = element.getBoundingClientRect();
    if (node.textContent!.trim() === '' || box.width === 0 || box.height === 0) continue;
    seen += 1;
    const style = getComputedStyle(element);
    const colour = element.closest('svg') === null ? style.color : style.fill;
    const [low, high] = [luminance(colour), luminance(behind(element))].sort((a, b) => a - b);
    const ratio = (high! + 0.05) / (low! + 0.05);
    if (!(ratio >= 4.5)) found.push(`${node.textContent!.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return seen > 20 ? found : [`only ${seen} texts were seen`];
}

/** Labels of a chart that lie on each other. */
export function overlappingLabels(): string[] {
  const found: string[] = [];
  for (const svg of document.querySelectorAll('svg')) {
    const labels = Array.from(svg.querySelectorAll('text'), (text) => ({
      name: text.textContent,
      box: text.getBoundingClientRect(),
    })).filter(({ box }) => box.width > 0);
    for (const [i, a] of labels.entries()) {
      for (const b of labels.slice(0, i)) {
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (across > 0.5 && down > 2)
          found.push(`${svg.querySelector('title')!.textContent}: ${a.name} on ${b.name}`);
      }
    }
  }
  return found;
}

/** Labels that leave their chart. */
export function strayingLabels(): string[] {
  const found: string[] = [];
  for (const svg of document.querySelectorAll('svg')) {
    const outer = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (
        box.width > 0 &&
        (box.left < outer.left - 1 || box.right > outer.right + 1 || box.bottom > outer.bottom + 1)
      )
        found.push(`${svg.querySelector('title')!.textContent}: ${text.textContent}`);
    }
  }
  return found;
}

/** Charts that are cut at the right. */
export function chartsOffThePage(): string[] {
  return Array.from(document.querySelectorAll('svg'))
    .filter((svg) => svg.getBoundingClientRect().right > document.documentElement.clientWidth)
    .map((svg) => svg.querySelector('title')!.textContent);
}
