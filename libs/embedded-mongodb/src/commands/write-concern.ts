import { type Doc, docOf, isDoc } from '../bson/values';
import { isNumeric, toDouble } from '../numbers/compare-numbers';

/**
 * The write concern error of an answer, if one is due. Every acknowledged write is on disk and
 * this is the only member, so `majority`, `w: 1` and `j: true` hold; more members do not exist.
 */
export function unmetWriteConcern(body: Doc): Doc | undefined {
  const concern = body.get('writeConcern');
  const w = isDoc(concern) ? concern.get('w') : undefined;
  if (w === undefined || w === 'majority') return undefined;
  if (isNumeric(w)) {
    if (toDouble(w) <= 1) return undefined;
    return docOf({
      code: 100,
      codeName: 'UnsatisfiableWriteConcern',
      errmsg: 'Not enough data-bearing nodes',
    });
  }
  return docOf({
    code: 79,
    codeName: 'UnknownReplWriteConcern',
    errmsg: `No write concern mode named '${String(w)}' found in replica set configuration`,
  });
}
