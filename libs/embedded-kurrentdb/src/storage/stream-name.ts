/*
 * Inside the store a stream goes by the latin1 text of its name's bytes: a text is a key of maps, and
 * each of its characters is a byte of the name, whatever the name's own encoding says.
 */

/** Longest stream name and event type in bytes. */
export const nameBytesMax = 32 * 1024;

/** The key of a name. */
export function streamKeyOf(name: Buffer): string {
  return name.toString('latin1');
}

/** The bytes of the name. */
export function nameBytes(key: string): Buffer {
  return Buffer.from(key, 'latin1');
}

/** The name for people to read. */
export function nameOf(key: string): string {
  return nameBytes(key).toString('utf8');
}

const dollar = 0x24;

/** Whether the stream holds the metadata of another one, which is `baseOf` it. */
export function isMetadataStream(key: string): boolean {
  return key.length > 2 && key.charCodeAt(0) === dollar && key.charCodeAt(1) === dollar;
}

/** The stream whose metadata this one holds. */
export function baseOf(key: string): string {
  return key.slice(2);
}

/** The stream that holds a stream's metadata. */
export function metadataStreamOf(key: string): string {
  return `$$${key}`;
}
