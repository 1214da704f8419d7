/** Whether an `Accept` asks for events, and not rather for JSON (RFC 9110 §12.5.1). */
export function prefersEvents(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = accept.toLowerCase().split(',');
  const events = weightOf('text/event-stream', ranges);
  return events > 0 && events >= weightOf('application/json', ranges);
}

/** The weight of a media type that is named itself; 0 when it is not. */
function weightOf(type: string, ranges: readonly string[]): number {
  for (const range of ranges) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim());
    if (name !== type) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice('q='.length)) || 0;
  }
  return 0;
}
