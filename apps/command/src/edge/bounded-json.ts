const DEPTH_MAX = 8;
const NODES_MAX = 1_000;
const BYTES_MAX = 16 * 1024;

/**
 * Why a client's JSON is not kept, or undefined. It walks without recursion, so that a body that
 * is nested a million deep costs no stack.
 */
export function boundedJson(value: object): string | undefined {
  let level: unknown[] = [value];
  let nodes = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return `is nested more than ${DEPTH_MAX} levels deep`;
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node === 'number' && !Number.isFinite(node)) return 'has a number out of range';
      if (typeof node !== 'object' || node === null) continue;
      if (Object.hasOwn(node, '__proto__')) return 'has a field that is not allowed';
      const children = Object.values(node);
      nodes += children.length;
      if (nodes > NODES_MAX) return `has more than ${NODES_MAX} values`;
      for (const child of children) next.push(child);
    }
    level = next;
  }
  if (Buffer.byteLength(JSON.stringify(value)) > BYTES_MAX) return 'is larger than 16 KiB';
  return undefined;
}
