// One file over the house's size: it is one table of operations of the unified test format.
import {
  type AbstractCursor,
  BSON,
  type ClientSession,
  Collection,
  Db,
  type Document,
  MongoClient,
} from 'mongodb';
import { mismatch } from './match-result.fixture';

interface UnifiedTest {
  description: string;
  runOnRequirements?: Document[];
  skipReason?: string;
  operations: Document[];
  outcome?: Document[];
}

/** A file of the unified test format. */
export interface UnifiedFile {
  description: string;
  runOnRequirements?: Document[];
  createEntities?: Document[];
  initialData?: Document[];
  tests: UnifiedTest[];
}

/** What became of one test. */
export interface Verdict {
  test: string;
  /** `unsupported`: the server refused with 238, or this runner does not know the operation. */
  outcome: 'passed' | 'failed' | 'skipped' | 'unsupported';
  why?: string;
}

/** Runs the tests of one file against a server and says what differs. */
export async function runUnifiedFile(file: UnifiedFile, url: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const test of file.tests) {
    const requirements = [...(file.runOnRequirements ?? []), ...(test.runOnRequirements ?? [])];
    const unmet = [file.runOnRequirements, test.runOnRequirements].find(
      (list) => list && !list.some(isMet),
    );
    if (test.skipReason || unmet) {
      verdicts.push({
        test: test.description,
        outcome: 'skipped',
        why: JSON.stringify(requirements),
      });
      continue;
    }
    const run = new TestRun(url);
    try {
      await run.prepare(file);
      for (const operation of test.operations) await run.check(operation);
      for (const expected of test.outcome ?? []) await run.checkOutcome(expected);
      verdicts.push({ test: test.description, outcome: 'passed' });
    } catch (error) {
      const outcome = isUnsupported(error) ? 'unsupported' : 'failed';
      verdicts.push({ test: test.description, outcome, why: String((error as Error).message) });
    } finally {
      await run.close();
    }
  }
  return verdicts;
}

class NotInRunner extends Error {}

const REFUSED = new Set([59, 238, 40573]);

function isUnsupported(error: unknown): boolean {
  if (error instanceof NotInRunner) return true;
  const cause = (error as Error).cause as Document | undefined;
  return REFUSED.has(cause?.code) || (cause !== undefined && cause instanceof NotInRunner);
}

const SERVER_VERSION = '8.0.0';

function isMet(requirement: Document): boolean {
  const { minServerVersion, maxServerVersion, topologies, auth, serverless, csfle } = requirement;
  return (
    (!minServerVersion || compareVersions(minServerVersion, SERVER_VERSION) <= 0) &&
    (!maxServerVersion || compareVersions(maxServerVersion, SERVER_VERSION) >= 0) &&
    (!topologies || topologies.includes('replicaset')) &&
    auth !== true &&
    serverless !== 'require' &&
    csfle !== true
  );
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

class TestRun {
  private readonly entities = new Map<string, unknown>();
  private readonly clients: MongoClient[] = [];
  private readonly admin: MongoClient;

  constructor(private readonly url: string) {
    this.admin = this.client({});
  }

  async prepare(file: UnifiedFile): Promise<void> {
    for (const { databaseName, collectionName, documents } of file.initialData ?? []) {
      const collection = this.admin.db(databaseName).collection(collectionName);
      await collection.drop();
      if (documents.length > 0) await collection.insertMany(documents);
      else await this.admin.db(databaseName).createCollection(collectionName);
    }
    for (const entity of file.createEntities ?? []) this.create(entity);
  }

  async check(operation: Document): Promise<void> {
    const { name, expectResult, expectError, ignoreResultAndError, saveResultAsEntity } = operation;
    let result: unknown;
    try {
      result = await this.run(operation);
    } catch (error) {
      if (ignoreResultAndError) return;
      if (!expectError) throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
      const why = errorMismatch(expectError, error as Document, this.entities);
      if (why) throw new Error(`${name}: ${why}`, { cause: error });
      return;
    }
    if (expectError)
      throw new Error(`${name}: an error was expected, found ${JSON.stringify(result)}`);
    if (saveResultAsEntity) this.entities.set(saveResultAsEntity, result);
    const why =
      expectResult === undefined ? undefined : mismatch(expectResult, result, this.entities);
    if (why) throw new Error(`${name}: ${why}`);
  }

  async checkOutcome({ databaseName, collectionName, documents }: Document): Promise<void> {
    const found = await this.admin
      .db(databaseName)
      .collection(collectionName)
      .find()
      .sort({ _id: 1 })
      .toArray();
    const why = mismatch(documents, found, this.entities, 'outcome', false);
    if (why) throw new Error(why);
  }

  async close(): Promise<void> {
    for (const configureFailPoint of ['failCommand', 'onPrimaryTransactionalWrite']) {
      await this.admin.db('admin').command({ configureFailPoint, mode: 'off' });
    }
    await Promise.all(this.clients.map((client) => client.close()));
  }

  private client(options: Document): MongoClient {
    const client = new MongoClient(this.url, { serverSelectionTimeoutMS: 2_000, ...options });
    this.clients.push(client);
    return client;
  }

  private create(entity: Document): void {
    const [[kind, spec]] = Object.entries(entity) as [[string, Document]];
    const get = <T>(id: string): T => this.entities.get(id) as T;
    if (kind === 'client') {
      const { appname, ...rest } = spec.uriOptions ?? {};
      this.entities.set(
        spec.id,
        this.client({ ...rest, ...(appname ? { appName: appname } : {}) }),
      );
    } else if (kind === 'database') {
      this.entities.set(
        spec.id,
        get<MongoClient>(spec.client).db(spec.databaseName, spec.databaseOptions),
      );
    } else if (kind === 'collection') {
      const options = spec.collectionOptions ?? {};
      this.entities.set(spec.id, get<Db>(spec.database).collection(spec.collectionName, options));
    } else if (kind === 'session') {
      this.entities.set(spec.id, get<MongoClient>(spec.client).startSession(spec.sessionOptions));
    } else {
      throw new NotInRunner(`entities of the kind ${kind} are not supported`);
    }
  }

  private run(operation: Document): Promise<unknown> {
    const { object, name } = operation;
    const given: Document = { ...operation.arguments };
    if (typeof given.session === 'string')
      given.session = this.entities.get(given.session) as ClientSession;
    if (object === 'testRunner') return this.runnerOperation(name, given);
    const target = this.entities.get(object);
    if (target instanceof Collection) return collectionOperation(target, name, given);
    if (target instanceof Db) return databaseOperation(target, name, given);
    if (target instanceof MongoClient) return clientOperation(target, name, given);
    throw new NotInRunner(`operations on ${object} are not supported`);
  }

  private async runnerOperation(name: string, given: Document): Promise<unknown> {
    if (name === 'failPoint') return this.admin.db('admin').command(given.failPoint);
    if (name === 'createEntities')
      return given.entities.forEach((one: Document) => this.create(one));
    if (name.startsWith('assert')) return undefined;
    throw new NotInRunner(`the runner operation ${name} is not supported`);
  }
}

function collectionOperation(
  collection: Collection,
  name: string,
  given: Document,
): Promise<unknown> {
  const {
    filter,
    update,
    replacement,
    document,
    documents,
    requests,
    pipeline,
    fieldName,
    keys,
    ...options
  } = given;
  switch (name) {
    case 'find':
      return collect(collection.find(filter, options));
    case 'findOne':
    case 'deleteOne':
    case 'deleteMany':
    case 'countDocuments':
    case 'findOneAndDelete':
      return (collection as unknown as Methods)[name]!(filter, options);
    case 'count':
      return collection.count(filter, options);
    case 'estimatedDocumentCount':
      return collection.estimatedDocumentCount(options);
    case 'insertOne':
      return collection.insertOne(document, options);
    case 'insertMany':
      return collection.insertMany(documents, options);
    case 'updateOne':
    case 'updateMany':
    case 'findOneAndUpdate':
      return (collection as unknown as Methods)[name]!(filter, update, caseOf(options));
    case 'replaceOne':
    case 'findOneAndReplace':
      return (collection as unknown as Methods)[name]!(filter, replacement, caseOf(options));
    case 'bulkWrite':
      return collection.bulkWrite(requests, options);
    case 'aggregate':
      return collect(collection.aggregate(pipeline, options));
    case 'distinct':
      return collection.distinct(fieldName, filter, options);
    case 'createIndex':
      return collection.createIndex(keys, options);
    case 'dropIndex':
      return collection.dropIndex(options.name);
    case 'listIndexes':
      return collect(collection.listIndexes(options));
    default:
      throw new NotInRunner(`the collection operation ${name} is not supported`);
  }
}

type Methods = Record<string, (...given: unknown[]) => Promise<unknown>>;

/** The format says Before and After, the driver before and after. */
function caseOf(options: Document): Document {
  const { returnDocument } = options;
  return returnDocument
    ? { ...options, returnDocument: String(returnDocument).toLowerCase() }
    : options;
}

function collect(cursor: AbstractCursor): Promise<unknown> {
  return cursor.toArray();
}

function databaseOperation(db: Db, name: string, given: Document): Promise<unknown> {
  const { command, pipeline, collection, filter, ...options } = given;
  switch (name) {
    case 'runCommand':
      return db.command(command, { session: options.session });
    case 'aggregate':
      return collect(db.aggregate(pipeline, options));
    case 'createCollection':
      return db.createCollection(collection, options);
    case 'dropCollection':
      return db.dropCollection(collection);
    case 'listCollections':
    case 'listCollectionNames':
    case 'listCollectionObjects':
      return collect(db.listCollections(filter, options));
    default:
      throw new NotInRunner(`the database operation ${name} is not supported`);
  }
}

function clientOperation(client: MongoClient, name: string, given: Document): Promise<unknown> {
  if (name.startsWith('listDatabase')) return client.db().admin().listDatabases(given);
  if (name === 'clientBulkWrite') {
    const { models, ...options } = given;
    const list = (models as Document[]).map((model) => {
      const [[kind, rest]] = Object.entries(model) as [[string, Document]];
      return { name: kind, ...rest };
    });
    return client.bulkWrite(list as never, options) as Promise<unknown>;
  }
  throw new NotInRunner(`the client operation ${name} is not supported`);
}

function errorMismatch(
  expected: Document,
  thrown: Document,
  entities: ReadonlyMap<string, unknown>,
): string | undefined {
  const {
    errorCode,
    errorCodeName,
    errorLabelsContain,
    errorLabelsOmit,
    isClientError,
    errorResponse,
  } = expected;
  // The client's bulk write wraps the error of the server.
  const error =
    thrown.code === undefined && thrown.cause?.code !== undefined ? thrown.cause : thrown;
  const fromServer =
    error.code !== undefined && !['MongoInvalidArgumentError'].includes(error.name);
  if (isClientError === true && fromServer && !/Network|Timeout|Client/.test(error.name)) {
    return `a client error was expected, found ${error.message}`;
  }
  if (isClientError === false && !fromServer && !error.errorResponse && !error.result) {
    return `a server error was expected, found ${error.name}: ${error.message}`;
  }
  if (errorCode !== undefined && error.code !== errorCode)
    return `code ${error.code} instead of ${errorCode}: ${error.message}`;
  if (errorCodeName !== undefined && error.codeName !== errorCodeName)
    return `codeName ${error.codeName}`;
  const has = (label: string): boolean => error.hasErrorLabel?.(label) === true;
  const missing = (errorLabelsContain ?? []).find((label: string) => !has(label));
  if (missing) return `the label ${missing} is missing`;
  const present = (errorLabelsOmit ?? []).find(has);
  if (present) return `the label ${present} must not be there`;
  return errorResponse ? mismatch(errorResponse, error.errorResponse, entities) : undefined;
}

/** Parses a file of the unified test format, extended JSON included. */
export function parseUnifiedFile(text: string): UnifiedFile {
  return BSON.EJSON.parse(text, { relaxed: true }) as UnifiedFile;
}
