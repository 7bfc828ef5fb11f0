/**
 * Makes docs/errors.md: every error code, where it is thrown, what it means and its cure. The codes, files and exit
 * codes are read from the source; the words are here. A code without words is an error, as are words without a code.
 *
 *   node scripts/error-codes.mjs > docs/errors.md
 */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const root = new URL('../', import.meta.url);
/** `trainers` is included because tfjs comes with longmix, although it is loaded like a user's trainer. */
const folders = ['src', 'trainers'];

/** For each code, [what it means, the cure]. Grouped by what the user is doing. */
const groups = {
  'Flags and folders': {
    'flag-invalid': [
      'A flag has a wrong value, or two flags exclude each other.',
      'The message names the flag and what it takes.',
    ],
    'folder-busy': [
      'Another longmix command is writing the same folder, or is using the token store that `longmix store prune` was given.',
      'Wait for it and run again, or use another `--out`. The message names the lock file, for the case that no command is running.',
    ],
    'folder-foreign': [
      'The output folder holds files that longmix did not write, under names that it would write.',
      'Use another folder with `--out`. `--fresh` does not change this; nothing was written or removed.',
    ],
    'output-exists': [
      '`longmix init --out` names a file that exists.',
      'Give another name, or remove the file.',
    ],
    'output-in-source': [
      'The output folder is inside a source, so the next run would read its own output.',
      'Use a folder outside the sources.',
    ],
    'output-in-output': [
      'The output folder is already a shard set, a token store or a part of a build.',
      'Use another folder, for example the one above it.',
    ],
    'output-unwritable': [
      'A file of the output cannot be written.',
      'Check that the folder is yours to write and that the disk works and has room.',
    ],
    'disk-full': [
      'The disk has less room than the shards need. This is checked before the first shard.',
      'Make room, or use another disk with `--out`. Nothing was removed.',
    ],
    'cache-unwritable': [
      'Nothing can be written in the folder that `--cache` or `LONGMIX_INPUT_CACHE` names, and there are remote files to read.',
      'Name a folder that is yours to write, or leave it out.',
    ],
    'memory-exceeded': [
      'A worker needs more memory than `--memory` gives, or one record is too large for it.',
      'Give more `--memory`, or use fewer `--workers`.',
    ],
    'html-unwritable': [
      'The page that `--html` names cannot be written. This is checked before the work.',
      'Name a file in a folder that exists.',
    ],
    'shell-unknown': ['`longmix completion` does not know the shell.', 'Use `bash`, `zsh` or `fish`.'],
    'schema-unknown': ['`longmix schema` has no schema of that name.', 'Use `recipe` or `ablation`.'],
  },
  'Recipes and ablations': {
    'recipe-missing': [
      'There is no file or folder at the path that was given.',
      'Give a recipe or a corpus; `longmix init CORPUS` writes a first recipe.',
    ],
    'recipe-unreadable': ['The recipe exists and cannot be read.', 'Check the path and its permissions.'],
    'recipe-invalid': [
      'The recipe has mistakes. All of them are listed, each with line, column and what is allowed.',
      'Fix each one; [recipe-keys.md](recipe-keys.md) lists the keys.',
    ],
    'ablation-invalid': [
      'The ablation has mistakes, in its own keys or in the recipe that an arm makes.',
      'Fix each one. An arm is checked as the recipe that it gives.',
    ],
    'preset-unknown': ['There is no published recipe of that name.', '`longmix init --presets` lists them.'],
    'mix-infeasible': [
      'The corpus cannot give the mix that the recipe asks for.',
      'The message names the cell, what it has, what it would need, and the ways out.',
    ],
    'mix-empty': [
      'The mix takes no document, so there would be no row.',
      'Ask for more tokens, or loosen the length rule, `documents` or `overlong`.',
    ],
    'without-output': [
      '`mix.without` names the folder that is built, or one inside it.',
      'Build into another folder with `--out`.',
    ],
    'without-steps': [
      '`mix.without` names a step of a build whose steps are not known: its recipe has no `tokens_per_step`.',
      'Give `rows_per_step`, or leave the steps out.',
    ],
    'without-untraced': [
      'The shards that `mix.without` names do not say which documents they hold.',
      'Build them again into another folder, with provenance: equal inputs give equal rows.',
    ],
    'dtype-too-small': [
      '`shards.dtype: uint16` cannot hold the ids of the tokenizer.',
      'Use `shards.dtype: auto` or `int32`.',
    ],
    'special-token-missing': [
      'The rows need BOS or EOS, or a source with `fim` needs sentinels, and the tokenizer has none.',
      'Name the token under `tokenizer` or `fim.tokens`, or set `sequences.bos` or `sequences.eos` to false.',
    ],
  },
  'Sources and input files': {
    'corpus-missing': [
      'A command needs a corpus, and none was given or none is at the path.',
      'Give a folder with text, or a file.',
    ],
    'corpus-is-output': [
      'The folder that was given as a corpus was written by longmix.',
      'Give the recipe or the corpus that it was made from.',
    ],
    'corpus-empty': [
      'Every document of the corpus is empty, or none could be read.',
      'Check the paths, and `include`, `text` and `tokens` of the sources.',
    ],
    'source-missing': [
      'A source names a file or folder that does not exist; in `inspect`, a source that the shards do not have.',
      'Check `path`. A relative path is relative to the recipe.',
    ],
    'source-empty': [
      'A source has no file that longmix reads.',
      'Check `path`, `include` and `exclude`, or set `format`.',
    ],
    'source-format': [
      'The format of a source cannot be told from its file name, or does not go with `join: directory`.',
      'Set `format`, or rename the file.',
    ],
    'field-missing': [
      'The records have no field of the name that is looked for.',
      'Name the field: `text: NAME` or `id: NAME` of the source. The message lists the fields.',
    ],
    'tokens-mismatch': [
      'A source says that its token ids were made by another tokenizer than the recipe names.',
      'Name that tokenizer in the recipe.',
    ],
    'template-missing': [
      'A chat template is not there: the tokenizer has none, or a file cannot be read.',
      'Name one in the source: `template: chatml`, `llama3`, or the path of a .jinja file.',
    ],
    'template-bad': [
      'A chat template is not Jinja that longmix can parse.',
      'Correct it. longmix reads chat templates as transformers does.',
    ],
    'template-tokens': [
      'A built-in chat template writes special tokens that the tokenizer does not have.',
      'Use the template of the tokenizer, or the tokenizer of a model that was trained with the template.',
    ],
    'chunks-nothing': [
      'No document is as long as `longmix chunks` asks for.',
      'Take shorter chunks (`--characters`) or documents (`--from`); the message says which.',
    ],
    'assemble-nothing': [
      'No answer makes a conversation: all are left out by `--keep`, or lack a question or an answer.',
      'Look at the answers. `--keep`, `--question` and `--answer` name their fields.',
    ],
    'answers-bad': [
      'The answers for `longmix assemble` cannot be read, or lack the fields of their chunks.',
      'Keep the fields of each chunk, and add the question and the answer.',
    ],
    'answers-unknown': [
      'An answer is about a document that the corpus does not have, or has with another text.',
      'Give the recipe and the corpus that the chunks were drawn from.',
    ],
    'bad-records': [
      'More records or files than `max_bad_records` could not be read.',
      'Fix the input, or allow more in the recipe. The message names the first ones.',
    ],
    'input-unreadable': [
      'A file cannot be opened or read, or a link leads nowhere.',
      'Check the file and its permissions, or leave it out with `exclude`.',
    ],
    'input-corrupt': [
      'A compressed, Parquet or Arrow file is damaged.',
      'Get the file again, or leave it out with `exclude`.',
    ],
    'input-changed': [
      'A file or an object changed while it was read.',
      'Run again when nothing writes to the input.',
    ],
    'input-encoding': [
      'A file is not UTF-8 text beyond its first part.',
      'Set `encoding` of the source, or leave the file out with `exclude`.',
    ],
    'input-unfetched': [
      'A file is a Git LFS pointer, which stands in for a file that was not fetched.',
      'Run `git lfs pull` in the clone.',
    ],
    'input-unsupported': [
      'An Arrow file uses LZ4 compression or a column type that longmix does not read, or an array of NumPy is not one row of ids.',
      'Write the file again as the message shows.',
    ],
    'zstd-window': [
      'A `.zst` file needs a window of more than 128 MiB.',
      'Unpack it first: `zstd -dc --long=31 FILE`, into a file or into `longmix build -`.',
    ],
    'command-missing': [
      'The program of a `command:` source or of `--trainer command` is not there.',
      'Install it, or give its path.',
    ],
    'command-killed': [
      'The program of a `command:` source was ended by a signal from outside: by a scheduler, a person, or the system for want of memory.',
      'Run the command again. If the program needs too much memory, leave the file out with `exclude`.',
    ],
    'command-stuck': [
      'The program of a `command:` source does not end.',
      'Leave the file out with `exclude`, or bound the time in a program of your own.',
    ],
  },
  Tokenizers: {
    'tokenizer-missing': [
      'There is no tokenizer file at the path, or a folder has none or several.',
      'Name the file itself. `longmix tokenizer FILE` shows what longmix makes of it.',
    ],
    'tokenizer-unknown': [
      'The name is not an encoding of tiktoken.',
      'Use one of the encodings that the message lists, or a tokenizer file.',
    ],
    'tokenizer-bad': [
      'The tokenizer file is damaged, contradicts itself, or has a part that longmix cannot run exactly.',
      'The message names the part. Download the file again if it was cut short.',
    ],
    'tokenizer-pattern': [
      'A tiktoken file needs a pattern, a pattern was given where the file has its own, or a pattern cannot be run.',
      'Set or remove `tokenizer.pattern`.',
    ],
    'tokenizer-token': [
      '`tokenizer.bos`, `eos` or `pad`, or `fim.tokens`, names a token that the tokenizer does not have.',
      'Give the text of a token or its id; `longmix tokenizer FILE` shows the special tokens.',
    ],
    'tokenizer-mismatch': [
      'The tokenizer is not the one that the shards were made with.',
      'Name the tokenizer of the recipe with `--tokenizer`.',
    ],
    'peer-missing': [
      'A package is needed that is not installed: a tokenizer library for `--check`, TensorFlow.js, or the one that knows all credentials of AWS.',
      'Install the package that the message names.',
    ],
    'peer-failed': [
      'The native library of `--check` failed.',
      'Try another library, or another Python with `--python`.',
    ],
  },
  'Buckets, the hub and web servers': {
    'remote-address': [
      'An address cannot be read: its scheme is not known, it names no bucket, container or dataset, or a part of it is `..`.',
      'Write `s3://BUCKET/KEY`, `gs://BUCKET/KEY`, `az://CONTAINER/PATH`, `hf://datasets/NAME[@REV]/PATH` or `https://HOST/PATH`.',
    ],
    'remote-settings': [
      'A variable of the environment, or a file of AWS, has a value that cannot work.',
      'The message names it. [remote.md](remote.md) lists the variables.',
    ],
    'remote-missing': [
      'There is no such bucket, object, dataset, revision or file; on the hub, it may also be private.',
      'Check the address, the endpoint, and for private datasets `HF_TOKEN`.',
    ],
    'remote-denied': [
      'The server refuses access, or there are no keys for it.',
      'Check the variables that the message names, and what these keys may do.',
    ],
    'remote-refused': [
      'The server refuses a request for another reason, which the message has.',
      'Check the address, the region and the endpoint.',
    ],
    'remote-unreachable': [
      'A server could not be reached, broke off or was too busy, as often as it was tried.',
      'Check the network, the endpoint and the server, and run again: what is finished is kept.',
    ],
    'remote-unsupported': [
      'The server or the place cannot do what is needed: lists of a web server, ranges, conditional puts.',
      'The message says what to use instead.',
    ],
    'remote-conflict': [
      'An object of that name is there, with other bytes: another command writes to the same place.',
      'Choose another place, or remove what is there if nothing needs it.',
    ],
  },
  'Token stores and shards': {
    'store-missing': [
      'There is no finished token store in the folder.',
      '`longmix tokenize RECIPE --out STORE` makes one.',
    ],
    'store-version': [
      'The token store is of another version of the format. Those of version 4 can be read, but not built from.',
      '`longmix build` or `longmix tokenize` makes it again.',
    ],
    'store-mismatch': [
      'Standard input differs from the input that the token store was made from. (Files that change are simply tokenized.)',
      'Use another folder with `--out`, or replace the tokens with `--fresh`.',
    ],
    'store-damaged': ['A file of the token store is missing or damaged.', 'Tokenize again with `--fresh`.'],
    'build-mismatch': [
      'The folder holds finished shards of another recipe or tokenizer. The message says what differs. (Shards of the same recipe over an earlier corpus are replaced.)',
      'Use another folder with `--out`, or replace the shards with `--fresh`. Both keep the tokens.',
    ],
    'build-mixed': ['The shard sets of a folder are of different builds.', 'Build again with `--fresh`.'],
    'shards-missing': [
      'There is no finished shard set in the folder.',
      'Give a folder with `manifest.json`, such as `out/NAME/train`.',
    ],
    'shards-version': ['The shard set is of another version of the format.', 'Build again with `--fresh`.'],
    'shards-damaged': [
      'A file of the shard set, or `ablation.json`, is missing or damaged.',
      '`longmix verify` lists the damage; build again with `--fresh`.',
    ],
    'schedule-damaged': ['`schedule.json` is damaged.', 'Build again with `--fresh`.'],
    'verify-missing': ['`longmix verify` was given a folder that does not exist.', 'Check the path.'],
    'verify-nothing': [
      '`longmix verify` was given a folder without anything finished in it.',
      'Give the folder of a build, an ablation or a store; run an interrupted command again.',
    ],
    'inspect-nothing': [
      '`longmix inspect` found no piece of a document that fits.',
      'The ledger says which documents were dropped; other shard sets may have the document.',
    ],
    'provenance-missing': [
      'The shards were built with `shards: { provenance: false }` and do not say which documents they hold.',
      'Use `--grep` or `--random`, or build with provenance.',
    ],
    'row-missing': [
      'The shard set has no row of that number.',
      'Rows count from 0; the message says how many there are.',
    ],
  },
  'Several machines': {
    'job-missing': [
      '`longmix worker` cannot read the list of tasks.',
      'Give the path that `longmix build --engine by-hand` names.',
    ],
    'job-damaged': [
      'The list of tasks is damaged, or of another version of longmix.',
      'Remove it and run the build command again, which writes it anew.',
    ],
    'job-stale': [
      'The list of tasks, the token store, the tokenizer or the row plan changed after the list was written.',
      'Run the build command again, and then the tasks of the list that it names.',
    ],
    'engine-missing': [
      'The commands of the engine (`sbatch`, `squeue`) are not on this machine.',
      'Run longmix on a machine that has them, or choose another `--engine`.',
    ],
    'engine-refused': [
      'Slurm does not take the jobs: a wrong partition, account or option. The message has its words.',
      'Set what it asks for by `--engine-set`; `--dry-run` shows what is submitted.',
    ],
    'engine-unreachable': [
      'The controller of Slurm did not answer for ten minutes.',
      'Run the same command again: what is done stays, and jobs that are queued are found.',
    ],
    'engine-cancelled': [
      'A job of the build was cancelled, by `scancel` or an administrator.',
      'Run the same command again: it submits only what is missing.',
    ],
    'list-overtaken': [
      'Another command finished the same build while this one waited.',
      'Run the same command again; it does so once by itself.',
    ],
    'task-failed': [
      'A task failed as often as it may, and its worker left no word; or it met a bug in longmix.',
      "The message has the engine's words and the last lines of the job; [clusters.md](clusters.md) says what is tried again.",
    ],
    'row-plan-missing': [
      'A worker cannot read the plan of the rows.',
      'Run the build command again, on a folder that all machines share.',
    ],
    'row-plan-damaged': ['The plan of the rows is damaged.', 'Remove it and run the build command again.'],
    'gather-damaged': [
      'A file of gathered tokens is gone, cut short, or belongs to another plan.',
      'Run the build command again: it gathers them anew.',
    ],
  },
  'Feeding and training': {
    'rank-invalid': [
      'The rank is not below the world size, or the rows of a step cannot be shared by that many ranks.',
      'Make rows per step a multiple of the world size.',
    ],
    'step-missing': [
      'There is no step of that number, or the rows make no whole step.',
      'Steps count from 0; use fewer rows per step.',
    ],
    'rows-per-step-invalid': [
      'The rows per step are not a number that the set or its schedule allows.',
      'The message says which numbers are allowed.',
    ],
    'batch-too-large': [
      'A request asks `longmix serve` for more rows per rank and step than it sends at once.',
      'Use fewer rows per step or more ranks, or read the files with `longmix pipe`.',
    ],
    'query-invalid': [
      'A request to `longmix serve` has a wrong parameter.',
      'The answer (HTTP 400) names the parameter and what it takes.',
    ],
    'stdout-terminal': [
      '`longmix pipe` would write binary data to a terminal.',
      'Pipe it into a program or redirect it into a file.',
    ],
    'cannot-listen': [
      '`longmix serve` cannot listen at that address and port.',
      'Use another `--port` or `--host`.',
    ],
    'token-missing': [
      '`longmix serve` can be reached from other machines and has no token.',
      'Give one with `--token-file` or in the environment; `openssl rand -hex 32` makes one.',
    ],
    'token-weak': [
      'The token of `longmix serve` is short or has characters that a header cannot carry.',
      'Make one with `openssl rand -hex 32`.',
    ],
    'tls-invalid': [
      'The key and the certificate of `longmix serve` do not work together.',
      'Give PEM files, and the certificate that belongs to the key.',
    ],
    'trainer-unknown': [
      '`--trainer` names neither a trainer of longmix nor a file.',
      'Use `tfjs`, `command`, or the path of an ES module.',
    ],
    'trainer-broken': [
      'The module of a trainer cannot be loaded.',
      'Run it with `node FILE`, which shows where it fails.',
    ],
    'trainer-invalid': [
      'The default export of the module is not a trainer, or a trainer gave something that is not metrics.',
      '[add-a-trainer.md](add-a-trainer.md) shows the interface.',
    ],
    'trainer-failed': [
      'A method of the trainer threw an error.',
      'Fix the trainer; the message says where the error was thrown.',
    ],
    'trainer-setting': [
      '`--set` gives the tfjs trainer a setting that it does not have, or a wrong value.',
      'The message lists the settings.',
    ],
    'command-failed': [
      'The command behind `--` ended with an error, or could not be started.',
      'Its last lines are shown above the message.',
    ],
    'run-exists': [
      'The output folder of `train` holds a run.',
      'Continue it with `--resume`, or use another `--out`.',
    ],
    'resume-nothing': [
      '`--resume` finds nothing to continue.',
      'Start without `--resume`, or say the step with `--start-step`.',
    ],
    'checkpoint-mismatch': [
      'The checkpoint is of another run, model or shard set.',
      'Resume with the flags and shards of that run.',
    ],
    'checkpoint-damaged': ['A checkpoint cannot be read.', 'Start without `--resume`, in another folder.'],
    'budget-differs': [
      'An arm was trained for another number of steps than the other arms would be.',
      'Give the same `--train-tokens` as before, or train again with `--fresh`.',
    ],
    'budget-too-small': ['`--train-tokens` makes no whole step of an arm.', 'Give more tokens.'],
  },
};

/** Codes that a template makes, such as `${noun}-invalid`. */
const templates = { '`${noun}-invalid`': ['recipe-invalid', 'ablation-invalid'] };

/** For each code, { files, exits } of all places that make an error. An error that is passed on keeps its code. */
function thrown() {
  const codes = new Map();
  const names = folders.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    ),
  );
  for (const name of names.filter((one) => one.endsWith('.ts') && !one.includes('/assembly/')).sort()) {
    const text = readFileSync(new URL(name, root), 'utf8');
    if (!text.includes('new LongmixError(')) continue;
    const visit = (node) => {
      if (ts.isNewExpression(node) && node.expression.getText() === 'LongmixError') {
        const [code, , details] = node.arguments;
        for (const one of codesOf(code, name)) {
          const entry = codes.get(one) ?? { files: new Set(), exits: new Set() };
          entry.files.add(name);
          for (const exit of exitsOf(details)) entry.exits.add(exit);
          codes.set(one, entry);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  }
  return codes;
}

function codesOf(code, name) {
  if (ts.isStringLiteralLike(code)) return [code.text];
  const text = code.getText();
  if (/^(\w+\.)?code$/.test(text)) return [];
  if (templates[text] === undefined) throw new Error(`${name}: a code that this script cannot read: ${text}`);
  return templates[text];
}

/** The possible exit codes: 2 unless the details say otherwise; both, if they choose between two. */
function exitsOf(details) {
  const found = details?.properties?.find((property) => property.name?.getText() === 'exitCode');
  if (found === undefined) return ['2'];
  const numbers = found.initializer?.getText().match(/\b[12]\b/g) ?? [];
  return numbers.length > 0 ? numbers : ['1', '2'];
}

const codes = thrown();
const worded = Object.values(groups).flatMap((group) => Object.keys(group));
const missing = [...codes.keys()].filter((code) => !worded.includes(code));
const unused = worded.filter((code) => !codes.has(code));
if (missing.length + unused.length > 0) {
  const words = [
    ...missing.map(
      (code) => `${code} (${[...codes.get(code).files]}) has no words in scripts/error-codes.mjs`,
    ),
    ...unused.map((code) => `${code} is thrown nowhere: remove it from scripts/error-codes.mjs`),
  ];
  console.error(words.join('\n'));
  process.exit(1);
}

const sections = Object.entries(groups).map(([title, group]) => {
  const rows = Object.entries(group).map(([code, [means, cure]]) => {
    const { files, exits } = codes.get(code);
    const links = [...files].map((file) => `\`${file}\``).join(', ');
    return `| \`${code}\` | ${means} | ${cure} | ${[...exits].sort().join(', ')} | ${links} |`;
  });
  return `## ${title}\n\n| code | what it means | cure | exit | thrown in |\n|---|---|---|---|---|\n${rows.join('\n')}`;
});

console.log(`# Errors

Every error that a user can cause is a \`LongmixError\`. The command prints \`longmix: \`, the place, the message and the
cure, without a stack. An error with a stack is a bug of longmix: please report it.

In the library, \`error.code\` is one of the codes below, \`error.where\` is the file with line and column where they are
known, \`error.cure\` says what to do, and \`error.exitCode\` is what the command ends with: 2 means that a flag, a recipe or
a path is wrong, and the same command will fail again; 1 means that the work failed (a damaged file, a full disk).

\`\`\`js
import { build, LongmixError, recipeFrom } from 'longmix';

try {
  await build(recipeFrom({ sources: { books: 'no-such-folder' } }), 'out', { workers: 1 });
} catch (error) {
  if (!(error instanceof LongmixError)) throw error;
  console.log(error.code, error.exitCode); // source-missing 2
}
\`\`\`

This page is made from the source: \`node scripts/error-codes.mjs > docs/errors.md\`.

${sections.join('\n\n')}`);
