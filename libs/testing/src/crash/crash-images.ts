import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DiskModel, everythingSurvives, type PendingChange, type Survival } from './disk-model';
import { Random } from './random';
import type { Recording } from './recording';

/** A disk as one crash could have left it, and what the process had said by then. */
export interface CrashImage {
  /** Enough to build the same image again: the point, the kind of crash, the seed. */
  readonly name: string;
  readonly files: ReadonlyMap<string, Buffer>;
  /** Lines that the recorded process had printed before the crash. */
  readonly said: readonly string[];
}

export interface CrashImageOptions {
  readonly seed: number;
  /** Power failures tried at each point, beside the kill and the torn write. */
  readonly powerLossesPerPoint: number;
  /** Files that may be lost or torn without harm (written through mappings, rebuilt on open). */
  readonly unsynced?: (path: string) => boolean;
}

/** Disks write sectors whole; anything larger may be torn. */
const sectorBytes = 512;

/**
 * Every kill point of a recording and, at each, crashes of the machine: after each change of the disk
 * one image with everything written so far, one with the last write torn, and some where any subset
 * of what was not synced survives, by sectors and in any order.
 */
export function* crashImages(
  recording: Recording,
  options: CrashImageOptions,
): Generator<CrashImage> {
  const disk = new DiskModel(recording.root, options.unsynced);
  const random = new Random(options.seed);
  const said: string[] = [];
  for (const step of recording.steps) {
    if (step.kind === 'said') {
      said.push(step.line);
      continue;
    }
    if (!disk.apply(step.call)) continue;
    const at = `line ${step.call.ended + 1}, ${step.call.call}`;
    const image = (kind: string, survival: Survival): CrashImage => ({
      name: `${at}: ${kind}`,
      files: disk.image(survival),
      said: [...said],
    });
    yield image('killed', everythingSurvives);
    if (step.call.call === 'write') yield image('killed in the write', lastWriteTorn(random));
    for (let i = 0; i < options.powerLossesPerPoint; i++) {
      yield image(`power lost, seed ${options.seed}, draw ${i}`, powerLoss(random));
    }
  }
}

/** Writes an image into an empty folder. */
export function writeImage(image: CrashImage, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of image.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function lastWriteTorn(random: Random): Survival {
  return {
    names: (pending) => pending,
    content: (_path, pending) => {
      const last = pending.at(-1);
      if (last?.kind !== 'write' || last.data.length <= sectorBytes) return pending;
      const sectors = Math.ceil(last.data.length / sectorBytes);
      const data = last.data.subarray(0, (1 + random.below(sectors - 1)) * sectorBytes);
      return [...pending.slice(0, -1), { ...last, data }];
    },
  };
}

function powerLoss(random: Random): Survival {
  // Sometimes nearly all survives, sometimes nearly nothing: both ends hide different bugs.
  const survives = random.pick([0.05, 0.5, 0.95]);
  return {
    names: (pending) => random.below(pending + 1),
    content: (_path, pending) => {
      const kept = pending.flatMap((change) => keptSectors(change, survives, random));
      return random.chance(0.5) ? kept : lastWins(kept, random);
    },
  };
}

function keptSectors(change: PendingChange, survives: number, random: Random): PendingChange[] {
  if (change.kind === 'truncate') return random.chance(survives) ? [change] : [];
  const kept: PendingChange[] = [];
  const end = change.offset + change.data.length;
  let from = change.offset;
  while (from < end) {
    const to = Math.min(end, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
    if (random.chance(survives)) {
      const data = change.data.subarray(from - change.offset, to - change.offset);
      kept.push({ kind: 'write', offset: from, data });
    }
    from = to;
  }
  return kept;
}

/** Another order: of several writes to one sector, any may be the one that stays. */
function lastWins(changes: PendingChange[], random: Random): PendingChange[] {
  const truncates = changes.filter((change) => change.kind === 'truncate');
  const writes = changes.filter((change) => change.kind === 'write');
  return [...truncates, ...random.shuffled(writes)];
}
