/**
 * The commands, their flags and their help. Each command's work is in the file of its name. That file is loaded when
 * the command runs, so that `--help` and a misspelt flag don't wait for Arrow and tokenizers.
 */
import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { packageRoot } from '../base/package-root.ts';
import { addInstructCommands } from './instruct-commands.ts';
import { addTaskCommands, collect, withEngineFlags } from './program-tasks.ts';

const recipeHelp =
  'a recipe (YAML), or a corpus to build with all defaults: a directory, a file, a glob in quotes, an address of either (s3://, gs://, az://, hf://, https://), or - (JSON Lines on stdin)';

const feedHelp = 'a shard set (out/NAME/train), or a build (out/NAME): its phases one after another';
const anywhereHelp = `${feedHelp}; or its address (s3://BUCKET/out/NAME)`;

export function createProgram(signal: AbortSignal): Command {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as {
    version: string;
  };
  const program = new Command('longmix')
    .description(
      'Raw text corpora to packed, fixed-length training sequences, with the share of long documents that you choose.',
    )
    .version(version)
    .showHelpAfterError('  longmix --help and longmix help COMMAND list what there is')
    .configureOutput({
      outputError: (text, write) => write(commandError(text)),
    })
    // Commands copy these settings when they are created, so set them first.
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  longmix init ./corpus > mix.yaml      a first recipe for a directory
  longmix plan mix.yaml                 what the mix gives, before anything is written
  longmix build mix.yaml                shards in out/mix/train, for datasets.load_from_disk
  longmix inspect out/mix/train --row 0

Exit codes: 0 done, 1 the work failed or verify found damage, 2 the recipe, a flag or a path is wrong, 130 interrupted (143 by SIGTERM).`,
    );

  program.hook('preAction', async (_, command) => {
    const { html } = command.opts<{ html?: string }>();
    if (html !== undefined) (await import('./report-file.ts')).refuseReportFile(html);
  });

  withRecipeFlags(
    program
      .command('build')
      .argument('<recipe>', recipeHelp)
      .description('tokenize, mix, pack and write shards; continues an interrupted build')
      .addOption(gather())
      .option('--out <dir>', 'folder for the output (default: out/NAME)')
      .option('--html <file>', 'also write a page with charts')
      .option('--all', 'show every source and length in the tables, however many there are')
      .option('--json', 'print the result as JSON on stdout'),
    true,
  ).action(async (recipe, flags) => (await import('./build.ts')).runBuild(recipe, flags, signal));
  withRecipeFlags(
    program
      .command('tokenize')
      .argument('<recipe>', recipeHelp)
      .description('make only the token store: the tokens of every document, used by every mix')
      .option('--out <store>', "folder of the store (default: the recipe's `store`, else out/NAME/store)")
      .option('--json', 'print the store record as JSON on stdout'),
    true,
  ).action(async (recipe, flags) => (await import('./tokenize.ts')).runTokenize(recipe, flags, signal));
  withRecipeFlags(
    program
      .command('stats')
      .argument('<what>', 'a token store, a shard set, or a recipe')
      .description(
        'documents and tokens by source and length; makes the token store of a recipe that has none',
      )
      .option('--out <dir>', 'where a recipe is built (default: out/NAME)')
      .option('--html <file>', 'also write a page with charts')
      .option('--all', 'show every source and length in the tables, however many there are')
      .option('--json', 'print JSON on stdout'),
  ).action(async (what, flags) => (await import('./stats.ts')).runStats(what, flags, signal));
  withRecipeFlags(
    program
      .command('plan')
      .argument('<recipe>', recipeHelp)
      .description(
        'show what the mix asks for and gets, cell by cell, and the rows that result; writes nothing but a missing token store',
      )
      .option('--out <dir>', 'where the recipe is built (default: out/NAME)')
      .option('--html <file>', 'also write a page with charts')
      .option('--all', 'show every source and length in the tables, however many there are')
      .option('--json', 'print JSON on stdout'),
  ).action(async (recipe, flags) => (await import('./plan.ts')).runPlan(recipe, flags, signal));
  withRecipeFlags(
    program
      .command('ablate')
      .argument('<ablation>', 'an ablation (YAML): a base recipe, and arms with their differences from it')
      .description('plan, compare and build several mixes over one token store')
      .addOption(gather())
      .option('--out <dir>', 'folder for the output, one folder per arm (default: out/NAME)')
      .option('--html <file>', 'also write a page with charts')
      .option('--all', 'show every source and length in the tables, however many there are')
      .option('--plan', 'compare only: write nothing but a missing token store')
      .option('--train', 'also train each arm on the same number of tokens; its run is in ARM.run')
      .option('--train-tokens <n>', 'tokens per arm (default: as many as the smallest arm has)')
      .option('--trainer <name>', 'tfjs, or the path of an ES module', 'tfjs')
      .option('--train-set <name=value>', 'a setting of the trainer, with --train; may be repeated', collect)
      // Not a default of the option, which help would show.
      .setOptionValue('trainSet', [])
      .option('--json', 'print the comparison as JSON on stdout'),
    true,
  ).action(async (path, flags) => (await import('./ablate.ts')).runAblate(path, flags, signal));
  program
    .command('inspect')
    .argument('<shards>', 'a shard set, such as out/NAME/train')
    .description('decode one row, or the pieces that match a search, and say where each came from')
    .option('--row <n>', 'number of the row, from 0 (default: 0)')
    .option('--random <n>', 'this many random pieces, of all or of those that the next three flags select')
    .option('--doc <id>', "a document's pieces: by its number, its id in the corpus, or its file")
    .option('--source <name>', 'pieces of this source')
    .option('--grep <text>', 'pieces that contain this text')
    .option('--limit <n>', 'show at most this many pieces of --doc, --source and --grep', '10')
    .option('--seed <n>', 'seed of --random, to see the same pieces again')
    .option('--full', 'show the whole text of each document')
    .option('--tokenizer <file>', "the build's tokenizer file, if it has moved")
    .option('--json', 'print JSON on stdout')
    .action(async (shards, flags) => (await import('./inspect.ts')).runInspect(shards, flags));
  addInstructCommands(program, withRecipeFlags);
  program
    .command('verify')
    .argument('<folder>', "a build, an ablation's folder, a shard set or a token store")
    .description('check files against their hashes, and the ledger; exit code 1 if anything is wrong')
    .option('--deep', 'also decode every row, and compare it with the token store if it still exists')
    .option('--json', 'print JSON on stdout')
    .action(async (folder, flags) => (await import('./verify.ts')).runVerify(folder, flags));
  withFeedFlags(
    program
      .command('pipe')
      .argument('<shards>', anywhereHelp)
      .description(
        "write a rank's batches to stdout, as an Arrow stream: longmix pipe SHARDS | python train.py",
      )
      .option('--rank <r>', 'which rank, from 0', '0')
      .option('--world-size <w>', 'number of ranks', '1')
      .option('--epoch <n>', 'begin in this epoch, from 0', '0')
      .option('--start-step <n>', 'begin at this step of the epoch, from 0', '0')
      .option('--steps <n>', 'number of steps (default: to the end of the epoch)')
      .option('--epochs <n>', 'number of epochs, to the end of the last'),
  ).action(async (shards, flags) => (await import('./pipe.ts')).runPipe(shards, flags, signal));
  withFeedFlags(
    program
      .command('serve')
      .argument('<shards>', anywhereHelp)
      .description(
        "serve every rank's batches over HTTP, as Arrow streams: GET /v1/stream?rank=0&world_size=8&rows_per_step=64",
      )
      .option('--host <address>', 'listen on this address', '127.0.0.1')
      .option('--port <n>', 'listen on this port; 0: any free port', '8470')
      .option(
        '--token-file <file>',
        'file with the bearer token that callers must send (or the variable LONGMIX_TOKEN); required beyond this machine',
      )
      .option('--tls-key <file>', 'private key (PEM): HTTPS')
      .option('--tls-cert <file>', 'its certificate, with the chain (PEM)')
      .option('--max-connections <n>', 'further connections are closed at once', '512')
      .option('--idle-timeout <seconds>', 'disconnect a reader that takes nothing for this long', '600'),
  ).action(async (shards, flags) => (await import('./serve.ts')).runServe(shards, flags, signal));
  withFeedFlags(
    program
      .command('train')
      .argument('<shards>', feedHelp)
      .argument('[command...]', 'after --, for --trainer command')
      .description('feed a trainer step by step: in this process, another program, or a module of yours')
      .requiredOption('--trainer <name>', 'tfjs, command, or the path of an ES module (./mine.js)')
      .option('--set <name=value>', 'a setting of the trainer; may be repeated', collect)
      // Not a default of the option, which help would show.
      .setOptionValue('set', [])
      .option('--out <dir>', 'folder of the run: metrics.jsonl, checkpoint (default: out/NAME.run)')
      .option('--steps <n>', 'steps of the whole run (default: one epoch)')
      .option('--resume', 'go on from the checkpoint in --out')
      .option('--start-step <n>', 'begin at this step, for a trainer that keeps its own checkpoints')
      .option('--save-every <n>', 'steps between checkpoints; 0: at the end only', '100')
      .option('--quiet', 'no progress; only errors and what the trainer prints')
      .addHelpText(
        'after',
        `
Settings of tfjs, with their defaults:
  layers=2 width=64 heads=4   the model; its MLP is 4 * width
  ropeBase=10000              of the rotary embeddings; 500000 for long context
  context=0                   cut rows to this many tokens, as if they were packed so; 0: do not cut
  updates=1                   optimizer steps within a step of the feed
  lr=0.01 warmup=5            highest rate, and steps until it is reached; then a cosine down to a tenth
  weightDecay=0.1 clip=1 seed=1
  validateEvery=0             steps between validations; 0: at the end only
  validateRows=4              of the validation set, at most

Examples:
  longmix train out/mix --trainer tfjs --steps 200 --set ropeBase=500000
  longmix train out/mix --trainer command --rows-per-step 16 -- torchrun --nproc-per-node 8 train.py
  longmix train out/mix --trainer ./mine.js --resume`,
      ),
  ).action(async (shards, command, flags) =>
    (await import('./train.ts')).runTrain(shards, command, flags, signal),
  );
  addTaskCommands(program, signal);
  program
    .command('store')
    .addArgument(new Argument('<action>', 'what to do').choices(['list', 'prune']))
    .argument('[path]', 'a token store, or a folder of builds or stores (default: $LONGMIX_STORE, else out)')
    .description(
      'list token stores, with parts that no source needs any more; or prune: remove those parts, unless a command is using the store',
    )
    .option('--dry-run', 'with prune: say what would be removed, and remove nothing')
    .option('--json', 'print JSON on stdout')
    .action(async (action, path, flags) => (await import('./store.ts')).runStore(action, path, flags));
  program
    .command('tokenizer')
    .argument(
      '<what>',
      'an encoding (cl100k_base), a tokenizer.json, tekken.json or tokenizer.model, or the folder of one',
    )
    .description('show which engine a tokenizer gets and why, its special tokens, and its speed here')
    .option(
      '--pattern <p>',
      'how the text is split, for a tiktoken file: a name such as llama3, or a regular expression',
    )
    .option('--text <text>', 'show the tokens of this text')
    .option(
      '--check',
      'compare tokens with the library that the tokenizer comes from; exit code 1 if they differ',
    )
    .option(
      '--corpus <dir>',
      'with --check: compare on these files, too (the first MB of each, 16 MB in all)',
    )
    .option(
      '--python <command>',
      'with --check: ask the libraries of this Python (default: $PYTHON, python3)',
    )
    .option('--json', 'print JSON on stdout')
    .action(async (what, flags) => (await import('./tokenizer.ts')).runTokenizer(what, flags));
  program
    .command('init')
    .argument('[corpus]', 'a directory, or an address (s3://, gs://, az://, hf://)')
    .description('look at a directory and write a first recipe for it, or fill in a published one')
    .option('--out <file>', 'write there (default: stdout)')
    .option('--preset <name>', 'a published recipe, its sources replaced by those found of the same names')
    .option('--presets', 'list the published recipes')
    .action(async (corpus, flags) => (await import('./init.ts')).runInit(corpus, flags));
  program
    .command('schema')
    .argument('[kind]', 'recipe, or ablation', 'recipe')
    .description(
      'print the JSON Schema by which an editor completes and checks a recipe or an ablation; what init writes looks for it beside itself: longmix schema > .recipe.schema.json',
    )
    .action(async (kind) => (await import('./schema.ts')).runSchema(kind));
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print a script that completes commands, flags and paths: source <(longmix completion bash)')
    .action(async (shell) => (await import('./completion.ts')).runCompletion(shell, program));
  return program;
}

/** Rewrites Commander's message in our form. A second corpus is usually a glob that the shell has expanded. */
function commandError(text: string): string {
  const said = text.replace(/^error: /, 'longmix: ').replace('\n(', '\n  (');
  if (!/too many arguments for '(build|tokenize|stats|plan)'/.test(said)) return said;
  return `${said.trimEnd()}\n  quote a glob ('corpus/*.jsonl'), or name several sources in a recipe\n`;
}

function gather(): Option {
  const about =
    'read the store in order before shards are written, through files of their size: auto: if it is larger than half of the memory';
  return new Option('--gather <when>', about).choices(['auto', 'always', 'never']).default('auto');
}

function withFeedFlags(command: Command): Command {
  return command
    .option(
      '--rows-per-step <n>',
      'rows per optimizer step, over all ranks (default: from tokens_per_step, else 1)',
    )
    .option('--seed <n>', 'seed of the order of rows from the second epoch on', '0')
    .option(
      '--sort-by-work',
      "order a step's rows by their documents' squared lengths, so that all ranks get similar work",
    );
}

/** Adds the flags for keys of the recipe, or of an ablation's base. */
function withRecipeFlags(command: Command, hasEngine = false): Command {
  return (
    withRunFlags(hasEngine ? withEngineFlags(command) : command)
      .option('--set <key=value>', 'set a key of the recipe: --set mix.tokens=1B; may be repeated', collect)
      // Not a default of the option, which help would show.
      .setOptionValue('set', [])
      .option('--tokenizer <what>', 'an encoding, or a tokenizer file or folder')
      .option('--length <tokens>', 'length of the rows: 32K is 32,768')
      .option('--seed <n>', 'seed of every random choice')
      .option('--text <field>', 'field of the text, in every source')
      .option('--store <dir>', 'folder of the token store')
  );
}

function withRunFlags(command: Command): Command {
  return command
    .option('--workers <n>', 'worker threads (default: one per core, as far as --memory allows)')
    .option('--memory <size>', 'limit of the memory to use, at least 384MB', '4GB')
    .option('--cache <dir>', 'keep what is read of remote files there (or the variable LONGMIX_INPUT_CACHE)')
    .option(
      '--cache-size <size>',
      'limit of that folder; what was used longest ago goes first (default: 100GB)',
    )
    .option('--fresh', 'replace what an earlier run left; build keeps the tokens of unchanged inputs')
    .option('--quiet', 'no progress and no summary; only notes and errors');
}
