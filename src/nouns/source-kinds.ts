/** What a recipe says about sources that hold no texts: conversations, or token ids. Nothing here computes. */

export interface ChatSpec {
  readonly columns: ChatColumns;
  /** `tokenizer`: the one beside the tokenizer's file. */
  readonly template: 'chatml' | 'llama3' | 'tokenizer' | { readonly file: string };
  readonly loss: ChatLoss;
  /** With `outputs-and-prompt`: conversations of at least this many tokens are learned whole. */
  readonly promptLossFrom: number;
}

/** Columns that make a conversation. `tools`: the column of tools that the model may call; null: there is none. */
export type ChatColumns =
  | { readonly messages: string; readonly tools: string | null }
  | { readonly prompt: string; readonly completion: string; readonly tools: string | null }
  | { readonly context: string | null; readonly question: string; readonly answer: string };

export const chatLosses = ['outputs', 'outputs-and-prompt', 'all'] as const;

/** What of a conversation is learned: what the model writes, also all else in long ones, or all of it. */
export type ChatLoss = (typeof chatLosses)[number];

/** What a recipe says about a source of token ids. */
export interface TokensSpec {
  /** Type of the ids in files that don't say it (`bin`), else null. */
  readonly dtype: IdType | null;
  /** Name or fingerprint of the tokenizer that made the ids; null: the recipe's. */
  readonly tokenizer: string | null;
}

/** Types of token ids in files. */
export const idTypes = ['uint16', 'uint32', 'int32', 'int64'] as const;

export type IdType = (typeof idTypes)[number];
