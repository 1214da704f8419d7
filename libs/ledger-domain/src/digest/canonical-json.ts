/**
 * JSON in one way only: object keys in code-unit order, no spaces, absent and undefined fields
 * left out (RFC 8785 for what JSON bodies can hold; a bigint is written as its decimal string,
 * and what has a `toJSON` as what that gives).
 * Two parsed commands have the same text exactly when their content is the same.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(element).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new Error(`no JSON for a ${typeof value}`);
  }
  return text;
}

/** Printable ASCII without what has to be escaped: nearly every name and value. */
const PLAIN = /^[ !#-[\]-~]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

const element = (value: unknown): string => (value === undefined ? 'null' : canonicalJson(value));

function canonicalObject(value: object): string {
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields['toJSON'] === 'function') return canonicalJson(fields['toJSON']());
  let text = '';
  // By names alone, in one string: sorting pairs costs every command 6 KB of garbage.
  for (const name of Object.keys(fields).sort()) {
    const field = fields[name];
    if (field === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(name)}:${canonicalJson(field)}`;
  }
  return `{${text}}`;
}
