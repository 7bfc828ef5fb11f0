/** The text that is extracted from a page; no page is too odd to be read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlText } from '../../../src/read/extract/html.ts';
import { fuzz } from '../../support/fuzz.ts';

const sentence = 'A sentence of the main text that says something, and goes on for a while. ';

test('the main part of a page as Markdown: links, code, tables and lists stay, surroundings go', () => {
  const page = `<!DOCTYPE html><html><head><title>How we cut costs</title><style>.a{}</style><script>var x = "</p>";</script></head><body>
<div id="cookie-banner">We use cookies. <button>Accept</button></div>
<div class="header"><ul class="nav"><li><a href="/">Home</a></li></ul></div>
<div class="sidebar"><h4>Related</h4><a href="/1">Ten tips</a></div>
<div class="content"><h1>How we cut costs<a href="#top">#</a></h1>
<p>Our bill was <b>three times</b> what it is: I explain <a href="https://example.org/?a=1&amp;b=2">why</a>,
in <a href="#steps">steps</a>.</p><p>${sentence.repeat(4)}</p>
<pre><code class="language-python">def f(x):
    # &lt;keep&gt; a_b
    return x
</code></pre>
<table><thead><tr><th>Year<th>Cost</thead><tr><td>2022<td>3|00</tr></table>
<ul><li>one<ul><li>nested <code>x_y</code></li></ul><li>two</ul><ol start="3"><li>three</ol>
<p>1 &lt; 2, snake_case, 2 * 3<br>a line <img src="a.png" alt="a graph"></p>
<blockquote><p>Quoted.</p></blockquote></div>
<div id="comments"><p>First!</p></div><footer>Copyright</footer></body></html>`;
  expect(htmlText(page)).toBe(`# How we cut costs

Our bill was **three times** what it is: I explain [why](https://example.org/?a=1&b=2), in steps.

${sentence.repeat(4).trim()}

\`\`\`python
def f(x):
    # <keep> a_b
    return x
\`\`\`

| Year | Cost |
| --- | --- |
| 2022 | 3\\|00 |

- one
  - nested \`x_y\`
- two

3. three

1 < 2, snake_case, 2 * 3
a line ![a graph](a.png)

> Quoted.`);
});

test('of a page with <main> only that is read; a title is put where there is no heading', () => {
  const page = `<title>A &amp; B</title><div>before</div><main><p>${sentence.repeat(4)}</main><div>after</div>`;
  expect(htmlText(page)).toBe(`# A & B\n\n${sentence.repeat(4).trim()}`);
});

test('where next to nothing seems to be main, the page is taken whole', () => {
  expect(htmlText(`<div class="sidebar">${sentence.repeat(9)}</div><main>Menu</main>`)).toContain(
    sentence.trim(),
  );
});

test('tables that are there for the layout are no tables', () => {
  expect(htmlText('<table><tr><td><p>one<p>two<td><table><tr><td>in<td>ner</table></table>')).toBe(
    'one\n\ntwo\n\nin\n\nner',
  );
});

test('an XHTML page may have an empty title', () => {
  expect(
    htmlText(
      '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><p>Text</p></body></html>',
    ),
  ).toBe('Text');
});

const odd = fc.constantFrom(
  ...'div p b a ul ol li table tr td th pre code h1 blockquote details select svg title head body main article script style template'
    .split(' ')
    .flatMap((name) => [`<${name}>`, `<${name} class="x" href="y">`, `</${name}>`]),
  'text',
  ' x|y ` * ',
  '&amp',
  '<',
  '<!--',
);

test('any sequence of tags has a text, the same each time', () => {
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 60 }), (parts) => {
      const html = parts.join('');
      expect(htmlText(html)).toBe(htmlText(html));
    }),
    fuzz(300),
  );
});

describe('time is linear in the page, however deep it nests', () => {
  const units = [
    '<div>x',
    '<p><b>y</i>',
    '<ul><li>x',
    '<table><tr><td>x',
    '<blockquote>x<hr>',
    '<code>`',
    '<a href="x">x',
    '<span>x</span> ',
    '<main ',
    '&amp',
  ];
  const took = (html: string): number => {
    const start = performance.now();
    htmlText(html);
    return performance.now() - start;
  };
  test.each(units)('%s', (unit) => {
    took(unit.repeat(1000));
    // A square of it would take minutes.
    expect(took(unit.repeat(100_000))).toBeLessThan(20_000);
  });
});
