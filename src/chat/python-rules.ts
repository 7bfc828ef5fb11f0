/**
 * Makes the Jinja library follow Python where it does not, by changes of the parsed template:
 *
 * - `strip`, `lstrip` and `rstrip` take the characters to remove (the library ignores them), and white space is Python's;
 * - `==` and `!=` compare as in Python: '' is not false, and lists are compared by their items.
 *
 * Templates call the functions in `pythonFunctions` for these; each render gets them under these names.
 */

type Node = { type?: string } & Record<string, unknown>;

const methods = new Set(['strip', 'lstrip', 'rstrip']);

/** Changes the tree in place. @returns what stands in the node's place */
export function followPython(node: unknown): unknown {
  if (Array.isArray(node)) {
    for (const [i, one] of node.entries()) node[i] = followPython(one);
    return node;
  }
  if (node instanceof Map)
    return new Map([...node].map(([key, value]) => [followPython(key), followPython(value)]));
  if (typeof node !== 'object' || node === null) return node;
  const tree = node as Node;
  for (const [key, value] of Object.entries(tree)) tree[key] = followPython(value);
  switch (tree.type) {
    case 'CallExpression': {
      const { object, property, computed } = tree.callee as Node & { property: Node };
      const name = property?.value;
      if (
        (tree.callee as Node).type !== 'MemberExpression' ||
        computed === true ||
        !methods.has(String(name))
      )
        return tree;
      return call(String(name), [object, ...(tree.args as unknown[])]);
    }
    case 'FilterExpression':
      return (tree.filter as Node).type === 'Identifier' && (tree.filter as Node).value === 'trim'
        ? call('strip', [tree.operand])
        : tree;
    case 'BinaryExpression': {
      const { value } = tree.operator as { value: string };
      if (value === '==') return call('equal', [tree.left, tree.right]);
      return value === '!=' ? call('unequal', [tree.left, tree.right]) : tree;
    }
    default:
      return tree;
  }
}

const prefix = 'longmix_';

function call(name: string, args: readonly unknown[]): Node {
  return { type: 'CallExpression', callee: { type: 'Identifier', value: prefix + name }, args };
}

export const pythonFunctions: Readonly<Record<string, unknown>> = {
  [`${prefix}strip`]: (text: unknown, what?: unknown) => stripped(text, what, true, true),
  [`${prefix}lstrip`]: (text: unknown, what?: unknown) => stripped(text, what, true, false),
  [`${prefix}rstrip`]: (text: unknown, what?: unknown) => stripped(text, what, false, true),
  [`${prefix}equal`]: equal,
  [`${prefix}unequal`]: (a: unknown, b: unknown) => !equal(a, b),
};

/** Python's `str.isspace`: JavaScript's white space and five controls, without U+FEFF. */
function isSpace(character: string): boolean {
  const code = character.charCodeAt(0);
  return (code >= 0x1c && code <= 0x1f) || code === 0x85 || (code !== 0xfeff && /\s/.test(character));
}

function stripped(text: unknown, what: unknown, left: boolean, right: boolean): string {
  if (typeof text !== 'string') throw new Error('strip() of a value that is not a string');
  const characters = typeof what === 'string' ? new Set(what) : null;
  const goes = (character: string) => (characters === null ? isSpace(character) : characters.has(character));
  const all = [...text];
  let start = 0;
  let end = all.length;
  while (left && start < end && goes(all[start]!)) start += 1;
  while (right && end > start && goes(all[end - 1]!)) end -= 1;
  return start === 0 && end === all.length ? text : all.slice(start, end).join('');
}

/** Of values as the library hands them to functions: items of a list are objects with a `value`. */
function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, i) => equal(one.value, b[i].value));
  if (typeof a === 'boolean' && typeof b === 'number') return Number(a) === b;
  if (typeof a === 'number' && typeof b === 'boolean') return a === Number(b);
  return a === b;
}
