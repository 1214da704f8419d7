import { isUtf8 } from 'node:buffer';
import { ProblemError } from '../problem/problem';

const BACKSLASH = 0x5c;
const COLON = 0x3a;
const QUOTE = 0x22;

/** With the flag `u` only a surrogate that is not one of a pair. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/**
 * A client's JSON. Refuses (`InvalidRequest`) what parsers would silently read as something else
 * than was sent: broken UTF-8, a name given twice in one object, half a character, prototypes,
 * numbers so large that they would be rounded.
 */
export function readJson(bytes: Buffer, what: 'body' | 'line'): unknown {
  const refuse = (why: string) => new ProblemError('InvalidRequest', `the ${what} ${why}`);
  if (!isUtf8(bytes)) throw refuse('is not UTF-8');
  const text = bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('is not valid JSON');
  }
  const sent = scan(text);
  const found = walk(value, sent.escapes);
  if (typeof found === 'string') throw refuse(found);
  if (found !== sent.members) throw refuse('gives a name twice in one object');
  return value;
}

/** The members of all objects of a valid JSON text, and whether any character is escaped. */
function scan(text: string): { readonly members: number; readonly escapes: boolean } {
  let members = 0;
  let escapes = false;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) inString = !inString;
    else if (inString) {
      if (code !== BACKSLASH) continue;
      escapes = true;
      at += 1;
    } else if (code === COLON) members += 1;
  }
  return { members, escapes };
}

type Node = Readonly<Record<string, unknown>>;

/** The members of all objects of a parsed value, or what is wrong with it. Without recursion. */
function walk(value: unknown, escapes: boolean): number | string {
  const nodes: Node[] = [];
  const wrongWith = (child: unknown): string | undefined => {
    if (typeof child === 'object' && child !== null) nodes.push(child as Node);
    if (typeof child === 'number' && Math.abs(child) > Number.MAX_SAFE_INTEGER) return LARGE;
    return escapes && typeof child === 'string' && HALF_CHARACTER.test(child) ? HALF : undefined;
  };
  let wrong = wrongWith(value);
  let members = 0;
  for (let node = nodes.pop(); node !== undefined && !wrong; node = nodes.pop()) {
    if (Array.isArray(node)) {
      for (const child of node) wrong ??= wrongWith(child);
      continue;
    }
    for (const name in node) {
      members += 1;
      if (isPrototype(node, name)) return 'has a name that is not allowed';
      wrong ??= wrongWith(name) ?? wrongWith(node[name]);
    }
  }
  return wrong ?? members;
}

const HALF = 'has half a character (a lone surrogate)';
const LARGE = `has a number beyond ±${Number.MAX_SAFE_INTEGER}: send it as a string`;

/** Names by which some code elsewhere could change the prototype of all objects. */
function isPrototype(node: Node, name: string): boolean {
  if (name === '__proto__') return true;
  if (name !== 'constructor') return false;
  const child = node[name];
  return typeof child === 'object' && child !== null && Object.hasOwn(child, 'prototype');
}
