/** Conversations of every kind, by number: always the same for the same number. */
import { createHash } from 'node:crypto';
import type { Conversation, Message } from '../../src/nouns/conversation.ts';

export interface ChatKind {
  /** Roles that the template takes besides user and assistant. */
  readonly system: boolean;
  readonly tools: boolean;
  /** Texts of special tokens to quote. */
  readonly quotes: readonly string[];
}

const words = [
  ...[
    'the',
    'cat',
    'sat',
    'on',
    'a',
    'mat',
    'Hello',
    'world',
    '42',
    '1,000.5',
    'na\u00efve',
    '\u6f22\u5b57',
    '\u{1f600}',
  ],
  ...[
    'def f(x):',
    '```json',
    '{"a": 1}',
    '\n',
    '\n\n',
    '  ',
    '\t',
    '.',
    '!?',
    "it's",
    '\u0301',
    'e\u0301',
    '<',
    '|',
    '<|',
  ],
];

/** A generator of numbers below 2^32 for a seed. */
function numbers(seed: string): (below: number) => number {
  let digest = Buffer.alloc(0);
  let at = 0;
  let block = 0;
  return (below) => {
    if (at + 4 > digest.length) {
      digest = createHash('sha256').update(`${seed} ${block++}`).digest();
      at = 0;
    }
    at += 4;
    return digest.readUInt32LE(at - 4) % below;
  };
}

export function madeChat(number: number, kind: ChatKind, quoting: boolean): Conversation {
  const next = numbers(`chat ${number}`);
  const text = (most = 12): string => {
    const count = next(4) === 0 ? 0 : next(most);
    const parts = Array.from({ length: count }, () => {
      if (quoting && next(3) === 0) return kind.quotes[next(kind.quotes.length)]!;
      return words[next(words.length)]!;
    });
    return parts.join(next(3) === 0 ? '' : ' ');
  };
  const messages: Message[] = [];
  if (kind.system && next(2) === 0) messages.push({ role: 'system', content: text() });
  const withTools = kind.tools && next(2) === 0;
  const turns = 1 + next(4);
  for (let turn = 0; turn < turns; turn += 1) {
    messages.push({ role: 'user', content: text(30) });
    if (withTools && next(2) === 0) {
      const call = { name: 'look_up', arguments: { word: text(3) } };
      messages.push({
        role: 'assistant',
        content: text(4),
        tool_calls: [{ type: 'function', function: call }],
      });
      messages.push({ role: 'tool', content: text(6), name: 'look_up' });
    }
    messages.push({ role: 'assistant', content: text(30) });
  }
  const parameters = { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] };
  const look = { type: 'function', function: { name: 'look_up', description: text(5), parameters } };
  return { messages, tools: withTools ? [look] : null };
}
