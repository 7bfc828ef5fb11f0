/**
 * A trainer in another process, as far as longmix sees it: reads Arrow streams from standard input, and says what it
 * saw in lines of JSON. Its argument: what else it does.
 */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { RecordBatchReader } from 'apache-arrow';

const [mode = 'all', file = ''] = process.argv.slice(2);
if (mode === 'hang' || mode === 'deaf') {
  if (mode === 'deaf') process.on('SIGTERM', () => {});
  // A child of its own, as torchrun has: both must go. It says who they are once it is there.
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync(file, JSON.stringify([process.pid, child.pid]));
  setInterval(() => {}, 1000);
  await new Promise(() => {});
}

if (mode === 'save') {
  // Reads on until the rows end, and takes its time for a checkpoint.
  process.on('SIGTERM', () => {});
  writeFileSync(file, JSON.stringify([process.pid]));
  for await (const _ of process.stdin);
  await new Promise((resolve) => setTimeout(resolve, 3500));
  writeFileSync(`${file}.saved`, '');
  process.exit();
}

// Takes all rows at once, as a pipe and a reader's memory do, and has done three steps of them.
let taken = 0;
if (mode === 'ahead' || mode === 'ahead-unsaved') {
  process.on('SIGTERM', () => {
    if (mode === 'ahead')
      console.log(JSON.stringify({ saved_steps: Number(process.env.LONGMIX_FIRST_STEP) + 3 }));
    process.exit(0);
  });
}

if (mode === 'remove') {
  writeFileSync(file, JSON.stringify([process.pid]));
  setInterval(() => {}, 1000);
}

const { LONGMIX_OUT, LONGMIX_FIRST_STEP, LONGMIX_STEPS, LONGMIX_VOCABULARY } = process.env;
console.log(`out ${LONGMIX_OUT !== undefined}, from ${LONGMIX_FIRST_STEP} to ${LONGMIX_STEPS}`);
console.log(`ids below ${LONGMIX_VOCABULARY}`);
console.error('a word on standard error');
for await (const reader of RecordBatchReader.readAll(process.stdin)) {
  await reader.open();
  for await (const batch of reader) {
    const step = batch.getChild('step').get(0);
    const rows = [...batch.getChild('row')];
    let idSum = 0;
    for (const { children } of batch.getChild('input_ids').data) {
      for (const id of children[0].values) idSum += id;
    }
    taken += 1;
    if (mode === 'silent' || (mode.startsWith('ahead') && taken > 3)) continue;
    // Before its first line.
    if (mode === 'remove') rmSync(LONGMIX_OUT, { recursive: true, force: true });
    if (mode === 'diverge') {
      // As Python's json.dumps writes it.
      console.log(`{"step": ${step}, "loss": ${['2.5', 'NaN', '-Infinity'][step]}, "note": "NaN \\" NaN"}`);
    } else console.log(JSON.stringify({ step, rows, idSum, loss: 9 - step }));
    if (mode === 'leave') process.exit(0);
    if (mode === 'fail') {
      console.error('RuntimeError: out of memory');
      process.exit(3);
    }
  }
}
if (mode === 'beyond') console.log(JSON.stringify({ saved_steps: 1000 }));
if (mode.startsWith('ahead') && taken > 3) {
  writeFileSync(file, '[]');
  setInterval(() => {}, 1000);
}
