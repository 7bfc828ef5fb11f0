/**
 * A record's columns -> a conversation, as templates take it. Messages may have the names of ShareGPT (`from`, `value`).
 * Keys whose value is null are left out of messages, and in column formats everywhere: there each struct has the keys of all.
 */

import type { Conversation, Message } from '../../nouns/conversation.ts';
import type { ChatColumns } from '../../nouns/source-kinds.ts';
import { lookup } from '../formats/lookup.ts';
import { plainValue } from './plain-value.ts';

/** Why a record is not a conversation. */
export interface NoConversation {
  readonly reason: string;
}

class BadColumn extends Error {}

/** All columns that a source's conversations need or may have. */
export function chatColumns(columns: ChatColumns): string[] {
  return Object.values(columns).filter((name): name is string => name !== null);
}

/** @param isOfColumns the record is of a column format */
export function conversationOf(
  record: object,
  columns: ChatColumns,
  isOfColumns: boolean,
): Conversation | NoConversation {
  const column = (name: string): unknown => plainValue(lookup(record, name), isOfColumns);
  try {
    if ('messages' in columns) {
      const messages = messagesOf(column(columns.messages), columns.messages);
      return { messages, tools: toolsOf(column, columns.tools) };
    }
    if ('prompt' in columns) {
      const prompt = partOf(column(columns.prompt), columns.prompt, 'user');
      const completion = partOf(column(columns.completion), columns.completion, 'assistant');
      const hasAnswers = prompt.some(({ role }) => role === 'assistant');
      return {
        messages: [...prompt, ...completion],
        tools: toolsOf(column, columns.tools),
        ...(hasAnswers ? { answersFrom: prompt.length } : {}),
      };
    }
    const context = columns.context === null ? null : (column(columns.context) ?? null);
    if (context !== null && typeof context !== 'string')
      throw new BadColumn(`"${columns.context}" is not a text`);
    const question = textOf(column(columns.question), columns.question);
    const answer = textOf(column(columns.answer), columns.answer);
    const asked = context === null || context === '' ? question : `${context}\n\n${question}`;
    return {
      messages: [
        { role: 'user', content: asked },
        { role: 'assistant', content: answer },
      ],
      tools: null,
    };
  } catch (error) {
    if (error instanceof BadColumn) return { reason: error.message };
    throw error;
  }
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new BadColumn(value === undefined || value === null ? `no "${name}"` : `"${name}" is not a text`);
}

/** A text as one message, or messages. */
function partOf(value: unknown, name: string, role: string): Message[] {
  return typeof value === 'string' ? [{ role, content: value }] : messagesOf(value, name);
}

function messagesOf(value: unknown, name: string): Message[] {
  const list = typeof value === 'string' ? parsed(value) : value;
  if (!Array.isArray(list))
    throw new BadColumn(
      value === undefined || value === null ? `no "${name}"` : `"${name}" is not a list of messages`,
    );
  if (list.length === 0) throw new BadColumn(`"${name}" has no messages`);
  return list.map((one: unknown, i) => messageOf(one, `message ${i + 1} of "${name}"`));
}

/** Of ShareGPT; other roles keep their names. */
const roles = new Map([
  ['human', 'user'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['observation', 'tool'],
]);

function messageOf(value: unknown, where: string): Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadColumn(`${where} is not an object with "role" and "content"`);
  const given = Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null && one !== undefined),
  );
  const { from, value: said, ...rest } = given;
  const isShareGpt = given.role === undefined && typeof from === 'string';
  const role = isShareGpt ? (roles.get(from) ?? from) : given.role;
  if (typeof role !== 'string' || role === '') throw new BadColumn(`${where} has no role`);
  if (isShareGpt) return { ...rest, role, content: said ?? null };
  return { ...given, role, content: given.content ?? null };
}

function toolsOf(column: (name: string) => unknown, name: string | null): readonly unknown[] | null {
  if (name === null) return null;
  const value = column(name);
  const list = typeof value === 'string' && value.trim() !== '' ? parsed(value) : value;
  if (list === undefined || list === null || list === '' || (Array.isArray(list) && list.length === 0))
    return null;
  if (!Array.isArray(list)) throw new BadColumn(`"${name}" is not a list of tools`);
  // A tool that is a text is its JSON.
  return list.map((tool: unknown) => (typeof tool === 'string' ? (parsed(tool) ?? tool) : tool));
}

/** undefined: it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
