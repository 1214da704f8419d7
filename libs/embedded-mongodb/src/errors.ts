import { type Doc, docOf, type Value } from './bson/values';

/** Codes that this server answers with, as MongoDB numbers and names them. */
const CODE_NAMES = {
  1: 'InternalError',
  2: 'BadValue',
  8: 'UnknownError',
  9: 'FailedToParse',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  15: 'Overflow',
  16: 'InvalidLength',
  18: 'AuthenticationFailed',
  20: 'IllegalOperation',
  22: 'InvalidBSON',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  55: 'InvalidDBRef',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  61: 'ShardKeyNotFound',
  64: 'WriteConcernFailed',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  68: 'IndexAlreadyExists',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  79: 'UnknownReplWriteConcern',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  91: 'ShutdownInProgress',
  100: 'UnsatisfiableWriteConcern',
  115: 'CommandNotSupported',
  117: 'ConflictingOperationInProgress',
  121: 'DocumentValidationFailure',
  125: 'CommandFailed',
  146: 'ExceededMemoryLimit',
  165: 'ViewDepthLimitExceeded',
  167: 'OptionNotSupportedOnView',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  197: 'InvalidIndexSpecificationOption',
  206: 'NoSuchSession',
  217: 'IncompleteTransactionHistory',
  225: 'TransactionTooOld',
  238: 'NotImplemented',
  241: 'ConversionFailure',
  251: 'NoSuchTransaction',
  263: 'OperationNotSupportedInTransaction',
  291: 'NoQueryExecutionPlans',
  292: 'QueryExceededMemoryLimitNoDiskUseAllowed',
  10107: 'NotWritablePrimary',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  11600: 'InterruptedAtShutdown',
  11601: 'Interrupted',
  11602: 'InterruptedDueToReplStateChange',
  13435: 'NotPrimaryNoSecondaryOk',
  13436: 'NotPrimaryOrSecondary',
  189: 'PrimarySteppedDown',
  6: 'HostUnreachable',
  7: 'HostNotFound',
  89: 'NetworkTimeout',
  262: 'ExceededTimeLimit',
  9001: 'SocketException',
  391: 'ReauthenticationRequired',
} as const;

/** MongoDB's name of an error code; codes without one are called by their location. */
export function codeName(code: number): string {
  return (CODE_NAMES as Record<number, string>)[code] ?? `Location${code}`;
}

/** A refusal that the client sees with MongoDB's code; never thrown for defects of ours. */
export class MongoError extends Error {
  override readonly name = 'MongoError';

  constructor(
    readonly code: number,
    message: string,
    readonly details: Record<string, Value> = {},
  ) {
    super(message);
  }

  /** The fields of a failed command's answer, or of one entry of `writeErrors`. */
  fields(): Record<string, Value> {
    return {
      ...this.details,
      code: this.code,
      codeName: codeName(this.code),
      errmsg: this.message,
    };
  }

  /** One entry of a write command's `writeErrors`. */
  writeError(index: number): Doc {
    return docOf({ index, code: this.code, ...this.details, errmsg: this.message });
  }
}

/** 2: a value that the command does not accept. */
export const badValue = (message: string): MongoError => new MongoError(2, message);
/** 9: the shape of the command or of an expression is wrong. */
export const failedToParse = (message: string): MongoError => new MongoError(9, message);
/** 14: a field has another type than it must have. */
export const typeMismatch = (message: string): MongoError => new MongoError(14, message);
/** 238: MongoDB knows it, this server does not. */
export const notImplemented = (message: string): MongoError => new MongoError(238, message);
